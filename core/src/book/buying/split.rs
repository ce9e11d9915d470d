//! How much of what is given back falls to each who paid (O77).

use crate::channel::{Purse, Uin};
use crate::money::{Amount, Overflow};

/// All that is left of what was paid, by whomever.
pub(super) fn left_of(purses: &[Purse]) -> i128 {
    purses.iter().map(|purse| purse.paid.customer).sum()
}

/// What falls to each purse of an amount that all of them together cover, in the order in which they were last paid into.
///
/// Each payer gets so much of it as is its part of all that was paid and is left, rounded down to cents. What rounding leaves
/// goes to whoever paid last, and as far as that has not so much left, to whoever paid before. Of a payer's own purses, as
/// under a binding that has ended and the next one, the one that was last paid into gives back first, as with the parts of its
/// money.
///
/// # Errors
/// [`Overflow`] where they do not cover it, or figures leave the range in which they can be multiplied.
pub(super) fn split(purses: &[Purse], amount: Amount) -> Result<Vec<(&Purse, Amount)>, Overflow> {
    let mut in_order: Vec<&Purse> = purses.iter().filter(|purse| purse.paid.customer > 0).collect();
    in_order.sort_by_key(|purse| purse.paid_last);
    let shares = by_payer(&in_order, amount)?;
    let mut taken = Vec::new();
    for (payer, mut share) in shares {
        for (place, purse) in in_order.iter().enumerate().rev().filter(|(_, purse)| purse.paying.payer == payer) {
            let part = share.min(purse.paid.customer);
            share -= part;
            if part > 0 {
                taken.push((place, Amount::from_wide(part)?));
            }
        }
    }
    taken.sort_by_key(|(place, _)| *place);
    Ok(taken.into_iter().map(|(place, part)| (in_order[place], part)).collect())
}

/// What falls to each payer, those first that paid last.
fn by_payer(in_order: &[&Purse], amount: Amount) -> Result<Vec<(Uin, i128)>, Overflow> {
    let mut payers: Vec<(Uin, i128)> = Vec::new();
    for purse in in_order.iter().rev() {
        let (payer, left) = (purse.paying.payer, purse.paid.customer);
        match payers.iter_mut().find(|(known, _)| *known == payer) {
            Some((_, sum)) => *sum += left,
            None => payers.push((payer, left)),
        }
    }
    let all: i128 = payers.iter().map(|(_, left)| left).sum();
    let (wanted, mut rest) = (i128::from(amount.units()), i128::from(amount.units()));
    let mut shares = Vec::new();
    for (place, (payer, left)) in payers.iter().enumerate() {
        // Whoever paid last has what the others leave.
        let share = if place == 0 {
            0
        } else {
            let exact = wanted.checked_mul(*left).ok_or(Overflow)?.checked_div(all).ok_or(Overflow)?;
            i128::from(Amount::from_wide(exact)?.floor_to_cents()?.units())
        };
        rest -= share;
        shares.push((*payer, share));
    }
    for ((_, share), (_, left)) in shares.iter_mut().zip(&payers) {
        let more = rest.min(left - *share);
        (*share, rest) = (*share + more, rest - more);
    }
    if rest > 0 { Err(Overflow) } else { Ok(shares) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{Paid, Paying};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Purses of payers with these numbers, in the order in which they paid, with what is left in units of 10^-8.
    fn purses(paid: &[(u64, i128)]) -> Vec<Purse> {
        let purse = |(place, (payer, customer)): (usize, &(u64, i128))| Purse {
            paying: Paying { payer: Uin::new(*payer).unwrap(), partner: None },
            binding: None,
            paid: Paid { customer: *customer, ..Paid::default() },
            paid_last: place as u64,
        };
        paid.iter().enumerate().map(purse).collect()
    }

    /// What falls to each of payers that paid so many cents, of so many cents.
    #[track_caller]
    fn cents(paid: &[(u64, i128)], amount: i64) -> Vec<(u64, i64)> {
        let paid: Vec<_> = paid.iter().map(|(payer, cents)| (*payer, cents * 1_000_000)).collect();
        let purses = purses(&paid);
        let shares = split(&purses, Amount::from_units(amount * 1_000_000)).unwrap();
        shares.iter().map(|(purse, share)| (purse.paying.payer.number(), share.units() / 1_000_000)).collect()
    }

    #[test]
    fn what_is_given_back_falls_to_each_as_it_paid() {
        assert_eq!(cents(&[(1, 120_000), (2, 30_000)], 50_000), [(1, 40_000), (2, 10_000)], "R1");
        assert_eq!(cents(&[(2, 60_000)], 25_000), [(2, 25_000)], "R2");
        assert_eq!(
            cents(&[(1, 100), (2, 200)], 100),
            [(1, 33), (2, 67)],
            "R5: rounded down, the rest to who paid last"
        );
        assert_eq!(cents(&[(2, 200), (1, 100)], 100), [(2, 66), (1, 34)], "and the other way round");
    }

    #[test]
    fn whoever_paid_last_gets_no_more_than_it_paid() {
        assert_eq!(cents(&[(1, 34), (2, 34), (3, 34)], 101), [(1, 33), (2, 34), (3, 34)]);
        assert_eq!(cents(&[(1, 34), (2, 34), (3, 34)], 102), [(1, 34), (2, 34), (3, 34)]);
    }

    #[test]
    fn of_one_payers_purses_the_last_gives_back_first() {
        assert_eq!(cents(&[(1, 100), (2, 100), (1, 100)], 150), [(2, 50), (1, 100)]);
        assert_eq!(cents(&[(1, 100), (2, 100), (1, 100)], 240), [(1, 60), (2, 80), (1, 100)]);
    }

    #[test]
    fn more_than_there_is_cannot_be_split() {
        assert_eq!(split(&purses(&[(1, 5), (2, 5)]), Amount::from_units(11)), Err(Overflow));
        assert_eq!(split(&[], Amount::from_units(1)), Err(Overflow));
        assert_eq!(split(&[], Amount::ZERO), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn shares_sum_up_and_stay_below_what_was_paid(
            paid in proptest::collection::vec((1..5_u64, 1..5_000_000_000_i128), 1..8),
            part in 0..=1_000_i128,
        ) {
            let purses = purses(&paid);
            let all = left_of(&purses);
            let amount = all * part / 1_000;
            let shares = split(&purses, Amount::from_wide(amount).unwrap()).unwrap();
            prop_assert_eq!(shares.iter().map(|(_, share)| i128::from(share.units())).sum::<i128>(), amount);
            let mut theirs: BTreeMap<Uin, (i128, i128)> = BTreeMap::new();
            for (purse, share) in &shares {
                prop_assert!(share.is_positive() && i128::from(share.units()) <= purse.paid.customer);
                theirs.entry(purse.paying.payer).or_default().0 += i128::from(share.units());
            }
            for purse in &purses {
                theirs.entry(purse.paying.payer).or_default().1 += purse.paid.customer;
            }
            // Nobody but the rest's takers is a cent away from its part, and those only by what the others' rounding left.
            let cent = 1_000_000;
            let off = theirs.len() as i128 * cent;
            for (share, left) in theirs.values() {
                let exact = amount * left / all;
                prop_assert!((share - exact).abs() <= off, "{share} of {exact}");
            }
        }
    }
}
