//! The commands about resources and usage.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::book::named::Named;
use crate::channel::{ActionType, ProductCode, ResourceId, ResourceName, ResourceState, Uin};
use crate::ledger::Moment;
use crate::money::{Amount, Factor};

commands!(Metering {
    ActivateResource[boxed](asked) => Some(asked.account), Home::Account(asked.account);
    ResizeResource(asked) => None, asked.resource.as_ref().map_or(Home::Deployment, |one| Home::Id(one.id.0));
    TerminateResource(asked) => None, asked.resource.as_ref().map_or(Home::Deployment, |one| Home::Id(one.id.0));
    SettleUsage[boxed](asked) => Some(asked.account), Home::Account(asked.account);
    ResumeResource(asked) => None, Home::Id(asked.id.0);
    SuspendResource(asked) => None, Home::Id(asked.id.0);
    DeleteResource(asked) => None, Home::Id(asked.id.0);
});

/// A new postpaid resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivateResource {
    /// Who runs it.
    pub account: Uin,
    /// The caller's name for it.
    pub name: ResourceName,
    /// Of which product.
    pub product: ProductCode,
    /// List price of one unit in one settlement period, not negative.
    pub unit_price: Amount,
    /// How many units, above zero.
    pub quantity: Factor,
    /// A JSON object that the core does not read: region, tags, ...
    pub details: String,
}

/// Changes a resource's size or price, and its freeze with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResizeResource {
    /// The resource; absent where none ever had the name that it was asked for by.
    pub resource: Option<Named<ResourceId, ResourceState>>,
    /// New list price of a unit.
    pub unit_price: Option<Amount>,
    /// New number of units.
    pub quantity: Option<Factor>,
}

/// Ends a resource: the last settlement and the release of its freeze in one step (R71).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminateResource {
    /// The resource; absent where none ever had the name that it was asked for by.
    pub resource: Option<Named<ResourceId, ResourceState>>,
    /// List price of what was used since the last settlement; nothing where absent.
    pub final_amount: Option<Amount>,
}

/// What was used of a product, or a correction of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleUsage {
    /// Who used it.
    pub account: Uin,
    /// The product that was used.
    pub product: ProductCode,
    /// List price, not negative; what a compensation gives back.
    pub amount: Amount,
    /// How many units of the product that was; packs cover them, and `amount` falls in proportion (O82). Packs cover nothing where
    /// it is absent.
    pub units: Option<Factor>,
    /// The moment from which it was used.
    pub period_start: Moment,
    /// Until when; not before the start.
    pub period_end: Moment,
    /// By which resource. Need not be one that was activated here.
    pub resource: Option<ResourceName>,
    /// What for (R81); as its product settles where absent.
    pub action: Option<ActionType>,
    /// A JSON object that the core does not read: region, tags, components, ...
    pub details: String,
}

/// Starts a stopped resource again (R104).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeResource {
    /// The resource that runs on.
    pub id: ResourceId,
}

/// Stops a resource for arrears (R103).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspendResource {
    /// The resource that is stopped.
    pub id: ResourceId,
}

/// Deletes a resource that has been stopped for too long, which releases its freeze (R73, R107).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteResource {
    /// The resource whose data goes.
    pub id: ResourceId,
}
