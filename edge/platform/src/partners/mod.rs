//! Partners: registered, shown, listed, changed; a second-level reseller's pool filled, and payments to the platform
//! noted.

mod change;
mod payments;
mod pool;
mod read;
mod register;
mod view;

pub(crate) use view::PartnerBody;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) const TAG: &str = "Partners";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(register::register_partner, read::list_partners))
        .routes(routes!(read::show_partner, change::change_partner))
        .routes(routes!(pool::allocate_pool, pool::list_pool_allocations))
        .routes(routes!(payments::pay_platform))
}
