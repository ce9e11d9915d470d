//! Which part pays first, and where what comes back goes.

use super::*;
use proptest::prelude::*;

fn money(text: &str) -> Amount {
    text.parse().unwrap()
}

/// With so much granted, in cash, and on credit.
fn finance(granted: i64, cash: i64, limit: i64) -> Finance {
    let [granted, cash, limit] = [granted, cash, limit].map(Amount::whole);
    Finance::default().given(granted).unwrap().topped_up(cash).unwrap().limited(limit).unwrap()
}

/// After so much was charged.
fn charged(finance: Finance, amount: Amount) -> Result<Finance, Overflow> {
    finance.moved(Movement::charged(amount, Some(finance.parts(amount)?)))
}

/// After what these parts had paid came back.
fn given_back(finance: Finance, paid: Parts) -> Result<Finance, Overflow> {
    finance.moved(Movement::charged(paid.sum()?.negated()?, Some(paid.negated()?)))
}

fn parts(granted: i64, cash: i64, credit: i64) -> Parts {
    let [granted, cash, credit] = [granted, cash, credit].map(Amount::whole);
    Parts { granted, cash, credit }
}

#[test]
fn what_was_given_pays_before_cash_and_cash_before_credit() {
    let whole = finance(10, 50, 40);
    for (amount, paid) in [(0, parts(0, 0, 0)), (10, parts(10, 0, 0)), (25, parts(10, 15, 0)), (100, parts(10, 50, 40))]
    {
        assert_eq!(whole.parts(Amount::whole(amount)), Ok(paid));
        let after = charged(whole, Amount::whole(amount)).unwrap();
        assert_eq!(after.available(), Amount::whole(100 - amount));
    }
}

/// E11: the overdraft of a settlement stays in cash, and a limit that is raised later moves nothing.
#[test]
fn what_nothing_covers_takes_cash_below_zero_and_stays_there() {
    let overdrawn = charged(finance(0, 0, 0), Amount::whole(50)).unwrap();
    assert_eq!((overdrawn.cash(), overdrawn.available()), (Amount::whole(-50), Amount::whole(-50)));
    let raised = overdrawn.limited(Amount::whole(200)).unwrap();
    assert_eq!((raised.cash(), raised.credit_used()), (Amount::whole(-50), Amount::ZERO));
    assert_eq!(raised.available(), Amount::whole(150));
    // Credit covers what it can before cash does.
    let partly = charged(finance(0, 0, 40), Amount::whole(50)).unwrap();
    assert_eq!((partly.cash(), partly.credit_used()), (Amount::whole(-10), Amount::whole(40)));
}

#[test]
fn cash_repays_what_is_owed_on_credit_first() {
    let owing = charged(finance(0, 0, 100), Amount::whole(60)).unwrap();
    let paid = owing.topped_up(Amount::whole(70)).unwrap();
    assert_eq!((paid.cash(), paid.credit_used()), (Amount::whole(10), Amount::ZERO));
    // A gift repays nothing.
    let given = owing.given(Amount::whole(70)).unwrap();
    assert_eq!((given.granted(), given.credit_used()), (Amount::whole(70), Amount::whole(60)));
}

#[test]
fn what_comes_back_goes_the_opposite_way() {
    let paid = parts(10, 50, 40);
    for (before, amount, back) in
        [(0, 30, parts(0, 0, 30)), (30, 30, parts(0, 20, 10)), (60, 40, parts(10, 30, 0)), (0, 100, parts(10, 50, 40))]
    {
        assert_eq!(paid.returned(Amount::whole(before), Amount::whole(amount)), Ok(back));
    }
    assert_eq!(paid.returned(Amount::whole(60), money("40.01")), Err(Overflow));
    let whole = finance(10, 50, 40);
    let spent = charged(whole, Amount::whole(100)).unwrap();
    assert_eq!(given_back(spent, paid), Ok(whole));
    // What was repaid meanwhile is cash.
    let repaid = spent.topped_up(Amount::whole(40)).unwrap();
    let back = given_back(repaid, parts(0, 0, 40)).unwrap();
    assert_eq!((back.cash(), back.credit_used()), (Amount::whole(40), Amount::ZERO));
}

/// A compensation, which nothing had paid.
#[test]
fn what_nothing_had_paid_repays_credit_and_is_cash_beyond_that() {
    let owing = charged(finance(0, 0, 100), Amount::whole(60)).unwrap();
    for (amount, back) in [(-20, parts(0, 0, -20)), (-60, parts(0, 0, -60)), (-70, parts(0, -10, -60))] {
        assert_eq!(owing.parts(Amount::whole(amount)), Ok(back));
    }
    let after = charged(owing, Amount::whole(-70)).unwrap();
    assert_eq!((after.cash(), after.credit_used()), (Amount::whole(10), Amount::ZERO));
}

