//! Organizations as the vendor's systems see them: listed and shown, what they are granted, the entities that they trust, and
//! who agreed to what. Their admins and members have the Cloud API.

mod bills;
mod change;
mod consent;
mod creations;
mod entities;
mod read;
mod view;

use crate::problem::Problem;
use crate::state::Platform;
use credere_core::book::{Rejection, members};
use credere_core::organization::OrganizationId;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Organizations";

/// The file shares its route with the report itself: a path's last part cannot be told apart by its ending.
#[derive(OpenApi)]
#[openapi(paths(bills::consolidated_bills_as_csv))]
struct Files;

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::with_openapi(Files::openapi())
        .routes(routes!(read::list_organizations))
        .routes(routes!(read::show_organization, change::change_organization))
        .routes(routes!(consent::decide_permissions))
        .routes(routes!(entities::list_entities, entities::associate_entity))
        .routes(routes!(entities::change_entity, entities::end_entity))
        .routes(routes!(entities::decide_entity))
        .routes(routes!(creations::list_creations))
        .routes(routes!(creations::decide_creation))
        .routes(routes!(bills::consolidate_bills))
}

/// The organization that a path names: what is not a number of one is no organization's.
pub(crate) fn organization_in_path(text: &str) -> Result<OrganizationId, Problem> {
    number_in_path(text).map(OrganizationId).ok_or_else(|| missing(members::Reason::OrganizationNotFound))
}

/// A number in a path, as answers write it.
fn number_in_path(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !(text.len() > 1 && text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

fn missing(reason: members::Reason) -> Problem {
    Problem::refused(&Rejection::from(reason))
}
