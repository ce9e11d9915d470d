//! The auditor's own arithmetic, in whole units of 10^-8 and as many bits as it takes: products rounded half to even,
//! shares, and what is rounded up to cents. Written from the rules, and not shared with what is audited.

use super::range::fits;
use num_bigint::BigInt;

/// Money in units of 10^-8 of the currency.
pub type Units = i128;

/// One, for rates and factors.
pub const ONE: Units = 100_000_000;
/// A hundredth of the currency unit.
const CENT: Units = 1_000_000;

/// `numerator / denominator`, to the nearest whole number, halves to the even one (R147).
fn nearest(numerator: Units, denominator: Units) -> Units {
    let (floor, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    let up = 2 * rest > denominator || (2 * rest == denominator && floor % 2 != 0);
    floor + Units::from(up)
}

/// `amount` at a rate (R79, R147).
pub(crate) fn at_rate(amount: Units, rate: Units) -> Units {
    nearest(amount * rate, ONE)
}

/// The part of `all` that `part` is of `whole`, which is above zero (R87).
pub(crate) fn share(all: Units, part: Units, whole: Units) -> Units {
    nearest(all * part, whole)
}

/// The part of `all` that `part` is of `whole`, which is above zero, rounded down to whole cents (O77).
pub(crate) fn down_to_cents(all: Units, part: Units, whole: Units) -> Units {
    (all * part / whole).div_euclid(CENT) * CENT
}

/// The part of an amount that is not negative that `part` is of `whole`, rounded up to whole cents, and never more than all (O82).
pub(crate) fn part_up_to_cents(amount: Units, part: Units, whole: Units) -> Units {
    let step = whole * CENT;
    let cents = (amount * part + step - 1) / step;
    (cents * CENT).min(amount)
}

/// `amount` times the factors, rounded up to whole cents once, at the end (R68). `None` when an amount cannot hold it.
pub(crate) fn up_to_cents(amount: Units, factors: [Units; 3]) -> Option<Units> {
    let exact = factors.into_iter().fold(BigInt::from(amount), |product, factor| product * factor);
    let step = BigInt::from(ONE).pow(3) * CENT;
    let cents = (exact + &step - 1) / step;
    Units::try_from(cents * CENT).ok().filter(|units| fits(*units))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let half = ONE / 2;
        let halves: Vec<_> = [-3, -1, 1, 3, 5].map(|units| at_rate(units, half)).into();
        assert_eq!(halves, [-2, 0, 0, 2, 2]);
        assert_eq!(at_rate(3, ONE / 3), 1);
        assert_eq!((share(1_001, 1, 3), share(1_001, 2, 3), share(1_001, 3, 3)), (334, 667, 1_001));
    }

    #[test]
    fn a_part_is_rounded_up_to_cents_and_is_never_more_than_all() {
        assert_eq!(part_up_to_cents(ONE, 2, 3), 67_000_000);
        assert_eq!(part_up_to_cents(3 * ONE, 1, 3), ONE);
        assert_eq!(part_up_to_cents(400_000, 1, 2), 400_000);
        assert_eq!(part_up_to_cents(5, 0, 3), 0);
    }

    #[test]
    fn a_freeze_is_rounded_up_once() {
        assert_eq!(up_to_cents(240_000_000, [ONE / 2, ONE, ONE]), Some(120_000_000));
        assert_eq!(up_to_cents(1, [ONE, ONE, ONE]), Some(CENT));
        assert_eq!(up_to_cents(0, [ONE, ONE, ONE]), Some(0));
        assert_eq!(up_to_cents(3_333_333, [3 * ONE, ONE / 10, ONE]), Some(CENT));
        assert_eq!(up_to_cents(Units::from(i64::MAX), [2 * ONE, ONE, ONE]), None);
        let large = 9_000_000_000 * ONE;
        assert_eq!(up_to_cents(large, [ONE, ONE, 10 * ONE]), Some(10 * large), "more than 128 bits on the way");
    }
}
