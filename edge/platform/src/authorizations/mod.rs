//! Authorizations, the high-rate path: many operations in one request, each under its own key and decided by itself.
//! Built for speed: operations are read without copies, hashed into one buffer, and their results written straight into
//! the answer.

mod operate;
mod read;
mod result;
mod wire;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Authorizations";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(operate::operate)).routes(routes!(read::show_authorization))
}
