//! What is sold, and at which part of the list price.

use super::{DiscountId, ProductCode, Uin};
use crate::ledger::Moment;
use crate::money::{Amount, Factor, Rate};
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// How often usage of a postpaid product is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum Settlement {
    /// Every hour.
    Hourly = 1,
    /// Every day.
    Daily = 2,
    /// Every month.
    Monthly = 3,
}

/// How a product freezes credit while a resource of it runs (R67).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum FreezeModel {
    /// Not at all.
    None = 1,
    /// F1: the coefficient times the price of what was bought for one settlement period.
    Coefficient = 2,
    /// F2: the same amount, whatever was bought; not rounded.
    Fixed = 3,
    /// F3: nothing at first, then the coefficient times the usage of the last cycle.
    ReEstimate = 4,
    /// F4: a minimum fee, set aside again after each cycle.
    MinimumFee = 5,
}

/// A product's freezing terms. A change does not touch what is frozen already (A18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FreezeTerms {
    /// How it is worked out what is frozen.
    pub model: FreezeModel,
    /// What a price is multiplied with (F1, F3).
    pub coefficient: Factor,
    /// The fixed amount or the minimum fee (F2, F4), at list price.
    pub amount: Amount,
}

impl Default for FreezeTerms {
    /// No freeze.
    fn default() -> FreezeTerms {
        FreezeTerms { model: FreezeModel::None, coefficient: Factor::ONE, amount: Amount::ZERO }
    }
}

/// What changes of a product's freezing terms; what is absent stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FreezeChange {
    /// How it is worked out what is frozen.
    pub model: Option<FreezeModel>,
    /// What a price is multiplied with.
    pub coefficient: Option<Factor>,
    /// The fixed amount or the minimum fee, at list price.
    pub amount: Option<Amount>,
}

impl FreezeChange {
    /// The terms after the change, where these held before.
    pub fn over(self, before: FreezeTerms) -> FreezeTerms {
        FreezeTerms {
            model: self.model.unwrap_or(before.model),
            coefficient: self.coefficient.unwrap_or(before.coefficient),
            amount: self.amount.unwrap_or(before.amount),
        }
    }
}

impl From<FreezeTerms> for FreezeChange {
    /// The change that leaves exactly these.
    fn from(FreezeTerms { model, coefficient, amount }: FreezeTerms) -> FreezeChange {
        FreezeChange { model: Some(model), coefficient: Some(coefficient), amount: Some(amount) }
    }
}

/// Something that can be bought. Products are numbered from 0 in the order of their making, and are never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its code, unique.
    pub code: ProductCode,
    /// What people call it.
    pub name: String,
    /// How it settles.
    pub settlement: Settlement,
    /// Hours that it runs on after its account became overdue, where somebody has set them.
    pub own_grace_hours: Option<u32>,
    /// Days that its data is kept once it was stopped; the special suspension rule keeps it for 15 at most (R107).
    pub retention_days: u32,
    /// What is frozen while it runs.
    pub freeze: FreezeTerms,
    /// Whether who inherits offers has them for it, too; where not, everybody has its own (O84).
    pub inheritable: bool,
}

impl Product {
    /// Hours that it runs on after its account became overdue: its own, else 2 for what settles by the hour and 24 for
    /// everything else (R105).
    pub fn grace_hours(&self) -> u32 {
        self.own_grace_hours.unwrap_or(match self.settlement {
            Settlement::Hourly => 2,
            Settlement::Daily | Settlement::Monthly => 24,
        })
    }
}

/// How far an account's offer reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered, Named)]
#[repr(u8)]
pub enum OfferLevel {
    /// Whoever inherits the account's offers has it, too (O100).
    Billing = 1,
    /// The account alone has it; while it does, it neither inherits nor passes on as who is paid for (O63).
    Account = 2,
}

/// Whose price a discount changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered)]
#[repr(u8)]
pub enum DiscountScope {
    /// What this partner pays the platform (R28).
    Partner(Uin) = 1,
    /// What this customer pays its partner (R123).
    Customer(Uin) = 2,
    /// What this account pays the platform, where it pays with money of its own: an offer (O84).
    Account(Uin, OfferLevel) = 3,
}

impl DiscountScope {
    /// Whose price it is.
    pub const fn account(self) -> Uin {
        match self {
            DiscountScope::Partner(uin) | DiscountScope::Customer(uin) | DiscountScope::Account(uin, _) => uin,
        }
    }
}

/// A part of the list price, for one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// Its number; of two that fit equally well the later one counts (R126).
    pub id: DiscountId,
    /// Whose price.
    pub scope: DiscountScope,
    /// The partner that it belongs to; of an offer the account itself, since nobody stands between it and the platform.
    pub partner: Uin,
    /// The product's number, or every product.
    pub product: Option<u32>,
    /// What the list price is multiplied with.
    pub rate: Rate,
    /// From when it counts.
    pub starts_at: Option<Moment>,
    /// Until when it counts; that moment itself is outside.
    pub ends_at: Option<Moment>,
}
