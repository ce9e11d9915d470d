//! Postpaid resources: activated, resized, terminated, shown, listed (R57, R65-R73). That they stop, start again and are
//! deleted for arrears is decided by what falls due, not asked for here.

mod activate;
mod change;
mod name;
mod read;
mod terminate;
mod view;

pub(crate) use name::NameText;

use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Resources";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(activate::activate_resource, read::list_resources))
        .routes(routes!(read::show_resource, change::resize_resource, terminate::terminate_resource))
        .routes(routes!(terminate::terminate_by_post))
}
