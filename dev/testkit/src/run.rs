//! Runs scenarios on a world. Besides what a scenario asks for, the runner looks by itself: a refusal, a preview and a
//! replay change nothing anywhere, and the figures of everybody add up after every step.

use crate::scenario::{
    Act, Check, Content, Expected, ExpectedAllocation, ExpectedInterval, Operation, Scenario, Thing, read_folder,
};
use crate::world::{
    AuthorizationView, Failure, Figures, InvitationView, LineView, NoticeView, OrderView, Outcome, PackView, PartyView,
    PayerView, ResourceView, View, VoucherView, World,
};
use credere_core::book::Rules;
use credere_core::money::Amount;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use thiserror::Error;

/// How a scenario ended when nothing was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// Everything came as it says.
    Passed,
    /// It uses idempotency keys and the world has no memory for them.
    NeedsKeys,
}

/// A scenario did not come as it says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}.txt:{line}: {what}\n    {text}")]
pub struct ScenarioFailure {
    /// The scenario's file.
    pub file: String,
    /// The line at fault.
    pub line: usize,
    /// That line.
    pub text: String,
    /// What is wrong.
    pub what: String,
}

/// The folder in which the scenarios of this repository lie.
pub fn scenarios_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

/// Runs one scenario on a world made for it.
///
/// # Errors
/// [`ScenarioFailure`], the first one.
pub fn run(scenario: &Scenario, world: &mut dyn World) -> Result<Ran, ScenarioFailure> {
    if scenario.needs_keys() && !world.has_keys() {
        return Ok(Ran::NeedsKeys);
    }
    let mut failed_at = (scenario.line, scenario.title.as_str());
    let mut steps = || -> Result<(), Failure> {
        let mut before = world.view()?;
        for step in &scenario.steps {
            failed_at = (step.line, step.text.as_str());
            match &step.content {
                Content::Act(act) => {
                    let outcome = world.perform(&act.operation, act.key.as_deref())?;
                    judge(act, &outcome)?;
                    let after = world.view()?;
                    let preview = matches!(&act.operation, Operation::PlaceOrder(order) if order.preview);
                    if !outcome.accepted || outcome.replayed || preview {
                        unchanged(&before, &after)?;
                    }
                    adds_up(&after)?;
                    before = after;
                }
                Content::Checks(checks) => {
                    for check in checks {
                        look(check, &before)?;
                    }
                }
            }
        }
        world.check_laws()
    };
    steps().map(|()| Ran::Passed).map_err(|Failure(what)| ScenarioFailure {
        file: scenario.file.clone(),
        line: failed_at.0,
        text: failed_at.1.to_owned(),
        what,
    })
}

/// Runs every scenario of the repository as a test of its own, each in a world of its own made by `make`; for the `main`
/// of a test binary without the standard harness. `world` names the world in the report. Scenarios that need keys are
/// listed as ignored where the world has none.
pub fn harness<W: World + 'static>(
    world: &str,
    make: impl Fn(&Rules) -> Result<W, Failure> + Send + Sync + 'static,
) -> ExitCode {
    harness_of([trials(world, make)])
}

/// The same with the sets of several worlds in one binary; `-- '[NAME]'` runs one of them.
pub fn harness_of(sets: impl IntoIterator<Item = Result<Vec<Trial>, Failure>>) -> ExitCode {
    match sets.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(sets) => libtest_mimic::run(&Arguments::from_args(), sets.into_iter().flatten().collect()).exit_code(),
        Err(Failure(what)) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

/// The tests of one world for [`harness_of`].
///
/// # Errors
/// [`Failure`] when the scenarios cannot be read, or the world cannot be made.
pub fn trials<W: World + 'static>(
    world: &str,
    make: impl Fn(&Rules) -> Result<W, Failure> + Send + Sync + 'static,
) -> Result<Vec<Trial>, Failure> {
    let scenarios = read_folder(&scenarios_folder()).map_err(|error| Failure::new(error.to_string()))?;
    let unmade = |Failure(what)| Failure(format!("the world `{world}` cannot be made: {what}"));
    let has_keys = make(&Rules::default()).map_err(unmade)?.has_keys();
    let make = Arc::new(make);
    let skipped = scenarios.iter().filter(|s| s.needs_keys() && !has_keys).count();
    if skipped > 0 {
        eprintln!("{skipped} scenarios need idempotency keys, which the world `{world}` does not have: ignored");
    }
    let trials = scenarios.into_iter().map(|scenario| {
        let make = Arc::clone(&make);
        let ignored = scenario.needs_keys() && !has_keys;
        Trial::test(format!("{}: {}", scenario.file, scenario.title), move || {
            let mut world = make(&scenario.rules).map_err(|Failure(what)| Failed::from(what))?;
            run(&scenario, &mut world).map_err(Failed::from)?;
            Ok(())
        })
        .with_kind(world)
        .with_ignored_flag(ignored)
    });
    Ok(trials.collect())
}

