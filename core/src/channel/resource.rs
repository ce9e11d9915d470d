//! Postpaid resources: what runs, what is frozen for it on both sides, and whether it is stopped for arrears (R57,
//! R65-R73, R103-R107).

use super::catalogue::{FreezeModel, FreezeTerms, Product};
use super::looks::looked_at;
use super::{Binding, Paying, ResourceId, ResourceName, Spending, Uin};
use crate::ledger::Moment;
use crate::money::{Amount, Factor, Overflow, Rate, Rounding, product_up_to_cents};
use arrayvec::ArrayVec;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// Whether a resource runs. One that was terminated or deleted leaves the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum ResourceState {
    /// It runs and may be charged for.
    Active = 1,
    /// It is stopped for arrears; its freeze stays (R73).
    Suspended = 2,
    /// Its account gave it up.
    Terminated = 3,
    /// Its data was deleted after it had been stopped for too long.
    Deleted = 4,
}

impl ResourceState {
    /// Whether it is over.
    pub const fn ended(self) -> bool {
        match self {
            ResourceState::Active | ResourceState::Suspended => false,
            ResourceState::Terminated | ResourceState::Deleted => true,
        }
    }
}

/// What is set aside for a resource on each side (R72). The customer's is zero when a partner runs it for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Frozen {
    /// On the payer's credit or money, at the price of the account that runs it.
    pub customer: Amount,
    /// On the paying partner's spend line, at its price.
    pub partner: Amount,
}

impl Frozen {
    /// By how much it is more than what was set aside before, on each side.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn minus(self, before: Frozen) -> Result<Frozen, Overflow> {
        Ok(Frozen { customer: self.customer.minus(before.customer)?, partner: self.partner.minus(before.partner)? })
    }

    /// What letting it go changes, on each side.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn negated(self) -> Result<Frozen, Overflow> {
        Frozen::default().minus(self)
    }
}

/// A postpaid resource that runs or is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its number.
    pub id: ResourceId,
    /// The caller's name for it, unique among those that run or are stopped.
    pub name: ResourceName,
    /// Who runs it.
    pub account: Uin,
    /// Whose credit or money its freeze is on.
    pub paying: Paying,
    /// Under which of the payer's bindings; `None` when a partner runs it for itself, and where money of one's own pays.
    pub binding: Option<Binding>,
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
    /// Until when the last cycle went that usage has closed; what comes late for an earlier one closes none.
    pub cycle_ended_at: Option<Moment>,
    /// What it was activated with besides: the text of [`Details`](super::Details).
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
    spending: &Spending,
    now: Moment,
) -> Option<(Moment, ResourceStep)> {
    let stops_at = stops_at(resource, product, spending);
    match resource.state {
        ResourceState::Active => stops_at.map(|at| (at, ResourceStep::Suspend)),
        // It starts again when nothing stops it any more, or when that is still in its grace. One reason after another
        // keeps it stopped without a break, whichever came first (R109).
        ResourceState::Suspended => match stops_at {
            Some(at) if at <= now => Some((deleted_at(resource, product, spending), ResourceStep::Delete)),
            Some(_) | None => Some((Moment::default(), ResourceStep::Resume)),
        },
        ResourceState::Terminated | ResourceState::Deleted => None,
    }
}

/// What a moment at which something falls due is counted from: so much of its product's time is added, whatever that is by
/// then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Span {
    /// Nothing is added.
    Nothing,
    /// The product's grace (R105).
    Grace,
    /// As long as the product's data is kept.
    Retention,
    /// The same under the special suspension rule (R107).
    SpecialRetention,
}

impl Span {
    /// How long it is for this product.
    pub(crate) fn seconds(self, product: &Product) -> i64 {
        match self {
            Span::Nothing => 0,
            Span::Grace => i64::from(product.grace_hours()) * 3_600,
            Span::Retention => i64::from(product.retention_days) * 86_400,
            Span::SpecialRetention => i64::from(product.retention_days.min(RETENTION_DAYS)) * 86_400,
        }
    }
}

/// From when on a resource has to stand still, the earliest of these: at once for a forced suspension and under the special
/// rule, else after its product's grace, and not at all with the non-stop privilege (R105-R109). What was activated later
/// stands still no earlier.
pub(crate) fn stops(spending: &Spending, activated_at: Moment) -> ArrayVec<(Span, Moment), 2> {
    let forced = spending.forced_since.map(|since| (Span::Nothing, since));
    let overdue = spending.overdue_since.filter(|_| !spending.non_stop.postpaid).map(|since| {
        // A resource that was activated later has its own grace; it cannot be, since an overdue account activates none.
        let span = if spending.special_suspension { Span::Nothing } else { Span::Grace };
        (span, since.max(activated_at))
    });
    forced.into_iter().chain(overdue).collect()
}

/// From when on the data of a resource goes that stands still since `since`.
pub(crate) fn goes(spending: &Spending, since: Moment) -> (Span, Moment) {
    (if spending.special_suspension { Span::SpecialRetention } else { Span::Retention }, since)
}

fn deleted_at(resource: &Resource, product: &Product, spending: &Spending) -> Moment {
    let (span, since) = goes(spending, resource.since);
    since.plus_seconds(span.seconds(product))
}

