//! Which discount counts, against the same written plainly: look at all of them.

use super::*;
use crate::channel::looks_of;
use crate::money::Rate;
use proptest::prelude::*;

const PRODUCT: u32 = 3;

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

fn moment(micros: i64) -> Moment {
    Moment::from_micros(micros)
}

/// The rule as it stands (R126), however long it takes.
fn plainly(all: &All, scope: DiscountScope, given_by: [Uin; 2], now: Moment) -> Option<&Discount> {
    let fits = |discount: &&Discount| {
        discount.scope == scope
            && given_by.contains(&discount.partner)
            && discount.product.is_none_or(|only| only == PRODUCT)
            && discount.starts_at.is_none_or(|start| start <= now)
            && discount.ends_at.is_none_or(|end| now < end)
    };
    all.values().filter(fits).max_by_key(|discount| (discount.product.is_some(), discount.id))
}

fn discount(id: u64, starts_at: Option<i64>, ends_at: Option<i64>) -> Discount {
    Discount {
        id: DiscountId(id),
        scope: DiscountScope::Customer(uin(1)),
        partner: uin(10),
        product: None,
        rate: Rate::ONE,
        starts_at: starts_at.map(moment),
        ends_at: ends_at.map(moment),
    }
}

fn all_of(discounts: impl IntoIterator<Item = Discount>) -> All {
    discounts.into_iter().map(|discount| (discount.id, discount)).collect()
}

fn any_discount() -> impl Strategy<Value = Discount> {
    let when = || proptest::option::of(0..12_i64);
    let scope = prop_oneof![
        3 => Just(DiscountScope::Customer(uin(1))),
        1 => Just(DiscountScope::Customer(uin(2))),
        1 => Just(DiscountScope::Partner(uin(1))),
    ];
    let product = prop_oneof![Just(None), Just(Some(PRODUCT)), Just(Some(4))];
    (when(), when(), scope, 10..13_u64, product).prop_map(|(starts_at, ends_at, scope, partner, product)| Discount {
        scope,
        partner: uin(partner),
        product,
        ..discount(0, starts_at, ends_at)
    })
}

proptest! {
    #[test]
    fn the_one_counts_that_the_rule_says(
        discounts in proptest::collection::vec(any_discount(), 0..24),
        passed in 0..12_i64,
        ahead in 0..4_i64,
        gone in proptest::collection::vec(1..24_u64, 0..4),
    ) {
        let mut all = all_of((1..).zip(discounts).map(|(id, discount)| Discount { id: DiscountId(id), ..discount }));
        let mut running = Running::default();
        all.values().for_each(|discount| running.add(discount, moment(0)));
        running.pass(&all, moment(passed));
        for id in gone {
            if let Some(discount) = all.remove(&DiscountId(id)) {
                running.remove(&discount);
            }
        }
        let (scope, given_by, now) = (DiscountScope::Customer(uin(1)), [uin(10), uin(11)], moment(passed + ahead));
        let found = running.that_counts(&all, scope, given_by, PRODUCT, now);
        prop_assert_eq!(found, plainly(&all, scope, given_by, now));
        all.values().for_each(|discount| running.remove(discount));
        prop_assert!(running.groups.is_empty() && running.changes.is_empty(), "nothing is left behind");
    }
}

/// Bad shape: each purchase looked at every discount that its partner had ever had.
#[test]
fn one_discount_is_looked_at_however_many_are_over_or_have_not_begun() {
    for count in [100, 10_000] {
        let lying_about = (0..count).flat_map(|at| {
            let over = discount(4 * at, Some(0), Some(5));
            // The one that counts lies before all others of its group.
            let before = discount(4 * at + 1, Some(0), if at == 0 { None } else { Some(5) });
            let others = Discount { product: Some(4), ..discount(4 * at + 2, None, None) };
            [over, before, others, discount(4 * at + 3, Some(100), None)]
        });
        let all = all_of(lying_about);
        let mut running = Running::default();
        all.values().for_each(|discount| running.add(discount, moment(1)));
        // As many records as it takes.
        while running.changes.first().is_some_and(|(at, _)| *at <= moment(6)) {
            running.pass(&all, moment(6));
        }
        let scope = DiscountScope::Customer(uin(1));
        let (found, looks) = looks_of(|| running.that_counts(&all, scope, [uin(10); 2], PRODUCT, moment(7)));
        assert_eq!(found, plainly(&all, scope, [uin(10); 2], moment(7)));
        // For each of the two givers as often as the tree of theirs is high.
        assert!(looks < 2 * 60, "{looks}");
    }
}

/// Bad shape: many that begin or end at one moment stop everything else while they are moved, or are walked over while they
/// are not.
#[test]
fn a_record_moves_so_many_and_the_rest_is_passed_by() {
    const MANY: u64 = 10_000;
    for (starts_at, ends_at, counts) in [(Some(5), None, 2 * MANY), (None, Some(5), 0)] {
        let pending = (1..=MANY).map(|at| discount(2 * at, starts_at, ends_at));
        let later = (1..=MANY).map(|at| discount(2 * at - 1, Some(100), None));
        let all = all_of(pending.chain(later).chain([discount(0, None, None)]));
        let mut running = Running::default();
        all.values().for_each(|discount| running.add(discount, moment(0)));
        let scope = DiscountScope::Customer(uin(1));
        for moved in [0, MOVED_AT_ONCE, 2 * MOVED_AT_ONCE] {
            let left = running.changes.iter().filter(|(at, _)| *at == moment(5)).count();
            assert_eq!(left, MANY as usize - moved);
            let that_counts = || running.that_counts(&all, scope, [uin(10); 2], PRODUCT, moment(5));
            let (found, looks) = looks_of(that_counts);
            assert_eq!(found.map(|discount| discount.id), Some(DiscountId(counts)));
            assert!(looks < 2 * 60, "{looks}");
            running.pass(&all, moment(5));
        }
    }
}
