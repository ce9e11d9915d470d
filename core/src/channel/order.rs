//! Prepaid orders: what was ordered, at which price, and how far it has come (R128-R132).

use super::charge::{Charge, sum};
use super::{
    ActionType, Binding, OrderId, PaidFor, Paying, PrepaidResource, Price, RefundScope, ResourceName, Share, Uin,
    VoucherUse,
};
use crate::ledger::{Moment, Parts};
use crate::money::{Amount, Overflow};
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum OrderKind {
    /// Something new.
    Purchase = 1,
    /// More time.
    Renew = 2,
    /// A larger one.
    Upgrade = 3,
    /// A smaller one: gives its amount back (R82).
    Downgrade = 4,
    /// A refund that is decided and waits to be delivered.
    Refund = 5,
}

impl OrderKind {
    /// What its bill line is for (R81).
    pub const fn action(self) -> ActionType {
        match self {
            OrderKind::Purchase => ActionType::PrepayPurchase,
            OrderKind::Renew => ActionType::PrepayRenew,
            OrderKind::Upgrade | OrderKind::Downgrade => ActionType::PrepayModify,
            OrderKind::Refund => ActionType::PrepayReturn,
        }
    }
}

/// How far an order has come (R132).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum OrderState {
    /// Kept although funds did not suffice; nothing is frozen.
    ToBePaid = 1,
    /// Paid for by a hold, waiting to be delivered.
    Processing = 2,
    /// Charged.
    Delivered = 3,
    /// Given up; a hold it had is released.
    Canceled = 4,
    /// Charged, and all of it given back.
    Refunded = 5,
}

impl OrderState {
    /// Whether it may still change.
    pub const fn open(self) -> bool {
        match self {
            OrderState::ToBePaid | OrderState::Processing => true,
            OrderState::Delivered | OrderState::Canceled | OrderState::Refunded => false,
        }
    }
}

/// An order as it stands after its latest change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number.
    pub id: OrderId,
    /// Who buys.
    pub account: Uin,
    /// Who pays; of what gives money back to several payers, the one that had paid last.
    pub paying: Paying,
    /// Under which of the payer's bindings; `None` when a partner buys for itself, so that there is no payer's side, and where
    /// money of one's own pays.
    pub binding: Option<Binding>,
    /// The product's number.
    pub product: u32,
    /// Whether it buys, renews, upgrades or downgrades.
    pub kind: OrderKind,
    /// How far.
    pub state: OrderState,
    /// Delivered in the same step as paid, or later.
    pub capture: bool,
    /// Its price before vouchers, fixed when it was placed.
    pub price: Price,
    /// What the payer's vouchers pay of it, or have set aside for it.
    pub vouchers: Vec<VoucherUse>,
    /// What the paying partner's vouchers pay of its side.
    pub partner_vouchers: Vec<VoucherUse>,
    /// What each part of the payer's own money paid of it, once it is delivered. What gives money back says it by payer.
    pub parts: Option<Parts>,
    /// Whether its partner paid it on behalf of the customer, whose consumption it is all the same (R130).
    pub paid_by_partner: bool,
    /// What has been given back to the payer.
    pub refunded: Amount,
    /// What has been given back to the paying partner.
    pub partner_refunded: Amount,
    /// When it was placed.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// The prepaid resource that it is for, by the caller's name.
    pub resource: Option<ResourceName>,
    /// What it was placed with besides: the text of [`Details`](super::Details).
    pub details: String,
    /// What it gives back to whom, those first that paid first; nothing of what costs something.
    pub shares: Vec<Share>,
    /// What it is a refund of.
    pub refund: Option<Box<Refund>>,
}

impl Order {
    /// What it paid for; `None` when it names no resource.
    pub fn paid_for(&self) -> Option<PaidFor> {
        Some(PaidFor::by(self.account, self.paying, self.binding, self.resource.clone()?))
    }

    /// The prepaid resource that it is for, whoever paid; `None` when it names none.
    pub fn prepaid(&self) -> Option<PrepaidResource> {
        Some(PrepaidResource { account: self.account, resource: self.resource.clone()? })
    }

    /// What the customer's vouchers pay of it.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen for an order that was decided: vouchers pay at most its price.
    pub fn voucher_amount(&self) -> Result<Amount, Overflow> {
        sum(&self.vouchers)
    }

    /// What the customer pays: its price less vouchers.
    ///
    /// # Errors
    /// As [`Order::voucher_amount`].
    pub fn amount(&self) -> Result<Amount, Overflow> {
        self.price.customer.minus(self.voucher_amount()?)
    }

    /// What the paying partner owes the platform: its price less its own vouchers.
    ///
    /// # Errors
    /// As [`Order::voucher_amount`].
    pub fn partner_amount(&self) -> Result<Amount, Overflow> {
        self.price.partner.minus(sum(&self.partner_vouchers)?)
    }
}

/// What an order of kind [`OrderKind::Refund`] gives back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The order that is given back, as it stands; or the one that names the resource.
    pub of: Order,
    /// Whether it is the order alone.
    pub scope: RefundScope,
}

/// What is decided to go back to a payer and is about to: each payer has a bill line, and each line a record of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The order that it is told of.
    pub order: OrderId,
    /// The prepaid resource that it comes back of.
    pub resource: Option<ResourceName>,
    /// What that order was placed with besides.
    pub details: String,
    /// The charge with what comes back, below zero.
    pub charge: Charge,
}

impl Return {
    /// What goes back to the others than the first, who gets it with the order's own charge.
    pub fn behind<'a>(order: &'a Order, first: &'a Charge, shares: &'a [Share]) -> impl Iterator<Item = Return> + 'a {
        let Charge { account, product, action, month, period_start, .. } = *first;
        let charges =
            shares.iter().skip(1).map(move |share| share.charge(account, product, action, (month, period_start)));
        charges.map(|charge| Return {
            order: order.id,
            resource: order.resource.clone(),
            details: order.details.clone(),
            charge,
        })
    }
}

impl OrderKind {
    /// Whether it gives money back.
    pub const fn gives_back(self) -> bool {
        match self {
            OrderKind::Downgrade | OrderKind::Refund => true,
            OrderKind::Purchase | OrderKind::Renew | OrderKind::Upgrade => false,
        }
    }
}
