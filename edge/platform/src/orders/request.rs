//! `POST /v1/orders/{id}/request-payment`

use super::TAG;
use super::step::{id_in_path, stepped};
use super::view::OrderBody;
use crate::body::{Json, NothingBody};
use crate::call::{Answer, At};

/// Asks whoever pays on behalf of a member to pay its order.
///
/// The payer is told by a notice of the kind `payment_requested` (O83). It is asked once an hour for an order; that the order waits
/// it was told when it was placed, as `order_to_be_paid`.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/request-payment",
    tag = TAG,
    params(("id" = String, Path, description = "The order's id")),
    request_body(content = NothingBody, description = "Nothing, or an empty object"),
    responses(
        (status = 200, description = "The order, which is still to be paid", body = OrderBody),
        (status = 404, description = "`order_not_found`"),
        (status = 409, description = "`order_not_payable`: it is not to be paid; `nobody_else_pays`: its account pays for itself; \
            `payment_requested_lately`: within the last hour, with `again_at`"),
    )
)]
pub(crate) async fn request_payment(At(id): At<String>, Json { call, bytes, .. }: Json<NothingBody>) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    stepped(&call, call.app().request_payment(call.caller, claim.key, id).await, &[])
}
