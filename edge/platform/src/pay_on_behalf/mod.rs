//! Who may pay on behalf of whom, and who does and did.

mod check;
mod intervals;
mod unmet;

pub(crate) use unmet::unmet;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Pay on behalf";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(check::check_pay_on_behalf)).routes(routes!(intervals::list_intervals))
}
