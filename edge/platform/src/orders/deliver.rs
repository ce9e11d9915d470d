//! `POST /v1/orders/{id}/deliver`

use super::TAG;
use super::step::{id_in_path, stepped};
use super::view::OrderBody;
use crate::body::{Json, NothingBody};
use crate::call::{Answer, At};

/// Delivers an order that is processing.
///
/// What was held is charged, on both sides; vouchers pay what they had set aside.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/deliver",
    tag = TAG,
    params(("id" = String, Path, description = "The order's id")),
    request_body(content = NothingBody, description = "Nothing, or an empty object"),
    responses(
        (status = 200, description = "The order as it is now", body = OrderBody),
        (status = 404, description = "`order_not_found`"),
        (status = 409, description = "`order_not_processing`"),
    )
)]
pub(crate) async fn deliver_order(At(id): At<String>, Json { call, bytes, .. }: Json<NothingBody>) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    stepped(&call, call.app().deliver_order(call.caller, claim.key, id).await, &[])
}
