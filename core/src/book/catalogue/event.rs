//! The events about products and discounts. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{DiscountId, DiscountScope, FreezeTerms, ProductCode, Settlement, Uin};
use crate::ledger::Moment;
use crate::money::Rate;
use serde::{Deserialize, Serialize};

events!(Catalogue {
    ProductAdded = 1,
    ProductChanged = 2,
    DiscountSet = 3,
    DiscountEnded = 4,
});

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
    pub inheritable: bool,
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
    pub inheritable: bool,
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
