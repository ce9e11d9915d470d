//! `POST /v1/webhooks/{id}/rotate-secret`

use super::{TAG, id_in_path};
use crate::body::{Json, NothingBody};
use crate::call::{Answer, At, created_once};
use serde::Serialize;
use utoipa::ToSchema;

/// A webhook's new secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RotatedSecret, example = json!({
    "id": "whk_42", "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
}))]
pub(crate) struct RotatedBody {
    id: String,
    /// What its messages are signed with from now on. Shown this once: `null` in a repeated answer.
    secret: Option<String>,
}

/// Gives a webhook a new secret.
///
/// For 24 hours the one before signs beside it, so that a receiver can change over without a gap.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/rotate-secret",
    tag = TAG,
    params(("id" = String, Path, description = "The webhook's id")),
    request_body(content = NothingBody, description = "Nothing, or an empty object"),
    responses(
        (status = 201, description = "The new secret", body = RotatedBody),
        (status = 404, description = "`webhook_not_found`"),
        (status = 409, description = "`webhook_removed`"),
    )
)]
pub(crate) async fn rotate_secret(At(id): At<String>, Json { call, bytes, .. }: Json<NothingBody>) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    let rotated = call.judged(call.app().rotate_webhook_secret(call.caller, claim.key, id).await, &[])?;
    let secret = rotated.secret.map(|secret| secret.expose().to_owned());
    created_once(&RotatedBody { id: id.to_string(), secret }, rotated.replayed)
}
