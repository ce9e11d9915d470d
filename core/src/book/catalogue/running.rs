//! Which discount counts, found without looking at those that are over or have not begun (R126): by whose price, by whom it
//! was given and for which product, the latest made first. Made from the discounts, and stored nowhere.

use crate::book::in_force::InForce;
use crate::book::map::Map;
use crate::book::pages::Pages;
use crate::channel::{Discount, DiscountId, DiscountScope, Uin};
use crate::ledger::Moment;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Range};

/// As many discounts that are over are dropped with each record. More of them wait a little longer, and do not count
/// meanwhile.
const DROPPED_AT_ONCE: usize = 32;

/// All discounts by their numbers.
type All = Pages<DiscountId, Discount>;

/// Whose price, by whom, and for which product or all.
type Group = (DiscountScope, Uin, Option<u32>);

/// The discounts that count or will.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Running {
    groups: Map<Uin, BTreeMap<Group, InForce<DiscountId>>>,
    /// When one ends.
    ends: BTreeSet<(Moment, DiscountId)>,
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
        groups.entry(group_of(discount)).or_default().insert(discount.id, time_of(discount));
        self.ends.extend(discount.ends_at.map(|end| (end, discount.id)));
    }

    /// It is not any more.
    pub(super) fn remove(&mut self, discount: &Discount) {
        if let Some(end) = discount.ends_at {
            self.ends.remove(&(end, discount.id));
        }
        let (account, key) = (discount.scope.account(), group_of(discount));
        let Some(groups) = self.groups.get_mut(&account) else { return };
        let Some(group) = groups.get_mut(&key) else { return };
        group.remove(&discount.id);
        if group.is_empty() {
            groups.remove(&key);
        }
        if groups.is_empty() {
            self.groups.remove(&account);
        }
    }

    /// Time has come this far: what is over is dropped, a part of it with each record.
    pub(in crate::book) fn pass(&mut self, all: &All, now: Moment) {
        for _ in 0..DROPPED_AT_ONCE {
            let Some(&(end, id)) = self.ends.first().filter(|(end, _)| *end <= now) else { return };
            self.ends.remove(&(end, id));
            if let Some(discount) = all.get(&id) {
                self.remove(discount);
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
        let latest = [Some(product), None].into_iter().find_map(|only| {
            let groups = given_by.into_iter().filter_map(|giver| groups.get(&(scope, giver, only)));
            groups.filter_map(|group| group.last((Bound::Unbounded, Bound::Unbounded), now)).max()
        });
        all.get(&latest?)
    }
}

#[cfg(test)]
mod tests;
