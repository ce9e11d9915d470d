//! `POST /v1/orders/{id}/pay`, `/deliver`, `/cancel` and `/refund`

use super::TAG;
use super::view::OrderBody;
use crate::body::{Json, NothingBody};
use crate::call::{At, Call, answer_again};
use crate::problem::{Fields, Problem};
use crate::wire::{Money, by_name};
use axum::http::StatusCode;
use axum::response::Response;
use credere_app::Failure;
use credere_app::commands::Done;
use credere_core::book::{Event, PayBy, Rejection};
use credere_core::channel::OrderId;
use serde::Deserialize;
use utoipa::ToSchema;

/// Who pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderPayment, example = json!({ "by": "customer" }))]
pub(crate) struct PayBody {
    by: PayByName,
}

/// Who pays an order that is to be paid. The consumption is the customer's either way (R130).
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = PayBy)]
enum PayByName {
    /// The customer itself.
    Customer,
    /// Its partner on its behalf.
    Partner,
}

by_name!(PayByName);

/// What is given back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderRefund, example = json!({ "amount": "50.00" }))]
pub(crate) struct RefundBody {
    /// The customer's money: above zero, and at most what was paid and not yet given back. `"0"` closes an order that
    /// vouchers paid in full.
    amount: Money,
}

fn id_in_path(text: &str) -> Result<OrderId, Problem> {
    text.parse().map_err(|_| Problem::refused(&Rejection::OrderNotFound))
}

async fn stepped(call: &Call, outcome: Result<Done, Failure>, fields: &Fields) -> Result<Response, Problem> {
    let done = call.judged(outcome, fields)?;
    let (Event::OrderChanged { order, .. } | Event::OrderRefunded { order, .. }) = *done.event else {
        return Err(Problem::internal());
    };
    Ok(answer_again(StatusCode::OK, &OrderBody::from_decision(call, *order)?, done.replayed))
}

/// Pays an order that is to be paid.
///
/// The check is the same as for a new order, at the price that was fixed when it was placed (R129-R130). Vouchers pay
/// first when the customer pays, and not at all when its partner does (R114).
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/pay",
    tag = TAG,
    params(("id" = String, Path, description = "The order's id")),
    request_body = PayBody,
    responses(
        (status = 200, description = "The order as it is now", body = OrderBody),
        (status = 402, description = "`insufficient_credit`, with `side`, `account_uin`, `required` and `available`"),
        (status = 404, description = "`order_not_found`"),
        (status = 409, description = "`order_not_payable`: it is not to be paid; `account_suspended`: by force (R108)"),
        (status = 422, description = "`account_unverified` (R58)"),
    )
)]
pub(crate) async fn pay_order(
    At(id): At<String>,
    Json { call, value, bytes, .. }: Json<PayBody>,
) -> Result<Response, Problem> {
    let claim = call.claim(&bytes)?;
    let id = call.formal(&claim, id_in_path(&id)).await?;
    let by = match value.by {
        PayByName::Customer => PayBy::Customer,
        PayByName::Partner => PayBy::Partner,
    };
    stepped(&call, call.app().pay_order(call.caller, claim.key, id, by).await, &[]).await
}

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
pub(crate) async fn deliver_order(
    At(id): At<String>,
    Json { call, value: NothingBody {}, bytes, .. }: Json<NothingBody>,
) -> Result<Response, Problem> {
    let claim = call.claim(&bytes)?;
    let id = call.formal(&claim, id_in_path(&id)).await?;
    stepped(&call, call.app().deliver_order(call.caller, claim.key, id).await, &[]).await
}

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
pub(crate) async fn cancel_order(
    At(id): At<String>,
    Json { call, value: NothingBody {}, bytes, .. }: Json<NothingBody>,
) -> Result<Response, Problem> {
    let claim = call.claim(&bytes)?;
    let id = call.formal(&claim, id_in_path(&id)).await?;
    stepped(&call, call.app().cancel_order(call.caller, claim.key, id).await, &[]).await
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
pub(crate) async fn refund_order(
    At(id): At<String>,
    Json { call, value, bytes, .. }: Json<RefundBody>,
) -> Result<Response, Problem> {
    let claim = call.claim(&bytes)?;
    let id = call.formal(&claim, id_in_path(&id)).await?;
    let fields = [("amount_not_positive", "amount"), ("exceeds_refundable", "amount"), ("amount_overflow", "amount")];
    stepped(&call, call.app().refund_order(call.caller, claim.key, id, value.amount.0).await, &fields).await
}
