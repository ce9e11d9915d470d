//! Organizations as the vendor's systems see them: listed and shown, what they are granted, and that a member agreed. Their
//! admins and members have the Cloud API.

mod change;
mod consent;
mod read;
mod view;

use crate::problem::Problem;
use crate::state::Platform;
use credere_core::book::{Rejection, members};
use credere_core::organization::OrganizationId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Organizations";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(read::list_organizations))
        .routes(routes!(read::show_organization, change::change_organization))
        .routes(routes!(consent::decide_permissions))
}

/// The organization that a path names: what is not a number of one is no organization's.
pub(crate) fn organization_in_path(text: &str) -> Result<OrganizationId, Problem> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !(text.len() > 1 && text.starts_with('0'));
    let number = plain.then(|| text.parse().ok()).flatten();
    number.map(OrganizationId).ok_or_else(|| Problem::refused(&Rejection::from(members::Reason::OrganizationNotFound)))
}
