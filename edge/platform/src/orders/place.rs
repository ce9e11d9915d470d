//! `POST /v1/orders`

use super::TAG;
use super::view::{KindName, OrderBody};
use crate::body::Json;
use crate::call::{Answer, created};
use crate::products::product_named;
use crate::resources::NameText;
use crate::wire::{AccountNumber, Money, Tags, Text, details_said};
use credere_core::book::{Command, Event, buying};
use serde::Deserialize;
use utoipa::ToSchema;

/// A new order; `account_uin`, `product_code`, `kind` and `amount` are required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrder, example = json!({
    "account_uin": 100_000_000_777_u64, "product_code": "cvm", "kind": "purchase", "amount": "200.00",
    "resource_id": "ins-1", "region": "ap-singapore", "tags": { "team": "web" }
}))]
pub(crate) struct NewOrderBody {
    /// Who buys: a customer, or a partner for its own use.
    account_uin: AccountNumber,
    #[schema(value_type = crate::described::Code)]
    product_code: Text<1, 64>,
    kind: KindName,
    /// The list price, before discounts; what a downgrade gives back.
    amount: Money,
    /// Charged at once (`true`, also where absent), or held until it is delivered.
    capture: Option<bool>,
    /// Whether to keep the order as to be paid when funds do not suffice; `false` where absent.
    park: Option<bool>,
    /// Whether only to say what would come of it; `false` where absent.
    dry_run: Option<bool>,
    /// The prepaid resource that it is for; required for a downgrade.
    resource_id: Option<NameText>,
    #[schema(inline)]
    region: Option<Text<0, 256>>,
    #[schema(inline)]
    zone: Option<Text<0, 256>>,
    #[schema(inline)]
    project: Option<Text<0, 256>>,
    /// At most 50; keys of 1 to 127 characters, values of up to 255.
    #[schema(inline)]
    tags: Option<Tags>,
    #[schema(inline)]
    resource_name: Option<Text<0, 256>>,
    /// Who acted, where that is not the account itself.
    operator_uin: Option<AccountNumber>,
}

/// Places a prepaid order.
///
/// Vouchers pay first (R112). What is left is judged on the customer's credit, then on the paying partner's spend line;
/// if either does not suffice nothing happens (R54-R56, R60). Equality passes. With `capture: false` the amount is held
/// until the order is delivered or cancelled. With `park: true` an order that cannot be paid is kept as to be paid. A
/// partner's own order is judged on its spend line only. A downgrade names a `resource_id` and gives `amount` back at
/// once, at the account's price of now: at most what was paid for that resource and has not come back by downgrades or
/// refunds, nor is promised by one, from what still pays: nothing comes back under a binding that has ended. It goes to everybody who paid for it, in proportion (O76, O77), as `refunds` says; each payer's
/// partner has that at its own price, and at most what it has paid. With `dry_run: true` nothing
/// is kept, and the answer says what would come of it, why, and which vouchers would pay.
#[utoipa::path(
    post,
    path = "/v1/orders",
    tag = TAG,
    request_body = NewOrderBody,
    responses(
        (status = 201, description = "The order", body = OrderBody),
        (status = 200, description = "A dry run: the order as it would be", body = OrderBody),
        (status = 402, description = "`insufficient_credit`, with `side`, `account_uin`, `required` and `available`"),
        (status = 404, description = "`account_not_found`, `product_not_found`"),
        (status = 409, description = "`account_suspended`: by force (R108)"),
        (status = 422, description = "`account_unverified` (R58), `amount_not_positive`, `downgrade_is_immediate`, \
            `resource_required`, `exceeds_paid` with `requested` and `paid`, \
            `amount_overflow`"),
    )
)]
pub(crate) async fn place_order(Json { call, value, bytes, .. }: Json<NewOrderBody>) -> Answer {
    let capture = value.capture.unwrap_or(true);
    let fields = [
        ("account_not_found", "account_uin"),
        ("account_unverified", "account_uin"),
        ("account_suspended", "account_uin"),
        ("product_not_found", "product_code"),
        ("amount_not_positive", "amount"),
        ("amount_overflow", "amount"),
        ("exceeds_paid", "amount"),
        ("resource_required", "resource_id"),
        ("downgrade_is_immediate", if capture { "park" } else { "capture" }),
    ];
    let (claim, product) = call.claim_of(&bytes, product_named(&value.product_code.0, "product_code")).await?;
    let command = Command::from(buying::PlaceOrder {
        account: value.account_uin.0,
        product,
        kind: value.kind.into(),
        amount: value.amount.0,
        capture,
        park: value.park.unwrap_or(false),
        resource: value.resource_id.map(|name| name.0),
        details: details_said!(value),
    });
    if value.dry_run.unwrap_or(false) {
        let shown = |event: &Event, because| Ok(OrderBody::not_kept(&call, call.app().order_after(event)?, because));
        return call.tried(&claim, &command, &fields, shown).await;
    }
    let done = call.decide(claim.key, command, &fields).await?;
    let order = call.app().order_after(&done.event)?;
    created(&OrderBody::new(&call, order), done.replayed)
}
