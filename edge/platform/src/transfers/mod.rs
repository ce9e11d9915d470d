//! Money that an organization's admin hands to members that pay for themselves, and what comes back of it (O95, O96).

mod give_back;
mod hand;
mod list;
mod view;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Organizations";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(list::list_transfers, hand::transfer_funds))
        .routes(routes!(give_back::return_transfer))
}
