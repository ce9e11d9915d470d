//! An order as it is shown, whether it comes from what was just decided or from history.

use crate::call::Call;
use crate::problem::Reason;
use crate::wire::{AccountNumber, Money, Multiplier, Tags, names};
use credere_app::buying::OrderView;
use credere_core::channel::{Order, OrderKind, OrderState, ResourceName, Share, VoucherUse};
use credere_core::ledger::Parts;
use credere_core::money::Amount;
use serde::Serialize;
use utoipa::ToSchema;

names! {
    /// What an order is for that is placed; one that gives another back is made by that.
    #[schema(as = OrderKind)]
    pub(super) enum KindName {
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

impl From<KindName> for OrderKind {
    fn from(name: KindName) -> OrderKind {
        match name {
            KindName::Purchase => OrderKind::Purchase,
            KindName::Renew => OrderKind::Renew,
            KindName::Upgrade => OrderKind::Upgrade,
            KindName::Downgrade => OrderKind::Downgrade,
        }
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
    "refunded_amount": "0.00", "refunds": [], "refund_of": null, "created_at": "2026-01-31T08:00:00+08:00", "updated_at": "2026-01-31T08:00:00+08:00",
    "capture": true, "resource_id": "ins-1", "region": "ap-singapore", "zone": null, "project": null,
    "tags": { "team": "web" }, "resource_name": null, "operator_uin": null
}))]
pub(super) struct OrderBody {
    /// `null` in a dry run.
    id: Option<String>,
    account_uin: AccountNumber,
    /// Whose money, credit or voucher pays; of what gives money back to several payers, the one that had paid last.
    payer_uin: AccountNumber,
    /// The partner that owes the platform for it; `null` without one.
    partner_uin: Option<AccountNumber>,
    product_code: String,
    /// `purchase`, `renew`, `upgrade`, `downgrade`, or `refund`: what is given back of another order and waits to be delivered.
    kind: &'static str,
    /// `to_be_paid`, `processing`, `delivered`, `canceled`, `failed` or `refunded` (R132).
    state: &'static str,
    /// Before discounts. Below zero for a downgrade and a refund, like the amounts below.
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
    /// of its own pays is settled when the order is delivered, so such an order has none while it is processing. Below zero, of
    /// what gives money back, once it is delivered: which means of each payer it has gone back to.
    payments: Vec<PaymentBody>,
    /// `customer`: the account itself; `partner` where that paid on the customer's behalf (R130); `payer` where its organization's
    /// admin did (O74); `null` while nobody has paid, and of a refund.
    paid_by: Option<&'static str>,
    /// What was given back of `amount` by refunds of this order alone (R87).
    refunded_amount: Money,
    /// What a refund or a downgrade gives back to whom, those first that had paid first; in the answer to a refund what that has
    /// given back. Empty otherwise.
    refunds: Vec<RefundPartBody>,
    /// Of a refund: the order that it gives back, or whose resource.
    refund_of: Option<String>,
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

/// What goes back to one who had paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefundPart)]
struct RefundPartBody {
    /// Who had paid.
    uin: AccountNumber,
    /// Above zero, without vouchers.
    amount: Money,
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
    /// What an order has given back to whom, below zero; nothing while it is only promised, and once it is given up.
    fn given_back(order: &Order) -> Vec<PaymentBody> {
        let delivered = order.state == OrderState::Delivered;
        let row = |share: &Share| {
            let credit = Parts { credit: share.price.customer, ..Parts::default() };
            let Parts { granted, cash, credit } = share.parts.unwrap_or(credit);
            let [granted, cash, credit, voucher] = [granted, cash, credit, Amount::ZERO].map(Money);
            PaymentBody { uin: AccountNumber(share.paying.payer), granted, cash, credit, voucher }
        };
        order.shares.iter().filter(|_| delivered).map(row).collect()
    }

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

/// Who has paid an order.
fn paid_by(order: &Order) -> Option<&'static str> {
    match (order.state, order.kind) {
        (OrderState::ToBePaid | OrderState::Canceled, _) | (_, OrderKind::Refund) => None,
        _ if order.paid_by_partner => Some("partner"),
        _ if order.paying.payer != order.account => Some("payer"),
        _ => Some("customer"),
    }
}

impl OrderBody {
    /// An order as it stands.
    pub(super) fn new(call: &Call, view: OrderView) -> OrderBody {
        let OrderView { order, product, voucher_amount, amount, partner_amount, details, refunds } = view;
        let payments = match order.kind.gives_back() {
            true => PaymentBody::given_back(&order),
            false => PaymentBody::of(&order, amount, voucher_amount).into_iter().collect(),
        };
        let part = |(uin, amount)| RefundPartBody { uin: AccountNumber(uin), amount: Money(amount) };
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
            paid_by: paid_by(&order),
            refunded_amount: Money(order.refunded),
            refunds: refunds.into_iter().map(part).collect(),
            refund_of: order.refund.as_ref().map(|refund| refund.of.id.to_string()),
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
