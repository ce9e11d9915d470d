//! `POST /v1/orders/{id}/cancel`

use super::TAG;
use super::step::{id_in_path, stepped};
use super::view::OrderBody;
use crate::body::{Json, NothingBody};
use crate::call::{Answer, At};

/// Gives an open order up.
///
/// One that is to be paid, or processing; what was held is available again, on both sides, and what vouchers had
/// set aside is theirs again (R131).
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/cancel",
    tag = TAG,
    params(("id" = String, Path, description = "The order's id")),
    request_body(content = NothingBody, description = "Nothing, or an empty object"),
    responses(
        (status = 200, description = "The order as it is now", body = OrderBody),
        (status = 404, description = "`order_not_found`"),
        (status = 409, description = "`order_not_open`: it was delivered, cancelled or refunded"),
    )
)]
pub(crate) async fn cancel_order(At(id): At<String>, Json { call, bytes, .. }: Json<NothingBody>) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    stepped(&call, call.app().cancel_order(call.caller, claim.key, id).await, &[])
}
