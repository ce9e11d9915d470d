//! What watches a server asks: is it alive, is it ready, how is it doing. Without a key, since a load balancer has none
//! and nothing here belongs to anybody.

use crate::call::{Answer, shown};
use crate::problem::Problem;
use crate::state::Platform;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;

/// `GET /healthz`: the process answers.
pub(crate) async fn alive() -> Answer {
    shown(&serde_json::json!({ "status": "alive" }))
}

/// `GET /readyz`: requests can be served.
pub(crate) async fn ready(State(platform): State<Platform>) -> Answer {
    let engine = platform.0.app.engine();
    if engine.clock().jump().is_some() {
        Err(Problem::clock_jumped())
    } else if engine.ready() {
        shown(&serde_json::json!({ "status": "ready" }))
    } else {
        Err(Problem::not_ready())
    }
}

/// `GET /metrics`: Prometheus' text.
pub(crate) async fn metrics(State(platform): State<Platform>) -> Answer {
    let text = platform.0.metrics.text().map_err(|error| {
        tracing::error!(%error, "the metrics cannot be written");
        Problem::internal()
    })?;
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
