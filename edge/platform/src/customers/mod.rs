//! Customers: bound to a partner, listed, changed, unbound, and given credit or relieved of it.

mod allocations;
mod bind;
mod change;
mod read;
mod suspension;
mod unbind;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) const TAG: &str = "Customers";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(bind::bind_customer, read::list_customers))
        .routes(routes!(read::show_customer, change::change_customer, unbind::unbind_customer))
        .routes(routes!(suspension::force_suspension))
        .routes(routes!(allocations::allocate_credit, allocations::list_allocations))
}
