//! Postpaid resources: what runs, what is frozen for it on both sides, and whether it is stopped for arrears (R57,
//! R65-R73, R103-R107).

use super::catalogue::{FreezeModel, FreezeTerms, Product};
use super::{Customer, ResourceId, ResourceName, Uin};
use crate::ledger::Moment;
use crate::money::{Amount, Factor, Overflow, Rate, Rounding, product_up_to_cents};
use serde::{Deserialize, Serialize};

/// Whether a resource runs. One that was terminated or deleted leaves the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResourceState {
    /// It runs and may be charged for.
    Active,
    /// It is stopped for arrears; its freeze stays (R73).
    Suspended,
    /// Its account gave it up.
    Terminated,
    /// Its data was deleted after it had been stopped for too long.
    Deleted,
}

impl ResourceState {
    /// The name used by the platform API.
    pub const fn name(self) -> &'static str {
        match self {
            ResourceState::Active => "active",
            ResourceState::Suspended => "suspended",
            ResourceState::Terminated => "terminated",
            ResourceState::Deleted => "deleted",
        }
    }
}

/// What is set aside for a resource on each side (R72). The customer's is zero when a partner runs it for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Frozen {
    /// On the customer's credit, at its price.
    pub customer: Amount,
    /// On the paying partner's spend line, at its price.
    pub partner: Amount,
}

/// A postpaid resource that runs or is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Journal position of its activation.
    pub id: ResourceId,
    /// The caller's name for it, unique among those that run or are stopped.
    pub name: ResourceName,
    /// Who runs it.
    pub account: Uin,
    /// The product's number.
    pub product: u32,
    /// List price of one unit in one settlement period.
    pub unit_price: Amount,
    /// How many units.
    pub quantity: Factor,
    /// What is set aside for it.
    pub frozen: Frozen,
    /// Whether it runs.
    pub state: ResourceState,
    /// Since when it is in that state.
    pub since: Moment,
    /// When it was activated.
    pub activated_at: Moment,
    /// What it was activated with besides: a JSON object that the core does not read.
    pub details: String,
}

/// What falls due for a resource by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceStep {
    /// It starts again.
    Resume,
    /// It stops.
    Suspend,
    /// Its data goes.
    Delete,
}

/// Days that the data of a stopped resource is kept at most under the special suspension rule, and where its product
/// does not say otherwise (R107).
pub const RETENTION_DAYS: u32 = 15;

/// What a resource freezes on one side when it is activated or resized (R67-R68). The re-estimated freeze begins at
/// nothing, the minimum fee at the fee.
///
/// # Errors
/// [`Overflow`]
pub fn freeze_at_start(
    terms: &FreezeTerms,
    unit_price: Amount,
    quantity: Factor,
    rate: Rate,
) -> Result<Amount, Overflow> {
    match terms.model {
        FreezeModel::None | FreezeModel::ReEstimate => Ok(Amount::ZERO),
        FreezeModel::Coefficient => product_up_to_cents(unit_price, terms.coefficient, quantity, rate),
        FreezeModel::Fixed => rate.of(terms.amount, Rounding::HalfEven),
        FreezeModel::MinimumFee => product_up_to_cents(terms.amount, Factor::ONE, Factor::ONE, rate),
    }
}

/// What a resource freezes on one side after a cycle whose usage came to `list` closed (R67 F3, F4); `None` when the
/// freeze stays as it is (R70).
///
/// # Errors
/// [`Overflow`]
pub fn freeze_after_cycle(terms: &FreezeTerms, list: Amount, rate: Rate) -> Result<Option<Amount>, Overflow> {
    match terms.model {
        FreezeModel::None | FreezeModel::Coefficient | FreezeModel::Fixed => Ok(None),
        FreezeModel::ReEstimate => product_up_to_cents(list, terms.coefficient, Factor::ONE, rate).map(Some),
        FreezeModel::MinimumFee => product_up_to_cents(terms.amount, Factor::ONE, Factor::ONE, rate).map(Some),
    }
}

/// What is next for a resource by itself as things stand at `now`, and from when on: `Moment::default()` is at once.
/// `None` while nothing is.
pub fn next_step(
    resource: &Resource,
    product: &Product,
    customer: &Customer,
    now: Moment,
) -> Option<(Moment, ResourceStep)> {
    let stops_at = stops_at(resource, product, customer);
    match resource.state {
        ResourceState::Active => stops_at.map(|at| (at, ResourceStep::Suspend)),
        // It starts again when nothing stops it any more, or when that is still in its grace. One reason after another
        // keeps it stopped without a break, whichever came first (R109).
        ResourceState::Suspended => match stops_at {
            Some(at) if at <= now => {
                let days = if customer.special_suspension {
                    product.retention_days.min(RETENTION_DAYS)
                } else {
                    product.retention_days
                };
                Some((resource.since.plus_seconds(i64::from(days) * 86_400), ResourceStep::Delete))
            }
            Some(_) | None => Some((Moment::default(), ResourceStep::Resume)),
        },
        ResourceState::Terminated | ResourceState::Deleted => None,
    }
}

/// From when on a resource has to stand still: at once for a forced suspension and under the special rule, else after
/// its product's grace, and not at all with the non-stop privilege (R105-R109).
fn stops_at(resource: &Resource, product: &Product, customer: &Customer) -> Option<Moment> {
    let forced = customer.forced_since;
    let overdue = customer.overdue_since.filter(|_| !customer.non_stop.postpaid).map(|since| {
        // A resource that was activated later has its own grace; it cannot be, since an overdue account activates none.
        let since = since.max(resource.activated_at);
        if customer.special_suspension { since } else { since.plus_seconds(i64::from(product.grace_hours) * 3_600) }
    });
    match (forced, overdue) {
        (Some(forced), Some(overdue)) => Some(forced.min(overdue)),
        (one, other) => one.or(other),
    }
}
