//! Prepaid orders: placed, paid, delivered, cancelled, given back, shown, listed.

mod cancel;
mod deliver;
mod pay;
mod place;
mod read;
mod refund;
mod request;
mod step;
mod view;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Orders";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(place::place_order, read::list_orders))
        .routes(routes!(read::show_order))
        .routes(routes!(pay::pay_order))
        .routes(routes!(request::request_payment))
        .routes(routes!(deliver::deliver_order))
        .routes(routes!(cancel::cancel_order))
        .routes(routes!(refund::refund_order))
}
