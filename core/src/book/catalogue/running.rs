//! Which discount counts, found without looking at those that are over or have not begun (R126): by whose price, by whom it
//! was given and for which product, the latest made first. Made from the discounts, and stored nowhere.

use crate::book::in_force::InForce;
use crate::book::map::Map;
use crate::book::pages::Pages;
use crate::channel::{Discount, DiscountId, DiscountScope, OfferLevel, Uin};
use crate::ledger::Moment;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Range};

/// As many discounts that have begun or are over are moved with each record. More of them wait a little longer, and are judged
/// where they lie meanwhile.
const MOVED_AT_ONCE: usize = 32;

/// All discounts by their numbers.
type All = Pages<DiscountId, Discount>;

/// Wherever it is.
const EVERYWHERE: (Bound<DiscountId>, Bound<DiscountId>) = (Bound::Unbounded, Bound::Unbounded);

/// Whose price, by whom, and for which product or all.
type Group = (DiscountScope, Uin, Option<u32>);

/// The discounts that count or will.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Running {
    groups: Map<Uin, BTreeMap<Group, Discounts>>,
    /// When one begins that waits, or one ends that runs.
    changes: BTreeSet<(Moment, DiscountId)>,
}

/// The discounts of one group. Apart, so that among those that run the search passes by what is over, and among those that
/// wait by what has not begun. Only what begins and ends within one jump of time lies mixed with what has not begun, and is
/// walked over until it is moved.
#[derive(Debug, Clone, Default)]
struct Discounts {
    running: InForce<DiscountId>,
    waiting: InForce<DiscountId>,
}

fn group_of(discount: &Discount) -> Group {
    (discount.scope, discount.partner, discount.product)
}

/// When it counts.
fn time_of(discount: &Discount) -> Range<Moment> {
    let [first, last] = [i64::MIN, i64::MAX].map(Moment::from_micros);
    discount.starts_at.unwrap_or(first)..discount.ends_at.unwrap_or(last)
}

impl Running {
    /// A discount is there, as of a moment before which nothing is priced any more.
    pub(super) fn add(&mut self, discount: &Discount, now: Moment) {
        if discount.ends_at.is_some_and(|end| end <= now) {
            return;
        }
        let groups = self.groups.entry(discount.scope.account()).or_default();
        let group = groups.entry(group_of(discount)).or_default();
        let (among, change) = match discount.starts_at.filter(|start| *start > now) {
            Some(start) => (&mut group.waiting, Some(start)),
            None => (&mut group.running, discount.ends_at),
        };
        among.insert(discount.id, time_of(discount));
        self.changes.extend(change.map(|at| (at, discount.id)));
    }

    /// It is not any more.
    pub(super) fn remove(&mut self, discount: &Discount) {
        for at in discount.starts_at.into_iter().chain(discount.ends_at) {
            self.changes.remove(&(at, discount.id));
        }
        let (account, key) = (discount.scope.account(), group_of(discount));
        let Some(groups) = self.groups.get_mut(&account) else { return };
        let Some(group) = groups.get_mut(&key) else { return };
        group.running.remove(&discount.id);
        group.waiting.remove(&discount.id);
        if group.running.is_empty() && group.waiting.is_empty() {
            groups.remove(&key);
        }
        if groups.is_empty() {
            self.groups.remove(&account);
        }
    }

    /// Time has come this far: what has begun runs, and what is over is gone, a part of it with each record.
    pub(in crate::book) fn pass(&mut self, all: &All, now: Moment) {
        for _ in 0..MOVED_AT_ONCE {
            let Some(&(at, id)) = self.changes.first().filter(|(at, _)| *at <= now) else { return };
            self.changes.remove(&(at, id));
            if let Some(discount) = all.get(&id) {
                self.remove(discount);
                self.add(discount, now);
            }
        }
    }

    /// The discount that counts, of those that one of these partners gave: the most specific product scope first, then the
    /// latest made (R126).
    pub(super) fn that_counts<'a>(
        &self,
        all: &'a All,
        scope: DiscountScope,
        given_by: [Uin; 2],
        product: u32,
        now: Moment,
    ) -> Option<&'a Discount> {
        self.of_either(all, given_by.map(|giver| (scope, giver)), product, now)
    }

    /// Of an account's offers of these levels the one that counts, found likewise.
    pub(super) fn offer_that_counts<'a>(
        &self,
        all: &'a All,
        account: Uin,
        levels: [OfferLevel; 2],
        product: u32,
        now: Moment,
    ) -> Option<&'a Discount> {
        self.of_either(all, levels.map(|level| (DiscountScope::Account(account, level), account)), product, now)
    }

    /// Of two kinds of discounts on one account's price the one that counts.
    fn of_either<'a>(
        &self,
        all: &'a All,
        kinds: [(DiscountScope, Uin); 2],
        product: u32,
        now: Moment,
    ) -> Option<&'a Discount> {
        let [(scope, _), _] = kinds;
        let groups = self.groups.get(&scope.account())?;
        let latest = [Some(product), None].into_iter().find_map(|only| {
            let groups = kinds.into_iter().filter_map(|(scope, giver)| groups.get(&(scope, giver, only)));
            groups.filter_map(|group| group.latest(now)).max()
        });
        all.get(&latest?)
    }

    /// Whether an account has an offer of this level that counts now or will.
    pub(super) fn has_offer(&self, account: Uin, level: OfferLevel, now: Moment) -> bool {
        let Some(groups) = self.groups.get(&account) else { return false };
        let group = |only| (DiscountScope::Account(account, level), account, only);
        let theirs = groups.range(group(None)..=group(Some(u32::MAX))).map(|(_, discounts)| discounts);
        theirs.flat_map(|discounts| [&discounts.running, &discounts.waiting]).any(|among| among.lasts_beyond(now))
    }
}

impl Discounts {
    /// The latest made that is in force: of what runs, and of what begins with this very moment or has not been moved over yet.
    fn latest(&self, now: Moment) -> Option<DiscountId> {
        [&self.running, &self.waiting].into_iter().filter_map(|among| among.last(EVERYWHERE, now)).max()
    }
}

#[cfg(test)]
mod tests;
