//! Prepaid orders: placed, paid, delivered, cancelled, given back, shown, listed.

mod place;
mod read;
mod steps;
mod view;

use crate::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Orders";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(place::place_order, read::list_orders))
        .routes(routes!(read::show_order))
        .routes(routes!(steps::pay_order))
        .routes(routes!(steps::deliver_order))
        .routes(routes!(steps::cancel_order))
        .routes(routes!(steps::refund_order))
}