#[test]
fn a_hold_lowers_what_is_available_and_becomes_a_charge() {
    let (hold, freeze) = (Movement::held(Amount::whole(40)), Movement::frozen(Amount::whole(5)));
    let held = finance(10, 50, 0).moved(hold).unwrap().moved(freeze).unwrap();
    assert_eq!((held.available(), held.frozen()), (Amount::whole(15), Amount::whole(45)));
    let release = Movement::held(Amount::whole(-40));
    assert_eq!(held.moved(release).unwrap().available(), Amount::whole(55));
    let parts = held.parts(Amount::whole(25)).unwrap();
    let captured = Movement { held: Amount::whole(-40), ..Movement::charged(Amount::whole(25), Some(parts)) };
    let captured = held.moved(captured).unwrap();
    assert_eq!((captured.granted(), captured.cash()), (Amount::ZERO, Amount::whole(35)));
    assert_eq!((captured.prepay_frozen(), captured.postpay_frozen()), (Amount::ZERO, Amount::whole(5)));
}

#[test]
fn a_figure_out_of_range_is_refused_at_the_change_that_makes_it() {
    let (max, least) = (Amount::from_units(i64::MAX), Amount::from_units(1));
    let full = Finance::default().topped_up(max).unwrap();
    assert_eq!(full.given(least), Err(Overflow));
    assert_eq!(full.topped_up(least), Err(Overflow));
    assert_eq!(full.limited(least), Err(Overflow));
    let empty = charged(Finance::default(), max).unwrap();
    assert_eq!(empty.moved(Movement::held(Amount::whole(2))), Err(Overflow));
    assert_eq!(charged(full, Amount::from_units(-1)), Err(Overflow));
    assert_eq!(finance(0, 1, 0).moved(Movement::held(Amount::from_units(-1))), Err(Overflow));
    // What nothing pays is not charged.
    assert_eq!(finance(0, 1, 0).moved(Movement::charged(least, None)), Err(Overflow));
    // Only cash goes below zero.
    for at in 0..6 {
        let mut figures = [0_i64; 6];
        figures[at] = -1;
        let bytes = postcard::to_allocvec(&figures).unwrap();
        assert_eq!(postcard::from_bytes::<Finance>(&bytes).is_ok(), at == 0, "{at}");
    }
    let bytes = postcard::to_allocvec(&finance(1, 2, 3)).unwrap();
    assert_eq!(postcard::from_bytes::<Finance>(&bytes), Ok(finance(1, 2, 3)));
}

proptest! {
    /// Whatever happens, what is available moves by exactly that amount, nobody owes less than nothing on credit, and all that
    /// was paid can come back.
    #[test]
    fn money_is_neither_made_nor_lost(
        start in (0..200_i64, 0..200_i64, 0..200_i64),
        changes in proptest::collection::vec((0..6_u8, 0..150_i64), 0..30),
    ) {
        let mut finance = finance(start.0, start.1, start.2);
        let mut paid: Vec<Parts> = Vec::new();
        for (kind, amount) in changes {
            let amount = Amount::whole(amount);
            let before = finance;
            let moved = match kind {
                0 => {
                    let parts = finance.parts(amount).unwrap();
                    prop_assert_eq!(parts.sum(), Ok(amount));
                    paid.push(parts);
                    finance = charged(finance, amount).unwrap();
                    amount.negated().unwrap()
                }
                1 => {
                    finance = finance.topped_up(amount).unwrap();
                    amount
                }
                2 => {
                    finance = finance.given(amount).unwrap();
                    amount
                }
                3 => {
                    finance = finance.limited(amount).unwrap();
                    amount.minus(before.credit_limit()).unwrap()
                }
                4 => {
                    finance = finance.moved(Movement::held(amount)).unwrap();
                    amount.negated().unwrap()
                }
                _ => match paid.pop() {
                    Some(parts) => {
                        finance = given_back(finance, parts).unwrap();
                        parts.sum().unwrap()
                    }
                    None => Amount::ZERO,
                },
            };
            prop_assert_eq!(finance.available(), before.available().plus(moved).unwrap());
            prop_assert!(!finance.credit_used().is_negative());
        }
    }

    /// A refund that is cut gives back what the whole does.
    #[test]
    fn the_parts_of_refunds_sum_up(paid in (0..50_i64, 0..50_i64, 0..50_i64), cuts in proptest::collection::vec(0..50_i64, 0..6)) {
        let paid = parts(paid.0, paid.1, paid.2);
        let whole = paid.sum().unwrap();
        let (mut before, mut all) = (Amount::ZERO, Parts::default());
        for cut in cuts.into_iter().map(Amount::whole).chain([Amount::INPUT_MAX]) {
            let amount = cut.min(whole.minus(before).unwrap());
            let back = paid.returned(before, amount).unwrap();
            prop_assert_eq!(back.sum(), Ok(amount));
            all = Parts {
                granted: all.granted.plus(back.granted).unwrap(),
                cash: all.cash.plus(back.cash).unwrap(),
                credit: all.credit.plus(back.credit).unwrap(),
            };
            before = before.plus(amount).unwrap();
        }
        prop_assert_eq!(all, paid);
    }
}
