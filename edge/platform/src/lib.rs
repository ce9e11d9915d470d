//! Credere's native HTTP API, the platform's face: `/v1`, and beside it health, metrics and the API's own document. This
//! room translates: it proves who asks, reads requests strictly, hands them to the application and puts the answer into
//! words. What may happen is decided in the core; a rule in here is a rule in the wrong room.
//!
//! One subject a file: [`accounts`], [`partners`], [`customers`], [`products`], [`discounts`], [`vouchers`], [`packs`], [`orders`],
//! [`authorizations`], [`resources`], [`usage`], [`bills`], [`receipts`], [`notices`], [`webhooks`], [`decisions`],
//! [`keys`], [`clock`], [`audit`]. What they share: [`state`] (of all requests), [`call`] (who asks), [`body`] and [`query`]
//! (reading), [`wire`] (the values in them), [`component`] and [`allocations`] (what several subjects show), [`batch`] (many
//! at once), [`page`] (lists), [`problem`] (errors), [`idempotency`].

mod accounts;
mod allocations;
mod audit;
mod authorizations;
mod batch;
mod bills;
mod body;
mod call;
mod clock;
mod component;
mod customers;
mod decisions;
mod described;
mod discounts;
mod document;
mod health;
mod idempotency;
mod keys;
mod metrics;
mod notices;
mod orders;
mod organizations;
mod packs;
mod page;
mod partners;
mod pay_on_behalf;
mod problem;
mod products;
mod query;
mod receipts;
mod resources;
mod state;
mod transfers;
mod usage;
mod vouchers;
mod webhooks;
mod wire;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::{Router, routing::get};
use call::RequestId;
pub use call::bearer;
use credere_app::{App, random};
use metrics::Metrics;
#[doc(hidden)]
pub use page::cursors_read_and_written;
use problem::{Own, Problem};
use prometheus_client::registry::Registry;
use state::Platform;
use std::sync::Arc;
use std::time::Instant;
use utoipa_axum::router::OpenApiRouter;

/// What a deployment chooses of this face.
#[derive(Debug)]
pub struct PlatformOptions {
    /// Requests that are worked on at once, of which one key gets at most half; more are turned away as overloaded.
    pub in_flight_max: usize,
    /// Figures of the faces beside this one, shown by `/metrics` together with this face's own.
    pub registry: Registry,
}

impl Default for PlatformOptions {
    /// 4,096 requests at once.
    fn default() -> PlatformOptions {
        PlatformOptions { in_flight_max: 4_096, registry: Registry::default() }
    }
}

/// The routes of this face, with a fallback that answers 404. A server may merge other faces' routes into it.
pub fn router(app: Arc<App>, options: PlatformOptions) -> Router {
    let PlatformOptions { in_flight_max, registry } = options;
    let metrics = Metrics::new(registry, &app);
    let platform = Platform::new(app, metrics, in_flight_max);
    let (v1, collected) = v1().split_for_parts();
    let document = document::complete(collected);
    let shown = document::routes(&document).expect("a document made of texts and numbers is JSON");
    let served = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(v1)
        .merge(shown)
        .fallback(async || Problem::no_route())
        .method_not_allowed_fallback(async || {
            let detail = "this path is known, but not with this method; `Allow` lists those that it has";
            Problem::own(Own::MethodNotAllowed, detail)
        });
    served.layer(from_fn_with_state(platform.clone(), enter)).with_state(platform)
}

/// The OpenAPI 3.1 document of `/v1`, as `/openapi.json` shows it: for the generated reference.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    document::complete(v1().split_for_parts().1).to_pretty_json()
}

/// One kind of problem, for the generated reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemKind {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
}

/// The problems of this face's own making; what the rules refuse is `credere_core::book::Rejection`'s list.
pub fn own_problems() -> impl Iterator<Item = ProblemKind> {
    Own::ALL.iter().map(|own| {
        let (status, code, title) = own.row();
        ProblemKind { status: status.as_u16(), code, title }
    })
}

/// Every route of `/v1`, with what its operation says about itself.
fn v1() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .merge(accounts::routes())
        .merge(partners::routes())
        .merge(customers::routes())
        .merge(products::routes())
        .merge(discounts::routes())
        .merge(vouchers::routes())
        .merge(packs::routes())
        .merge(orders::routes())
        .merge(authorizations::routes())
        .merge(resources::routes())
        .merge(usage::routes())
        .merge(bills::routes())
        .merge(receipts::routes())
        .merge(organizations::routes())
        .merge(transfers::routes())
        .merge(pay_on_behalf::routes())
        .merge(keys::routes())
        .merge(notices::routes())
        .merge(webhooks::routes())
        .merge(decisions::routes())
        .merge(audit::routes())
        .merge(clock::routes())
}

/// The route in the metrics of a request that found none.
const UNKNOWN: &str = "unknown";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost layer: gives the request its identifier, writes problems, and notes how it went.
async fn enter(State(platform): State<Platform>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = random::id_in_order();
    request.extensions_mut().insert(RequestId(request_id));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let template = route.as_ref().map_or(UNKNOWN, MatchedPath::as_str);
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let mut written = problem.write(request_id, |at| platform.0.app.rfc3339(at));
        // What else was said in the headers, such as `Allow`, stays.
        for (name, value) in response.headers() {
            if !written.headers().contains_key(name) {
                written.headers_mut().insert(name.clone(), value.clone());
            }
        }
        written.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
        response = written;
    }
    if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    platform.0.metrics.answered(template, &method, response.status(), started.elapsed());
    response
}
