//! Prepaid orders: what was ordered, at which price, and how far it has come (R128-R132).

use super::{OrderId, Price, Uin};
use crate::ledger::Moment;
use serde::{Deserialize, Serialize};

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderKind {
    /// Something new.
    Purchase,
    /// More time.
    Renew,
    /// A larger one.
    Upgrade,
    /// A smaller one: gives its amount back (R82).
    Downgrade,
}

impl OrderKind {
    /// The name used by the platform API.
    pub const fn name(self) -> &'static str {
        match self {
            OrderKind::Purchase => "purchase",
            OrderKind::Renew => "renew",
            OrderKind::Upgrade => "upgrade",
            OrderKind::Downgrade => "downgrade",
        }
    }
}

/// How far an order has come (R132).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderState {
    /// Kept although funds did not suffice; nothing is frozen.
    ToBePaid,
    /// Paid for by a hold, waiting to be delivered.
    Processing,
    /// Charged.
    Delivered,
    /// Given up; a hold it had is released.
    Canceled,
}

impl OrderState {
    /// The name used by the platform API.
    pub const fn name(self) -> &'static str {
        match self {
            OrderState::ToBePaid => "to_be_paid",
            OrderState::Processing => "processing",
            OrderState::Delivered => "delivered",
            OrderState::Canceled => "canceled",
        }
    }

    /// Whether it may still change.
    pub const fn open(self) -> bool {
        match self {
            OrderState::ToBePaid | OrderState::Processing => true,
            OrderState::Delivered | OrderState::Canceled => false,
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
    /// The paying partner, Q(c), at the moment of the order.
    pub paying_partner: Uin,
    /// Whether a partner buys for itself, so that there is no customer's side.
    pub own_use: bool,
    /// The product's number.
    pub product: u32,
    /// What for.
    pub kind: OrderKind,
    /// How far.
    pub state: OrderState,
    /// Delivered in the same step as paid, or later.
    pub capture: bool,
    /// Its price, fixed when it was placed.
    pub price: Price,
    /// When it was placed.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// What it was placed with besides (resource, region, tags, ...): a JSON object that the core does not read.
    pub details: String,
}
