//! `DELETE /v1/webhooks/{id}`

use super::{TAG, id_in_path};
use crate::body::Nothing;
use crate::call::{Answer, At, gone};

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
        (status = 409, description = "`webhook_removed`"),
    )
)]
pub(crate) async fn remove_webhook(At(id): At<String>, Nothing { call, bytes }: Nothing) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    let done = call.judged(call.app().remove_webhook(call.caller, claim.key, id).await, &[])?;
    gone(done.replayed)
}
