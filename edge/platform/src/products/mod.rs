//! Products: added, shown, listed, changed.

mod add;
mod change;
mod list;
mod show;
mod terms;
mod view;

pub(crate) use view::product_named;

use crate::problem::Fields;
use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Products";

/// Which refusal is about which field of a product.
const FIELDS: &Fields = &[("product_exists", "code"), ("amount_negative", "freeze.amount")];

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(add::add_product, list::list_products))
        .routes(routes!(show::show_product, change::change_product))
}