fn judge(act: &Act, outcome: &Outcome) -> Result<(), Failure> {
    let Some(expected) = &act.expected else {
        return if outcome.accepted { Ok(()) } else { Err(Failure::new(format!("was refused: {}", shown(outcome)))) };
    };
    if matches(expected, outcome) { Ok(()) } else { Err(Failure::new(format!("came out as: {}", shown(outcome)))) }
}

fn matches(expected: &Expected, outcome: &Outcome) -> bool {
    let told = match &outcome.figures {
        Figures::Unknown => true,
        Figures::Known(told) => {
            let figures = expected.figures.iter().all(|(name, amount)| told.get(name) == Some(amount));
            figures && (expected.account.is_none() || expected.account == outcome.account)
        }
    };
    told && expected.accepted == outcome.accepted
        && (expected.word == outcome.word || outcome.or.contains(&expected.word))
        && expected.replayed == outcome.replayed
        && are_met_as(&expected.conditions, &outcome.conditions)
        && (expected.side.is_none() || expected.side == outcome.side)
}

/// Whether the same conditions are not met; of a door that tells the first alone, whether it is that one.
fn are_met_as(expected: &[(String, String)], found: &[(String, String)]) -> bool {
    match (expected, found) {
        ([], _) => true,
        ([(_, first), ..], [(rule, code)]) if rule.is_empty() => first == code,
        _ => expected == found,
    }
}

fn shown(outcome: &Outcome) -> String {
    let mut text = std::iter::once(&outcome.word).chain(&outcome.or).cloned().collect::<Vec<_>>().join(" or ");
    let mut put = |name: &str, value: &str| text.extend([" ", name, " ", value].into_iter().map(str::to_owned));
    if let Some(side) = &outcome.side {
        put("side", side);
    }
    if let Some(account) = &outcome.account {
        put("account", account);
    }
    for (condition, failure) in &outcome.conditions {
        put(condition, failure);
    }
    if let Figures::Known(told) = &outcome.figures {
        for (name, amount) in told {
            put(name, &amount.to_string());
        }
    }
    if outcome.replayed {
        text.push_str(" replayed");
    }
    text
}

fn unchanged(before: &View, after: &View) -> Result<(), Failure> {
    if before == after {
        return Ok(());
    }
    let mut changes = Vec::new();
    for name in before.parties.keys().chain(after.parties.keys()) {
        let (was, is) = (before.parties.get(name), after.parties.get(name));
        if was != is {
            changes.push(format!("{name} was {was:?} and is {is:?}"));
        }
    }
    let mut compare = |what: &str, was: &dyn Debug, is: &dyn Debug| {
        let (was, is) = (format!("{was:?}"), format!("{is:?}"));
        if was != is {
            changes.push(format!("{what} were {was} and are {is}"));
        }
    };
    compare("orders", &before.orders, &after.orders);
    compare("authorizations", &before.authorizations, &after.authorizations);
    compare("resources", &before.resources, &after.resources);
    compare("vouchers", &before.vouchers, &after.vouchers);
    compare("packs", &before.packs, &after.packs);
    compare("bill lines", &before.lines, &after.lines);
    compare("notices", &before.notices, &after.notices);
    compare("organizations", &before.organizations, &after.organizations);
    changes.dedup();
    Err(Failure::new(format!("nothing should have changed, but {}", changes.join("; "))))
}

