//! Which discount counts, found without looking at those that are over or have not begun (R126): by whose price, by whom it
//! was given and for which product, the latest made first. Made from the discounts, and stored nowhere.

use crate::book::map::Map;
use crate::book::pages::Pages;
use crate::channel::{Discount, DiscountId, DiscountScope, Uin};
use crate::ledger::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// As many discounts that begin or end are moved with each record, which takes some two milliseconds. More of them wait a
/// little longer, and are judged where they lie meanwhile.
const MOVED_AT_ONCE: usize = 4_096;

/// All discounts by their numbers.
type All = Pages<DiscountId, Discount>;

/// Whose price, by whom, and for which product or all.
type Group = (DiscountScope, Uin, Option<u32>);

/// The discounts that count or will.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Running {
    groups: Map<Uin, BTreeMap<Group, Discounts>>,
    /// When one begins that waits, or one ends that runs.
    changes: BTreeSet<(Moment, DiscountId)>,
}

/// The discounts of one group.
#[derive(Debug, Clone, Default)]
struct Discounts {
    running: BTreeSet<DiscountId>,
    /// By when they begin.
    waiting: BTreeSet<(Moment, DiscountId)>,
}

fn group_of(discount: &Discount) -> Group {
    (discount.scope, discount.partner, discount.product)
}

/// When it begins, where that is after now.
fn begins(discount: &Discount, now: Moment) -> Option<Moment> {
    discount.starts_at.filter(|start| *start > now)
}

impl Running {
    /// A discount is there, as of a moment before which nothing is priced any more.
    pub(super) fn add(&mut self, discount: &Discount, now: Moment) {
        if discount.ends_at.is_some_and(|end| end <= now) {
            return;
        }
        let groups = self.groups.entry(discount.scope.account()).or_default();
        let group = groups.entry(group_of(discount)).or_default();
        let changes = match begins(discount, now) {
            Some(start) => {
                group.waiting.insert((start, discount.id));
                Some(start)
            }
            None => {
                group.running.insert(discount.id);
                discount.ends_at
            }
        };
        self.changes.extend(changes.map(|at| (at, discount.id)));
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
        if let Some(start) = discount.starts_at {
            group.waiting.remove(&(start, discount.id));
        }
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
        let groups = self.groups.get(&scope.account())?;
        [Some(product), None].into_iter().find_map(|only| {
            let groups = given_by.into_iter().filter_map(|giver| groups.get(&(scope, giver, only)));
            groups.filter_map(|group| group.latest(all, product, now)).max_by_key(|discount| discount.id)
        })
    }
}

impl Discounts {
    /// The latest made that is in force: of what runs, and of what begins with this very moment or has not been moved over yet.
    fn latest<'a>(&self, all: &'a All, product: u32, now: Moment) -> Option<&'a Discount> {
        let in_force = |id: &DiscountId| all.get(id).filter(|discount| discount.fits(product, now));
        let running = self.running.iter().rev().find_map(in_force);
        let begun = self.waiting.iter().take_while(|(start, _)| *start <= now);
        let late = begun.filter_map(|(_, id)| in_force(id)).max_by_key(|discount| discount.id);
        running.into_iter().chain(late).max_by_key(|discount| discount.id)
    }
}

#[cfg(test)]
mod tests;
