//! `DELETE /v1/webhooks/{id}`

use super::{TAG, id_in_path};
use crate::call::{At, Call};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Removes a webhook.
///
/// What waits for it is not sent any more.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    tag = TAG,
    params(("id" = String, Path, description = "The webhook's id")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "`webhook_not_found`"),
    )
)]
pub(crate) async fn remove_webhook(call: Call, At(id): At<String>) -> Result<Response, Problem> {
    let id = id_in_path(&id)?;
    call.judged(call.app().remove_webhook(call.caller, id).await, &[])?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
