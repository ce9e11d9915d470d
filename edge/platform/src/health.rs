//! What watches a server asks: is it alive, is it ready, how is it doing. Without a key, since a load balancer has none
//! and nothing here belongs to anybody.

use crate::call::answer;
use crate::problem::Problem;
use crate::state::Platform;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `GET /healthz`: the process answers.
pub(crate) async fn alive() -> Response {
    answer(StatusCode::OK, &serde_json::json!({ "status": "alive" }))
}

/// `GET /readyz`: requests can be served.
pub(crate) async fn ready(State(platform): State<Platform>) -> Result<Response, Problem> {
    let engine = platform.0.app.engine();
    if engine.clock().jump().is_some() {
        Err(Problem::clock_jumped())
    } else if engine.ready() {
        Ok(answer(StatusCode::OK, &serde_json::json!({ "status": "ready" })))
    } else {
        Err(Problem::not_ready())
    }
}

/// `GET /metrics`: Prometheus' text.
pub(crate) async fn metrics(State(platform): State<Platform>) -> Result<Response, Problem> {
    let text = platform.0.metrics.text().map_err(|error| {
        tracing::error!(%error, "the metrics cannot be written");
        Problem::internal()
    })?;
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
