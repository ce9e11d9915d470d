//! Prepaid orders: what was ordered, at which price, and how far it has come (R128-R132).

use super::charge::sum;
use super::{
    ActionType, Binding, OrderId, Paying, PrepaidResource, Price, Refund, ResourceName, Share, Uin, VoucherUse,
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
