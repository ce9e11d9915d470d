//! Receipts: a partner was paid by its customer (R89-R95).

mod confirm;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Receipts";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(confirm::confirm_receipt))
}