/// The identities of the specification's section 2, on everybody's figures.
fn adds_up(view: &View) -> Result<(), Failure> {
    let sum = |parts: &[(i128, Amount)]| -> i128 { parts.iter().map(|(sign, a)| sign * i128::from(a.units())).sum() };
    let hold = |name: &str, what: &str, zero: i128| {
        if zero == 0 { Ok(()) } else { Err(Failure::new(format!("{name}: {what} is off by {zero} units of 10^-8"))) }
    };
    for (name, party) in &view.parties {
        if let Some(c) = &party.credit {
            let difference =
                sum(&[(1, c.total), (-1, c.used), (-1, c.prepay_frozen), (-1, c.postpay_frozen), (-1, c.available)]);
            hold(name, "available (R14)", difference)?;
            let state = if c.available.is_negative() { "overdue" } else { "normal" };
            if c.state != state && c.state != "forced" {
                return Err(Failure::new(format!("{name} is `{}` and should be `{state}`", c.state)));
            }
            if let Some(records) = &party.allocations {
                let allocated: i128 = records.iter().map(|record| i128::from(record.amount.units())).sum();
                hold(name, "the sum of the allocation records (I2)", sum(&[(1, c.total)]) - allocated)?;
            }
        }
        if let Some(f) = &party.finance {
            let (has, owes) =
                ([(1, f.cash), (1, f.granted), (1, f.credit_limit)], [(-1, f.credit_used), (-1, f.frozen)]);
            let difference = sum(&has) + sum(&owes) + sum(&[(-1, f.available)]);
            hold(name, "what is available of its own (O3)", difference)?;
        }
        let Some(partner) = &party.partner else { continue };
        hold(
            name,
            "allocatable (R23)",
            sum(&[(1, partner.quota), (-1, partner.allocated), (-1, partner.allocatable)]),
        )?;
        if let Some(pool) = &partner.pool {
            let difference = sum(&[(1, pool.total), (-1, partner.quota)]);
            hold(name, "the pool's total (R26)", difference)?;
            let difference = sum(&[(1, pool.remaining), (-1, partner.allocatable)]);
            hold(name, "the pool's remainder (R50)", difference)?;
        }
        if let Some(spend) = &partner.spend {
            let difference = sum(&[(1, spend.line), (-1, spend.used), (-1, spend.frozen), (-1, spend.available)]);
            hold(name, "the spend line's available (R27)", difference)?;
        }
        let customers = || {
            let theirs = |party: &&PartyView| party.bound_to.as_ref() == Some(name);
            view.parties.values().filter(theirs).filter_map(|p| p.credit.as_ref())
        };
        let totals = customers().map(|c| i128::from(c.total.units())).sum::<i128>();
        let available = customers().map(|c| i128::from(c.available.units())).sum::<i128>();
        let below = |p: &&PartyView| p.partner.as_ref().is_some_and(|p| p.distributor.as_ref() == Some(name));
        let pools: i128 = view
            .parties
            .values()
            .filter(below)
            .filter_map(|p| p.partner.as_ref())
            .map(|p| i128::from(p.quota.units()))
            .sum();
        hold(name, "allocated (R25)", i128::from(partner.allocated.units()) - totals - pools)?;
        if let Some(sums) = &partner.customers {
            hold(name, "customers' total (R24)", i128::from(sums.total.units()) - totals)?;
            hold(name, "customers' available (R24)", i128::from(sums.available.units()) - available)?;
        }
    }
    Ok(())
}

fn look(check: &Check, view: &View) -> Result<(), Failure> {
    match check {
        Check::Figures { party, figures } => {
            let there = view.parties.get(party).ok_or_else(|| Failure::unknown(party))?;
            compare(party, figures, &there.figures())
        }
        Check::Fields { of, name, fields } => {
            let Some(there) = find(view, *of, name) else { return Ok(()) };
            compare(name, fields, &there.ok_or_else(|| Failure::unknown(name))?)
        }
        Check::Payers { member, intervals } => {
            let Some(organizations) = &view.organizations else { return Ok(()) };
            let found = organizations.payers.get(member).map(Vec::as_slice).unwrap_or_default();
            let same =
                intervals.len() == found.len() && intervals.iter().zip(found).all(|(it, found)| is_as(it, found));
            if same { Ok(()) } else { Err(Failure::new(format!("{member} was paid for as {found:?}"))) }
        }
        Check::Bill { customer, month, lines: which, sums } => {
            let Some(lines) = &view.lines else { return Ok(()) };
            let theirs = lines.iter().filter(|line| line.month == *month && which.has(customer, line)).collect();
            compare(&format!("{customer}'s bill of {month}"), sums, &bill(theirs, sums)?)
        }
        Check::Notices { customer, day, told } => {
            let Some(notices) = &view.notices else { return Ok(()) };
            let about = |notice: &&NoticeView| notice.customer == *customer && notice.day == *day;
            let found = notices.iter().filter(about).map(|notice| (notice.recipient.clone(), notice.what.clone()));
            let (mut found, mut told) = (found.collect::<Vec<_>>(), told.clone());
            found.sort();
            told.sort();
            if found == told {
                Ok(())
            } else {
                Err(Failure::new(format!("on {day} {found:?} was told about {customer}")))
            }
        }
        Check::History { customer, records } => {
            let there = view.parties.get(customer).ok_or_else(|| Failure::unknown(customer))?;
            let Some(found) = &there.allocations else { return Ok(()) };
            let same = |(expected, found): (&ExpectedAllocation, &crate::AllocationView)| {
                expected.amount == found.amount
                    && expected.total_after == found.total_after
                    && expected.available_after == found.available_after
                    && (expected.remark.is_none() || expected.remark == found.remark)
            };
            if records.len() == found.len() && records.iter().zip(found).all(same) {
                Ok(())
            } else {
                Err(Failure::new(format!("{customer} has the records {found:?}")))
            }
        }
    }
}

