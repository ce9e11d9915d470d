//! What goes back to whoever paid: what a prepaid resource was paid with, by payer, and the part of something given back that
//! is one payer's (O76, O77).

use super::charge::Charge;
use super::{ActionType, Binding, Paying, Price, ResourceName, Uin};
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

/// What was paid for a prepaid resource under one binding and is not given back, nor promised to be, by refunds or downgrades,
/// in units of 10^-8; wide, since it is a sum of many. Never below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Paid {
    /// By the payer.
    pub customer: i128,
    /// By its paying partner.
    pub partner: i128,
    /// How much of the payer's was a gift to it, where money of its own paid.
    pub granted: i128,
    /// How much of it was paid on its own credit; the rest was cash.
    pub credit: i128,
}

impl Paid {
    /// What so much goes back to: the parts of the payer's money in the opposite order in which they paid, to each at most what
    /// it paid and has not got back (O3).
    ///
    /// # Errors
    /// [`Overflow`] where more is to go back than was paid.
    pub fn returned(&self, amount: Amount) -> Result<Parts, Overflow> {
        self.nearest(Parts { credit: amount, ..Parts::default() })
    }

    /// The same of an amount that goes back to these parts, as far as each of them has as much left.
    ///
    /// # Errors
    /// [`Overflow`] where more is to go back than was paid.
    pub fn nearest(&self, wanted: Parts) -> Result<Parts, Overflow> {
        let wanted = [wanted.credit, wanted.cash, wanted.granted].map(|part| i128::from(part.units()));
        let left = [self.credit, self.customer - self.credit - self.granted, self.granted];
        let mut taken = [0, 1, 2].map(|part| wanted[part].min(left[part]));
        let mut missing = wanted.iter().sum::<i128>() - taken.iter().sum::<i128>();
        for (taken, left) in taken.iter_mut().zip(left) {
            let more = missing.min(left - *taken);
            (*taken, missing) = (*taken + more, missing - more);
        }
        if missing > 0 {
            return Err(Overflow);
        }
        let [credit, cash, granted] = taken.map(Amount::from_wide);
        Ok(Parts { granted: granted?, cash: cash?, credit: credit? })
    }
}

/// Whose prepaid resource it is, who paid for it under which of its bindings (0 is a partner's own use,
/// [`PaidFor::OWN_MONEY`] money of its own from before it was one), so that what one payer has paid never goes back to
/// another, and the caller's name for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PaidFor {
    /// The account that has it.
    pub account: Uin,
    /// Who paid.
    pub payer: Uin,
    /// Journal position of the payer's binding.
    pub binding_seq: u64,
    /// The caller's name for it.
    pub resource: ResourceName,
}

impl PaidFor {
    /// In place of a binding's position: money of the account's own paid. What it has paid is not its spend line's once the
    /// account has become a partner.
    pub const OWN_MONEY: u64 = u64::MAX;

    /// What this pays for.
    pub fn by(account: Uin, paying: Paying, binding: Option<Binding>, resource: ResourceName) -> PaidFor {
        PaidFor { account, payer: paying.payer, binding_seq: purse_of(paying, binding), resource }
    }

    /// The resource itself, whoever paid for it.
    pub fn prepaid(&self) -> PrepaidResource {
        PrepaidResource { account: self.account, resource: self.resource.clone() }
    }
}

/// From which of the payer's purses something is paid: the position of its binding, or what stands in its place.
pub(crate) fn purse_of(paying: Paying, binding: Option<Binding>) -> u64 {
    match (binding, paying.partner) {
        (Some(binding), _) => binding.seq,
        (None, Some(_)) => 0,
        (None, None) => PaidFor::OWN_MONEY,
    }
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
