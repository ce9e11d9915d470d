//! Metering: usage records, many in one request, each under its own key and settled by itself (R62). Built for speed like
//! the authorizations: records are read with few copies, hashed into one buffer, and their results written straight into
//! the answer. A record that does not read is rejected by itself, so each is looked at apart from the others.

mod result;
mod settle;
mod wire;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Usage";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(settle::settle_usage))
}