/// The fields of something that is looked at by its name; `None` where this world does not show such things.
fn find(view: &View, of: Thing, name: &str) -> Option<Option<BTreeMap<String, Option<String>>>> {
    let organizations = view.organizations.as_ref();
    Some(match of {
        Thing::Order => view.orders.get(name).map(OrderView::fields),
        Thing::Authorization => view.authorizations.get(name).map(AuthorizationView::fields),
        Thing::Resource => view.resources.get(name).map(ResourceView::fields),
        Thing::Voucher => view.vouchers.get(name).map(VoucherView::fields),
        Thing::Pack => view.packs.get(name).map(PackView::fields),
        Thing::Line => {
            let mut lines = view.lines.as_ref()?.iter();
            lines.find(|there| there.name.as_deref() == Some(name)).map(LineView::fields)
        }
        Thing::Member => Some(organizations?.member(name)),
        Thing::Organization => organizations?.organization(name),
        Thing::Creation => Some(organizations?.creation(name)),
        Thing::Entity => Some(organizations?.entity(name)),
        Thing::Invitation => organizations?.invitations.as_ref()?.get(name).map(InvitationView::fields),
    })
}

/// Whether somebody paid as expected; days that are not named may be any.
fn is_as(expected: &ExpectedInterval, found: &PayerView) -> bool {
    let day = |expected: &Option<String>, found: &str| expected.as_deref().is_none_or(|day| day == found);
    let ended = match (&expected.until, &found.until) {
        (None, None) => true,
        (Some((on, by)), Some((found, ended_by))) => day(on, found) && by == ended_by,
        (None, Some(_)) | (Some(_), None) => false,
    };
    let begun = expected.started_by == found.started_by && day(&expected.from, &found.from);
    expected.payer == found.payer && begun && ended
}

/// What is asked for of a bill, summed over its lines.
fn bill(lines: Vec<&LineView>, asked: &[(String, String)]) -> Result<BTreeMap<String, Option<String>>, Failure> {
    let over = |of: &dyn Fn(&LineView) -> Amount, which: &dyn Fn(&LineView) -> bool| -> Result<String, Failure> {
        let sum = lines.iter().filter(|line| which(line)).map(|line| i128::from(of(line).units())).sum();
        Amount::from_wide(sum).map(|sum| sum.to_string()).map_err(|error| Failure::new(error.to_string()))
    };
    let amount = |line: &LineView| line.amount;
    let mut sums = BTreeMap::new();
    for (name, _) in asked {
        let sum = match name.as_str() {
            "lines" => lines.len().to_string(),
            "total" => over(&amount, &|_| true)?,
            "list" => over(&|line| line.list, &|_| true)?,
            "confirmed" => over(&amount, &|line| line.confirmed)?,
            "unconfirmed" => over(&amount, &|line| !line.confirmed)?,
            other => match other.strip_prefix("product ") {
                Some(code) => over(&amount, &|line| line.product == code)?,
                None => over(&amount, &|line| line.action.name() == other || line.action.pay_mode().name() == other)?,
            },
        };
        sums.insert(name.clone(), Some(sum));
    }
    Ok(sums)
}

fn compare(name: &str, expected: &[(String, String)], found: &BTreeMap<String, Option<String>>) -> Result<(), Failure> {
    for (figure, value) in expected {
        match found.get(figure) {
            Some(Some(there)) if there == value => {}
            Some(None) => {}
            Some(Some(there)) => return Err(Failure::new(format!("{name} has {figure} {there}"))),
            None => return Err(Failure::new(format!("{name} has no {figure}"))),
        }
    }
    Ok(())
}
