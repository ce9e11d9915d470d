//! `POST /v1/orders/{id}/refund`

use super::TAG;
use super::step::id_in_path;
use super::view::OrderBody;
use crate::body::Json;
use crate::call::{Answer, At, changed, created};
use crate::wire::{Money, names};
use credere_app::buying::RefundRequest;
use credere_core::channel::RefundScope;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is given back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderRefund, example = json!({ "amount": "50.00" }))]
pub(crate) struct RefundBody {
    /// The payers' money: above zero, and at most what was paid and is neither given back nor promised. `"0"` closes an order that
    /// vouchers paid in full.
    amount: Money,
    /// `order`, also where absent: of what was paid for this order; or `resource`.
    scope: Option<ScopeName>,
    /// Given back at once (`true`, also where absent), or promised by a new order of kind `refund` until that is delivered.
    capture: Option<bool>,
}

names! {
    /// Of what a refund is.
    #[schema(as = RefundScope)]
    enum ScopeName of RefundScope {
        /// The order alone, back to who paid it.
        Order,
        /// Whatever was paid for the resource that the order names, by all orders of the account: back to each who paid, in
        /// proportion.
        Resource,
    }
}

/// Gives back what was paid for a delivered order, whole or in part.
///
/// The amount is the customer's money and is available to it at once; the partner's comes back in the same proportion.
/// Vouchers and discounts do not come back (R87-R88, R121). When nothing is left the order is `refunded`, for good; what
/// downgrades of its resource have given back is not left. Of an order that cost the customer nothing, since vouchers
/// paid it in full, `"0"` is given back, once: it is `refunded` then, and its partner has its part again.
///
/// With `"scope": "resource"` what is given back belongs to all delivered orders of the account for the same `resource_id`, and goes
/// to everybody who paid on them and has not got it back: to each in proportion, rounded down to cents, the rest to whoever paid
/// last (O76, O77). The order that is named stays as it is. `refunds` says what goes to whom. Each payer has it where it had been
/// paid from, credit first, then cash, then what it was granted, whether it still pays or not; and a line below zero on its bill.
///
/// With `"capture": false` nothing comes back yet: the answer is a new order of kind `refund` that is `processing`, which `/deliver`
/// carries out and `/cancel` gives up. What it promises is nobody else's meanwhile, and its account can neither join nor leave an
/// organization that pays for it (O58, O68).
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/refund",
    tag = TAG,
    params(("id" = String, Path, description = "The order's id")),
    request_body = RefundBody,
    responses(
        (status = 200, description = "The order as it is now, with `refunds`", body = OrderBody),
        (status = 201, description = "With `capture: false`: the order that promises it", body = OrderBody),
        (status = 404, description = "`order_not_found`"),
        (status = 409, description = "`order_not_delivered`: nothing was charged for it, or it was closed already"),
        (status = 422, description = "`amount_not_positive`, `exceeds_refundable` and, of a resource, `exceeds_unrefunded` \
            with `requested` and `refundable`, `resource_required`: `scope` is `resource`, and the order names none"),
    )
)]
pub(crate) async fn refund_order(At(id): At<String>, Json { call, value, bytes, .. }: Json<RefundBody>) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    let fields = [
        ("amount_not_positive", "amount"),
        ("exceeds_refundable", "amount"),
        ("exceeds_unrefunded", "amount"),
        ("amount_overflow", "amount"),
        ("resource_required", "scope"),
    ];
    let (scope, capture) = (value.scope.map_or(RefundScope::Order, RefundScope::from), value.capture.unwrap_or(true));
    let asked = RefundRequest { amount: value.amount.0, scope, capture };
    let done = call.judged(call.app().refund_order(call.caller, claim.key, id, asked).await, &fields)?;
    let order = OrderBody::new(&call, call.app().order_after(&done.event)?);
    if capture { changed(&order, done.replayed) } else { created(&order, done.replayed) }
}
