//! The commands about products and discounts.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{DiscountId, DiscountScope, FreezeChange, FreezeTerms, ProductCode, Settlement, Uin};
use crate::ledger::Moment;
use crate::money::Rate;

commands!(Catalogue {
    AddProduct(_) => None, Home::Deployment;
    ChangeProduct(_) => None, Home::Deployment;
    SetDiscount(asked) => Some(asked.scope.account()), Home::Account(asked.scope.account());
    EndDiscount(asked) => None, Home::Id(asked.id.0);
});

/// Adds a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddProduct {
    /// Its code.
    pub code: ProductCode,
    /// What people call it.
    pub name: String,
    /// How it settles.
    pub settlement: Settlement,
    /// Grace in hours; where absent 2 while it settles hourly, else 24 (R105).
    pub grace_hours: Option<u32>,
    /// Days that a stopped resource's data is kept; 15 where absent.
    pub retention_days: Option<u32>,
    /// What is frozen while it runs.
    pub freeze: FreezeTerms,
    /// Whether who inherits offers has them for it, too (O84).
    pub inheritable: bool,
}

/// Changes a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeProduct {
    /// The code of the product that changes.
    pub code: ProductCode,
    /// New name.
    pub name: Option<String>,
    /// New settlement.
    pub settlement: Option<Settlement>,
    /// New grace.
    pub grace_hours: Option<u32>,
    /// New retention.
    pub retention_days: Option<u32>,
    /// What changes of its freezing terms; what is frozen already stays (A18).
    pub freeze: FreezeChange,
    /// Whether who inherits offers has them for it from now on.
    pub inheritable: Option<bool>,
}

/// The terms of a new discount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetDiscount {
    /// Whose price.
    pub scope: DiscountScope,
    /// The partner that it belongs to: that partner itself, or one above the customer; of an offer the account itself.
    pub partner: Uin,
    /// One product, or all.
    pub product: Option<ProductCode>,
    /// What the list price is multiplied with.
    pub rate: Rate,
    /// The moment from which it holds.
    pub starts_at: Option<Moment>,
    /// The moment at which it ends.
    pub ends_at: Option<Moment>,
}

/// Ends a discount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndDiscount {
    /// The discount that ends.
    pub id: DiscountId,
}
