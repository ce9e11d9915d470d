//! `POST /v1/orders/{id}/refund`

use super::TAG;
use super::step::{id_in_path, stepped};
use super::view::OrderBody;
use crate::body::Json;
use crate::call::{Answer, At};
use crate::wire::Money;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is given back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderRefund, example = json!({ "amount": "50.00" }))]
pub(crate) struct RefundBody {
    /// The customer's money: above zero, and at most what was paid and not yet given back. `"0"` closes an order that
    /// vouchers paid in full.
    amount: Money,
}

/// Gives back what was paid for a delivered order, whole or in part.
///
/// The amount is the customer's money and is available to it at once; the partner's comes back in the same proportion.
/// Vouchers and discounts do not come back (R87-R88, R121). When nothing is left the order is `refunded`, for good; what
/// downgrades of its resource have given back is not left. Of an order that cost the customer nothing, since vouchers
/// paid it in full, `"0"` is given back, once: it is `refunded` then, and its partner has its part again.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/refund",
    tag = TAG,
    params(("id" = String, Path, description = "The order's id")),
    request_body = RefundBody,
    responses(
        (status = 200, description = "The order as it is now", body = OrderBody),
        (status = 404, description = "`order_not_found`"),
        (status = 409, description = "`order_not_delivered`: nothing was charged for it, or it was closed already"),
        (status = 422, description = "`amount_not_positive`, `exceeds_refundable`"),
    )
)]
pub(crate) async fn refund_order(At(id): At<String>, Json { call, value, bytes, .. }: Json<RefundBody>) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    let fields = [("amount_not_positive", "amount"), ("exceeds_refundable", "amount"), ("amount_overflow", "amount")];
    stepped(&call, call.app().refund_order(call.caller, claim.key, id, value.amount.0).await, &fields)
}
