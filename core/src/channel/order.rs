//! Prepaid orders: what was ordered, at which price, and how far it has come (R128-R132).

use super::charge::sum;
use super::{ActionType, Binding, OrderId, Paying, Price, ResourceName, Uin, VoucherUse};
use crate::ledger::Moment;
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
}

impl OrderKind {
    /// What its bill line is for (R81).
    pub const fn action(self) -> ActionType {
        match self {
            OrderKind::Purchase => ActionType::PrepayPurchase,
            OrderKind::Renew => ActionType::PrepayRenew,
            OrderKind::Upgrade | OrderKind::Downgrade => ActionType::PrepayModify,
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
    /// Who pays.
    pub paying: Paying,
    /// Under which of the payer's bindings; `None` when a partner buys for itself, so that there is no payer's side.
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
}

/// What was paid for a prepaid resource under one binding and is not given back, by refunds or downgrades, in units of
/// 10^-8; wide, since it is a sum of many. Never below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Paid {
    /// By the payer.
    pub customer: i128,
    /// By its paying partner.
    pub partner: i128,
}

/// Whose prepaid resource it is, under which of the payer's bindings it was paid for (0 is a partner's own use), so that
/// what one payer has paid never goes back to another, and the caller's name for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PaidFor {
    /// The account that has it.
    pub account: Uin,
    /// Journal position of the payer's binding.
    pub binding_seq: u64,
    /// The caller's name for it.
    pub resource: ResourceName,
}

impl Order {
    /// What it paid for; `None` when it names no resource.
    pub fn paid_for(&self) -> Option<PaidFor> {
        let resource = self.resource.clone()?;
        Some(PaidFor { account: self.account, binding_seq: self.binding.map_or(0, |binding| binding.seq), resource })
    }

    /// Whether a partner buys for itself.
    pub const fn own_use(&self) -> bool {
        self.binding.is_none()
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
