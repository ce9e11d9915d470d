//! The events about products and discounts. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{DiscountId, DiscountScope, FreezeTerms, ProductCode, Settlement, Uin};
use crate::ledger::Moment;
use crate::money::Rate;
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Event {
    ProductAdded(ProductAdded) = 1,
    ProductChanged(ProductChanged) = 2,
    DiscountSet(DiscountSet) = 3,
    DiscountEnded(DiscountEnded) = 4,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductAdded {
    pub number: u32,
    pub code: ProductCode,
    pub name: String,
    pub settlement: Settlement,
    /// Where somebody has set them.
    pub grace_hours: Option<u32>,
    pub retention_days: u32,
    pub freeze: FreezeTerms,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductChanged {
    pub number: u32,
    pub code: ProductCode,
    pub name: String,
    pub settlement: Settlement,
    pub grace_hours: Option<u32>,
    pub retention_days: u32,
    pub freeze: FreezeTerms,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountSet {
    pub scope: DiscountScope,
    pub partner: Uin,
    pub product: Option<u32>,
    pub rate: Rate,
    pub starts_at: Option<Moment>,
    pub ends_at: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountEnded {
    pub id: DiscountId,
}

events!(Catalogue: ProductAdded, ProductChanged, DiscountSet, DiscountEnded);

impl Event {
    /// The event's name in logs and explanations.
    pub const fn name(&self) -> &'static str {
        match self {
            Event::ProductAdded(_) => "product_added",
            Event::ProductChanged(_) => "product_changed",
            Event::DiscountSet(_) => "discount_set",
            Event::DiscountEnded(_) => "discount_ended",
        }
    }
}
