//! What goes back to whoever paid: what a prepaid resource was paid with, by payer, and the part of something given back that
//! is one payer's (O76, O77).

use super::charge::Charge;
use super::order::{Order, Paid, purse_of};
use super::{ActionType, Binding, OrderId, OrderKind, Paying, Price, ResourceName, Uin};
use crate::ledger::{Moment, Month, Parts};
use crate::money::{Amount, Overflow};
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// What a refund gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum RefundScope {
    /// What was paid for one order, to whoever paid it.
    Order = 1,
    /// What was paid for the resource that an order names, by whichever of its orders, to whoever paid them (O77).
    Resource = 2,
}

/// A prepaid resource: the account that has it, and the caller's name for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PrepaidResource {
    /// The account that has it.
    pub account: Uin,
    /// The caller's name for it.
    pub resource: ResourceName,
}

/// What one payer has paid for a prepaid resource from one purse, and has not got back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purse {
    /// Who paid.
    pub paying: Paying,
    /// Under which of the payer's bindings.
    pub binding: Option<Binding>,
    /// What is left of it.
    pub paid: Paid,
    /// The journal position of the last payment into it: the rest of a split goes to whoever paid last.
    pub paid_last: u64,
}

impl Purse {
    /// From which of the payer's purses it was paid, as in [`PaidFor`](super::PaidFor).
    pub fn purse_number(&self) -> u64 {
        purse_of(self.paying, self.binding)
    }
}

/// What goes back to one payer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// To whom, and to the partner that owes it to the platform.
    pub paying: Paying,
    /// Under which of the payer's bindings it had been paid.
    pub binding: Option<Binding>,
    /// What comes back on both sides, below zero.
    pub price: Price,
    /// What goes back to each part of money of the payer's own, below zero; absent where credit had paid.
    pub parts: Option<Parts>,
    /// The journal position of the last payment into the purse that it comes from.
    pub paid_last: u64,
}

impl Share {
    /// From which of the payer's purses it had been paid.
    pub fn purse_number(&self) -> u64 {
        purse_of(self.paying, self.binding)
    }

    /// What comes back to the payer, above zero.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen for a share that was decided.
    pub fn amount(&self) -> Result<Amount, Overflow> {
        self.price.customer.negated()
    }

    /// What comes back to the paying partner, above zero.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen for a share that was decided.
    pub fn partner_amount(&self) -> Result<Amount, Overflow> {
        self.price.partner.negated()
    }

    /// The charge with which it comes back.
    pub fn charge(&self, account: Uin, product: u32, action: ActionType, at: (Month, Moment)) -> Charge {
        let (month, now) = at;
        Charge {
            account,
            binding: self.binding,
            paying: self.paying,
            product,
            action,
            month,
            period_start: now,
            period_end: now,
            price: self.price,
            vouchers: Vec::new(),
            partner_vouchers: Vec::new(),
            parts: self.parts,
        }
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
