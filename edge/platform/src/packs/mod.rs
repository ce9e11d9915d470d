//! Packs: units of a product that were bought ahead, and cover their own account's usage (O82).

mod add;
mod list;
mod view;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Packs";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(add::add_pack, list::list_packs))
}
