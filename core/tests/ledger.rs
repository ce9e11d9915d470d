//! Lines and moments as whole values: the one formula of what is available, with all four figures set, and time as
//! plain arithmetic.

use credere_core::channel::{Check, Side, Uin};
use credere_core::ledger::{Line, Moment, Movement};
use credere_core::money::Amount;
use proptest::prelude::*;

/// A line with these figures, as it would come from a snapshot.
fn read(figures: [i64; 4]) -> Option<Line> {
    let bytes = postcard::to_allocvec(&figures.map(Amount::from_units)).expect("four amounts encode");
    postcard::from_bytes(&bytes).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// R14: total - used - prepay_frozen - postpay_frozen.
    #[test]
    fn every_figure_counts(figures in any::<[i32; 4]>()) {
        let [limit, used, prepay, postpay] = figures.map(i64::from);
        let line = read([limit, used, prepay, postpay]).expect("figures of this size fit");
        prop_assert_eq!(line.limit().units(), limit);
        prop_assert_eq!(line.used().units(), used);
        prop_assert_eq!(line.prepay_frozen().units(), prepay);
        prop_assert_eq!(line.postpay_frozen().units(), postpay);
        prop_assert_eq!(line.frozen().units(), prepay + postpay);
        prop_assert_eq!(line.available().units(), limit - used - prepay - postpay);
    }

    /// A line that exists answers what is asked of it; one that could not does not come to exist.
    #[test]
    fn a_line_that_is_read_has_figures_that_fit(figures in any::<[i64; 4]>()) {
        let [limit, used, prepay, postpay] = figures.map(i128::from);
        let fits = |wide: i128| i64::try_from(wide).is_ok();
        // What is held may be let go at any time.
        let line = read(figures);
        let let_go = fits(limit - used);
        prop_assert_eq!(line.is_some(), fits(limit - used - prepay - postpay) && fits(prepay + postpay) && let_go);
        if let Some(line) = line {
            prop_assert_eq!(i128::from(line.available().units()), limit - used - prepay - postpay);
            prop_assert_eq!(i128::from(line.frozen().units()), prepay + postpay);
        }
    }

    /// Each change moves its own figures and no others.
    #[test]
    fn changes_move_their_own_figures(figures in any::<[i16; 4]>(), a in any::<i16>(), b in any::<i16>()) {
        let line = read(figures.map(i64::from)).expect("figures of this size fit");
        let amount = |units: i16| Amount::from_units(units.into());
        let [limit, used, prepay, postpay] = figures.map(i64::from);
        let (x, y) = (i64::from(a), i64::from(b));
        prop_assert_eq!(line.raised(amount(a)).ok(), read([limit + x, used, prepay, postpay]));
        prop_assert_eq!(line.charged(amount(a)).ok(), read([limit, used + x, prepay, postpay]));
        let moved = |by: Movement| line.moved(by).ok();
        prop_assert_eq!(moved(Movement::held(amount(a))), read([limit, used, prepay + x, postpay]));
        prop_assert_eq!(moved(Movement::frozen(amount(a))), read([limit, used, prepay, postpay + x]));
        let both = Movement { held: amount(a), frozen: amount(b), ..Movement::charged(amount(b), None) };
        prop_assert_eq!(moved(both), read([limit, used + y, prepay + x, postpay + y]));
    }

    #[test]
    fn moments_are_microseconds(micros in any::<i32>(), seconds in any::<i32>()) {
        let moment = Moment::from_micros(micros.into());
        prop_assert_eq!(moment.micros(), i64::from(micros));
        prop_assert_eq!(moment.plus_seconds(seconds.into()).micros(), i64::from(micros) + i64::from(seconds) * 1_000_000);
    }
}

#[test]
fn time_stays_at_the_end_of_its_range() {
    assert_eq!(Moment::from_micros(i64::MAX - 1).plus_seconds(1), Moment::from_micros(i64::MAX));
    assert_eq!(Moment::from_micros(i64::MIN + 1).plus_seconds(-1), Moment::from_micros(i64::MIN));
    assert_eq!(Moment::from_micros(0).plus_seconds(i64::MAX), Moment::from_micros(i64::MAX));
}

#[test]
fn sides_have_their_names_and_equality_passes() {
    assert_eq!([Side::Customer, Side::Payer, Side::Partner].map(Side::name), ["customer", "payer", "partner"]);
    let check = |required, available| {
        let account = Uin::new(1).expect("one is a number");
        let (required, available) = (Amount::from_units(required), Amount::from_units(available));
        Check { side: Side::Customer, account, required, available }.passed()
    };
    assert!(check(5, 5) && check(4, 5) && check(0, 0) && !check(5, 4) && !check(0, -1));
}
