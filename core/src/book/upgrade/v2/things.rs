//! What events of version 2 carried whole: charges, orders, authorizations, resources.

use crate::book::state::Book;
use crate::channel::{
    self, ActionType, Binding, Customer, Frozen, Lines, OrderId, OrderKind, OrderState, Paying, ResourceId,
    ResourceName, ResourceState, Uin, VoucherUse, kept_text,
};
use crate::ledger::{Funds, Line, Moment, Month};
use crate::money::{Amount, Factor, Overflow, Rate};
use serde::Deserialize;

/// Everybody paid for itself, and there was always a partner that owed it.
pub(super) fn paying(account: Uin, partner: Uin) -> Paying {
    Paying { payer: account, partner: Some(partner) }
}

/// The lines after an event.
pub(super) fn lines(customer: Option<Line>, partner: Line) -> Lines {
    Lines { payer: customer.map(Funds::Credit), partner: Some(partner) }
}

/// There was always a partner's price.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Price {
    list: Amount,
    customer_rate: Rate,
    partner_rate: Rate,
    customer: Amount,
    partner: Amount,
}

impl From<Price> for channel::Price {
    fn from(price: Price) -> channel::Price {
        let Price { list, customer_rate, partner_rate, customer, partner } = price;
        channel::Price { list, customer_rate, partner_rate: Some(partner_rate), customer, partner }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Charge {
    pub(super) account: Uin,
    binding: Option<Binding>,
    paying_partner: Uin,
    product: u32,
    action: ActionType,
    month: Month,
    period_start: Moment,
    pub(super) period_end: Moment,
    price: Price,
    vouchers: Vec<VoucherUse>,
    partner_vouchers: Vec<VoucherUse>,
}

impl From<Charge> for channel::Charge {
    fn from(charge: Charge) -> channel::Charge {
        let Charge { account, binding, paying_partner, product, action, month, period_start, period_end, .. } = charge;
        let Charge { price, vouchers, partner_vouchers, .. } = charge;
        channel::Charge {
            account,
            binding,
            paying: paying(account, paying_partner),
            product,
            action,
            month,
            period_start,
            period_end,
            price: price.into(),
            vouchers,
            partner_vouchers,
            parts: None,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Order {
    id: OrderId,
    account: Uin,
    paying_partner: Uin,
    binding: Option<Binding>,
    product: u32,
    kind: OrderKind,
    state: OrderState,
    capture: bool,
    price: Price,
    vouchers: Vec<VoucherUse>,
    partner_vouchers: Vec<VoucherUse>,
    paid_by_partner: bool,
    refunded: Amount,
    partner_refunded: Amount,
    created_at: Moment,
    updated_at: Moment,
    details: String,
}

impl Order {
    /// As it is today. The prepaid resource that it is for was in its details only, under `resource_id`. Nobody compared
    /// then what a downgrade gave back with what had been paid: an order that gives back more than the book knows as paid
    /// for the resource names none.
    pub(super) fn upgraded(self, book: &Book, charge: Option<&channel::Charge>) -> channel::Order {
        let Order { id, account, paying_partner, binding, product, kind, state, capture, price, vouchers, .. } = self;
        let Order { partner_vouchers, paid_by_partner, refunded, partner_refunded, created_at, .. } = self;
        let resource = kept_text(&self.details, "resource_id").and_then(|name| name.parse::<ResourceName>().ok());
        let order = channel::Order {
            id,
            account,
            paying: paying(account, paying_partner),
            binding,
            product,
            kind,
            state,
            capture,
            price: price.into(),
            vouchers,
            partner_vouchers,
            parts: None,
            paid_by_partner,
            refunded,
            partner_refunded,
            created_at,
            updated_at: self.updated_at,
            resource,
            details: self.details,
            shares: charge.filter(|_| kind.gives_back()).map(share_of).into_iter().collect(),
            refund: None,
        };
        let uncovered = order.paid_for().zip(charge).is_some_and(|(what, charge)| {
            let paid = book.paid(&what);
            let short = |paid: i128, amount: Result<Amount, Overflow>| {
                amount.is_ok_and(|amount| paid + i128::from(amount.units()) < 0)
            };
            short(paid.customer, charge.amount()) || short(paid.partner, charge.partner_amount())
        });
        channel::Order { resource: order.resource.filter(|_| !uncovered), ..order }
    }
}

/// What a charge below zero gave back, to the one who had paid.
pub(super) fn share_of(charge: &channel::Charge) -> channel::Share {
    let channel::Charge { paying, binding, price, parts, .. } = *charge;
    channel::Share { paying, binding, price, parts, paid_last: 0 }
}

#[derive(Debug, Deserialize)]
pub(super) struct Authorization {
    pub(super) account: Uin,
    pub(super) paying_partner: Uin,
    pub(super) binding: Option<Binding>,
    pub(super) product: u32,
    pub(super) price: Price,
    pub(super) opened_at: Moment,
    pub(super) expires_at: Moment,
}

impl From<Authorization> for channel::Authorization {
    fn from(open: Authorization) -> channel::Authorization {
        let Authorization { account, paying_partner, binding, product, price, opened_at, expires_at } = open;
        let paying = paying(account, paying_partner);
        channel::Authorization { account, paying, binding, product, price: price.into(), opened_at, expires_at }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    id: ResourceId,
    name: ResourceName,
    account: Uin,
    product: u32,
    unit_price: Amount,
    quantity: Factor,
    frozen: Frozen,
    state: ResourceState,
    since: Moment,
    activated_at: Moment,
    details: String,
}

impl Resource {
    /// As it is today. Until when its last cycle went stands in the book: usage that closed one said it. So does who pays,
    /// where the event does not say it; and it ends before the binding that its account has (R140).
    pub(super) fn upgraded(self, book: &Book, paying_partner: Option<Uin>) -> channel::Resource {
        let kept = book.resource_numbered(self.id);
        let partner = paying_partner.or(kept.and_then(|kept| kept.paying.partner));
        let Resource { id, name, account, product, unit_price, quantity, frozen, state, since, .. } = self;
        channel::Resource {
            id,
            name,
            account,
            product,
            unit_price,
            quantity,
            frozen,
            state,
            since,
            activated_at: self.activated_at,
            cycle_ended_at: kept.and_then(|kept| kept.cycle_ended_at),
            paying: Paying { payer: account, partner },
            binding: book.customer(account).map(Customer::binding),
            details: self.details,
        }
    }
}
