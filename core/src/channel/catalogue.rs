//! What is sold, and at which part of the list price.

use super::{DiscountId, ProductCode, Uin};
use crate::ledger::Moment;
use crate::money::Rate;
use serde::{Deserialize, Serialize};

/// How often usage of a postpaid product is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Settlement {
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every month.
    Monthly,
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
    /// Hours that it runs on after its account became overdue (R105).
    pub grace_hours: u32,
}

/// Whose price a discount changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DiscountScope {
    /// What this partner pays the platform (R28).
    Partner(Uin),
    /// What this customer pays its partner (R123).
    Customer(Uin),
}

/// A part of the list price, for one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// Its number; of two that fit equally well the later one counts (R126).
    pub id: DiscountId,
    /// Whose price.
    pub scope: DiscountScope,
    /// The partner that it belongs to.
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

impl Discount {
    /// Whether it counts for this product at this moment.
    pub fn fits(&self, product: u32, now: Moment) -> bool {
        self.product.is_none_or(|only| only == product)
            && self.starts_at.is_none_or(|start| start <= now)
            && self.ends_at.is_none_or(|end| now < end)
    }
}

/// The discount that counts: the most specific product scope first, then the latest made (R126).
pub(crate) fn best<'a>(
    discounts: impl Iterator<Item = &'a Discount>,
    product: u32,
    now: Moment,
) -> Option<&'a Discount> {
    discounts.filter(|d| d.fits(product, now)).max_by_key(|d| (d.product.is_some(), d.id))
}