fn stops_at(resource: &Resource, product: &Product, spending: &Spending) -> Option<Moment> {
    looked_at();
    let stops = stops(spending, resource.activated_at);
    stops.into_iter().map(|(span, from)| from.plus_seconds(span.seconds(product))).min()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Settlement;
    use super::*;

    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;

    fn at(second: i64) -> Moment {
        Moment::default().plus_seconds(1_000 * DAY + second)
    }

    fn terms(model: FreezeModel, coefficient: &str, amount: &str) -> FreezeTerms {
        FreezeTerms { model, coefficient: coefficient.parse().unwrap(), amount: amount.parse().unwrap() }
    }

    fn resource(state: ResourceState, since: Moment) -> Resource {
        Resource {
            id: ResourceId(1),
            name: "vm".parse().unwrap(),
            account: Uin::LOWEST,
            paying: Paying { payer: Uin::LOWEST, partner: None },
            binding: None,
            product: 0,
            unit_price: Amount::whole(1),
            quantity: Factor::ONE,
            frozen: Frozen::default(),
            state,
            since,
            activated_at: at(-DAY),
            cycle_ended_at: None,
            details: String::new(),
        }
    }

    fn product() -> Product {
        Product {
            code: "cvm".parse().unwrap(),
            name: String::new(),
            settlement: Settlement::Hourly,
            own_grace_hours: None,
            retention_days: 30,
            freeze: FreezeTerms::default(),
            inheritable: true,
        }
    }

    fn overdue(since: i64) -> Spending {
        Spending { overdue_since: Some(at(since)), ..Spending::NOTHING }
    }

    #[test]
    fn a_freeze_starts_as_its_model_says() {
        let (price, three, half) = (Amount::whole(7), "3".parse().unwrap(), "0.5".parse().unwrap());
        let start = |model| freeze_at_start(&terms(model, "0.333", "0.615"), price, three, half).unwrap().to_string();
        assert_eq!(start(FreezeModel::None), "0.00");
        assert_eq!(start(FreezeModel::Coefficient), "3.50");
        assert_eq!(start(FreezeModel::Fixed), "0.3075");
        assert_eq!(start(FreezeModel::ReEstimate), "0.00");
        assert_eq!(start(FreezeModel::MinimumFee), "0.31");
    }

    #[test]
    fn a_cycle_changes_only_what_is_estimated_or_a_fee() {
        let half = "0.5".parse().unwrap();
        let next = |model| {
            let after = freeze_after_cycle(&terms(model, "2", "0.615"), Amount::whole(7), half).unwrap();
            after.map(|amount| amount.to_string())
        };
        assert_eq!(next(FreezeModel::None), None);
        assert_eq!(next(FreezeModel::Coefficient), None);
        assert_eq!(next(FreezeModel::Fixed), None);
        assert_eq!(next(FreezeModel::ReEstimate).as_deref(), Some("7.00"));
        assert_eq!(next(FreezeModel::MinimumFee).as_deref(), Some("0.31"));
    }

    #[test]
    fn what_was_stopped_is_not_over_and_what_was_deleted_is() {
        use ResourceState::{Active, Deleted, Suspended, Terminated};
        assert_eq!([Active, Suspended, Terminated, Deleted].map(ResourceState::ended), [false, false, true, true]);
    }

    #[test]
    fn what_runs_stops_after_the_grace_of_its_product() {
        let active = resource(ResourceState::Active, at(-DAY));
        let stops = |spending: &Spending| next_step(&active, &product(), spending, at(0));
        assert_eq!(stops(&Spending::NOTHING), None);
        assert_eq!(stops(&overdue(0)), Some((at(2 * HOUR), ResourceStep::Suspend)));
        let special = Spending { special_suspension: true, ..overdue(0) };
        assert_eq!(stops(&special), Some((at(0), ResourceStep::Suspend)));
        let non_stop = super::super::NonStop { postpaid: true, prepaid: false };
        assert_eq!(stops(&Spending { non_stop, ..overdue(0) }), None);
        let forced = Spending { non_stop, forced_since: Some(at(-1)), ..overdue(0) };
        assert_eq!(stops(&forced), Some((at(-1), ResourceStep::Suspend)));
    }

    #[test]
    fn what_is_stopped_starts_again_or_goes() {
        let stopped = resource(ResourceState::Suspended, at(2 * HOUR));
        let next = |spending: &Spending, now| next_step(&stopped, &product(), spending, now);
        let free = Spending::NOTHING;
        assert_eq!(next(&free, at(DAY)), Some((Moment::default(), ResourceStep::Resume)));
        let goes = Some((at(2 * HOUR + 30 * DAY), ResourceStep::Delete));
        assert_eq!(next(&overdue(0), at(DAY)), goes);
        let special = Spending { special_suspension: true, ..overdue(0) };
        assert_eq!(next(&special, at(DAY)), Some((at(2 * HOUR + 15 * DAY), ResourceStep::Delete)));
        // New arrears whose grace is not over yet, and a suspension by force that came after the stop.
        assert_eq!(next(&overdue(DAY), at(DAY)), Some((Moment::default(), ResourceStep::Resume)));
        assert_eq!(next(&Spending { forced_since: Some(at(3 * HOUR)), ..free }, at(DAY)), goes);
        for ended in [ResourceState::Terminated, ResourceState::Deleted] {
            assert_eq!(next_step(&resource(ended, at(0)), &product(), &overdue(0), at(DAY)), None);
        }
    }
}
