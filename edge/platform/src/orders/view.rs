//! An order as it is shown, whether it comes from what was just decided or from history.

use crate::call::Call;
use crate::problem::Reason;
use crate::wire::{AccountNumber, Money, Multiplier, Tags, names};
use credere_app::buying::OrderView;
use credere_core::channel::{Order, OrderKind, OrderState, ResourceName, VoucherUse};
use credere_core::ledger::Parts;
use credere_core::money::Amount;
use serde::Serialize;
use utoipa::ToSchema;

names! {
    /// What an order is for.
    #[schema(as = OrderKind)]
    pub(super) enum KindName of OrderKind {
        /// Something new.
        Purchase,
        /// More time.
        Renew,
        /// A larger one.
        Upgrade,
        /// A smaller one: gives its amount back (R82).
        Downgrade,
    }
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order, example = json!({
    "id": "ord_42", "account_uin": 100_000_000_777_u64, "payer_uin": 100_000_000_777_u64,
    "partner_uin": 100_000_000_001_u64, "product_code": "cvm",
    "kind": "purchase", "state": "delivered", "list_amount": "200.00", "discount_rate": "0.90",
    "voucher_amount": "0.00", "amount": "180.00", "partner_amount": "160.00",
    "payments": [{
        "uin": 100_000_000_777_u64, "granted": "0.00", "cash": "0.00", "credit": "180.00", "voucher": "0.00"
    }],
    "paid_by": "customer",
    "refunded_amount": "0.00", "created_at": "2026-01-31T08:00:00+08:00", "updated_at": "2026-01-31T08:00:00+08:00",
    "capture": true, "resource_id": "ins-1", "region": "ap-singapore", "zone": null, "project": null,
    "tags": { "team": "web" }, "resource_name": null, "operator_uin": null
}))]
pub(super) struct OrderBody {
    /// `null` in a dry run.
    id: Option<String>,
    account_uin: AccountNumber,
    /// Whose money, credit or voucher pays.
    payer_uin: AccountNumber,
    /// The partner that owes the platform for it; `null` without one.
    partner_uin: Option<AccountNumber>,
    product_code: String,
    /// `purchase`, `renew`, `upgrade` or `downgrade`.
    kind: &'static str,
    /// `to_be_paid`, `processing`, `delivered`, `canceled`, `failed` or `refunded` (R132).
    state: &'static str,
    /// Before discounts. Below zero for a downgrade, like the amounts below.
    list_amount: Money,
    /// The customer's discount.
    discount_rate: Multiplier,
    /// What the customer's vouchers pay, or have set aside for it (R112); nothing while the order is to be paid.
    voucher_amount: Money,
    /// What the customer is charged: the list price times its discount (R18), less vouchers (R17).
    amount: Money,
    /// What the paying partner is charged: the list price times its own discount, less its own vouchers (R28).
    partner_amount: Money,
    /// Who paid what; nobody yet while the order is to be paid, and nobody any more once it is cancelled. Which part of money
    /// of its own pays is settled when the order is delivered, so such an order has none while it is processing.
    payments: Vec<PaymentBody>,
    /// `customer`, or `partner` where that paid on the customer's behalf (R130); `null` while nobody has paid.
    paid_by: Option<&'static str>,
    /// What was given back of `amount` (R87).
    refunded_amount: Money,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Charged at once, or held until it is delivered.
    capture: bool,
    resource_id: Option<String>,
    region: Option<String>,
    zone: Option<String>,
    project: Option<String>,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    tags: Tags,
    resource_name: Option<String>,
    operator_uin: Option<AccountNumber>,
    /// `true` in the answer of a dry run, and only there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
    /// In the answer of a dry run: the figures that were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<Vec<Reason>>,
    /// In the answer of a dry run: which of the customer's vouchers would pay how much, in that order (R113).
    #[serde(skip_serializing_if = "Option::is_none")]
    vouchers: Option<Vec<VoucherPartBody>>,
    /// In the answer of a dry run: which of the paying partner's vouchers would pay how much of its side.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_vouchers: Option<Vec<VoucherPartBody>>,
}

/// What one voucher pays of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VoucherPart)]
struct VoucherPartBody {
    voucher_id: String,
    amount: Money,
}

impl VoucherPartBody {
    fn all(uses: &[VoucherUse]) -> Vec<VoucherPartBody> {
        let part =
            |one: &VoucherUse| VoucherPartBody { voucher_id: one.voucher.to_string(), amount: Money(one.amount) };
        uses.iter().map(part).collect()
    }
}

/// One party's part of what an order cost.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
struct PaymentBody {
    uin: AccountNumber,
    /// Of what it was given.
    granted: Money,
    /// Of its own cash.
    cash: Money,
    /// Of the credit that it has from its partner, or of its own.
    credit: Money,
    voucher: Money,
}

impl PaymentBody {
    /// Who paid an order and of what; `None` while nobody has.
    fn of(order: &Order, amount: Amount, voucher: Amount) -> Option<PaymentBody> {
        let credit = Parts { credit: amount, ..Parts::default() };
        let parts = match (order.state, order.paying.partner) {
            (OrderState::ToBePaid | OrderState::Canceled, _) => None,
            (_, Some(_)) => Some(credit),
            (_, None) => order.parts,
        };
        let Parts { granted, cash, credit } = parts?;
        let [granted, cash, credit, voucher] = [granted, cash, credit, voucher].map(Money);
        Some(PaymentBody { uin: AccountNumber(order.paying.payer), granted, cash, credit, voucher })
    }
}

impl OrderBody {
    /// An order as it stands.
    pub(super) fn new(call: &Call, view: OrderView) -> OrderBody {
        let OrderView { order, product, voucher_amount, amount, partner_amount, details } = view;
        let paid = order.state != OrderState::ToBePaid && order.state != OrderState::Canceled;
        let payments = PaymentBody::of(&order, amount, voucher_amount).into_iter().collect();
        OrderBody {
            id: Some(order.id.to_string()),
            account_uin: AccountNumber(order.account),
            payer_uin: AccountNumber(order.paying.payer),
            partner_uin: order.paying.partner.map(AccountNumber),
            product_code: product,
            kind: order.kind.name(),
            state: order.state.name(),
            list_amount: Money(order.price.list),
            discount_rate: Multiplier(order.price.customer_rate),
            voucher_amount: Money(voucher_amount),
            amount: Money(amount),
            partner_amount: Money(partner_amount),
            payments,
            paid_by: paid.then_some(if order.paid_by_partner { "partner" } else { "customer" }),
            refunded_amount: Money(order.refunded),
            created_at: call.time(order.created_at),
            updated_at: call.time(order.updated_at),
            capture: order.capture,
            resource_id: order.resource.as_ref().map(ResourceName::to_string),
            region: details.region,
            zone: details.zone,
            project: details.project,
            tags: Tags(details.tags),
            resource_name: details.resource_name,
            operator_uin: details.operator_uin.map(AccountNumber),
            dry_run: false,
            because: None,
            vouchers: None,
            partner_vouchers: None,
        }
    }

    /// An order that was not kept, as it would have been, and why.
    pub(super) fn not_kept(call: &Call, view: OrderView, because: Vec<Reason>) -> OrderBody {
        let vouchers = Some(VoucherPartBody::all(&view.order.vouchers));
        let partner_vouchers = Some(VoucherPartBody::all(&view.order.partner_vouchers));
        let shown = OrderBody::new(call, view);
        OrderBody { id: None, dry_run: true, because: Some(because), vouchers, partner_vouchers, ..shown }
    }
}
