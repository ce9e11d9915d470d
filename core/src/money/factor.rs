//! A plain multiplier that is not a price: how many of something, or a freezing coefficient. With the one product that
//! rounds up to whole cents, which is what a freeze comes to (R68).

use super::decimal::{self, ParseDecimalError, SCALE};
use super::{Amount, Overflow, Rate};
use num_bigint::BigInt;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A number from 0 to 1,000,000,000 with up to eight places.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Factor(u64);

impl Factor {
    /// Nothing.
    pub const ZERO: Factor = Factor(0);
    /// One.
    pub const ONE: Factor = Factor(SCALE as u64);
    /// The largest factor.
    pub const MAX: Factor = Factor(1_000_000_000 * SCALE as u64);

    /// The factor of this many 10^-8 parts; `None` beyond [`Factor::MAX`].
    pub const fn from_units(units: u64) -> Option<Factor> {
        if units > Factor::MAX.0 { None } else { Some(Factor(units)) }
    }

    /// How many 10^-8 parts this is.
    pub const fn units(self) -> u64 {
        self.0
    }

    /// This less another, and nothing where that is more.
    pub const fn less(self, other: Factor) -> Factor {
        Factor(self.0.saturating_sub(other.0))
    }

    /// Whether it is above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }
}

/// The part of an amount that some of its units are of all of them, rounded up to whole cents, and never more than the amount.
/// The amount is not negative, and there are some units.
///
/// # Errors
/// [`Overflow`] where that is not so.
pub fn part_up_to_cents(amount: Amount, part: Factor, whole: Factor) -> Result<Amount, Overflow> {
    if amount.is_negative() || !whole.is_positive() {
        return Err(Overflow);
    }
    // A cent is 10^6 units of an amount; both factors have the same scale.
    let (exact, cent) = (i128::from(amount.units()) * i128::from(part.0), i128::from(whole.0) * 1_000_000);
    let cents = exact.div_euclid(cent) + i128::from(exact.rem_euclid(cent) > 0);
    Ok(Amount::from_wide(cents * 1_000_000)?.min(amount))
}

/// `amount × one × two × rate`, rounded up to whole cents in one step (R68).
///
/// # Errors
/// [`Overflow`] when the product does not fit into an amount.
pub fn product_up_to_cents(amount: Amount, one: Factor, two: Factor, rate: Rate) -> Result<Amount, Overflow> {
    let exact = BigInt::from(amount.units()) * one.units() * two.units() * rate.units();
    // Three factors carry the scale besides the amount, and a cent is 10^6 units of an amount.
    let cent = BigInt::from(SCALE) * SCALE * SCALE * 1_000_000;
    let floor = &exact / &cent;
    let cents = if exact > &floor * &cent { floor + 1 } else { floor };
    let units = i128::try_from(cents * 1_000_000).map_err(|_| Overflow)?;
    Amount::from_wide(units)
}

impl FromStr for Factor {
    type Err = ParseDecimalError;

    /// Reads `2.5`.
    ///
    /// # Errors
    /// Says whether the text is malformed, too precise, negative or too large.
    fn from_str(text: &str) -> Result<Factor, ParseDecimalError> {
        let units = u64::try_from(decimal::parse_scaled(text)?).map_err(|_| ParseDecimalError::OutOfRange)?;
        Factor::from_units(units).ok_or(ParseDecimalError::OutOfRange)
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write_scaled(i128::from(self.0), f)
    }
}

impl fmt::Debug for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frozen(amount: &str, one: &str, two: &str, rate: &str) -> String {
        let factor = |text: &str| text.parse::<Factor>().unwrap();
        product_up_to_cents(amount.parse().unwrap(), factor(one), factor(two), rate.parse().unwrap())
            .unwrap()
            .to_string()
    }

    #[test]
    fn whole_cents_stay_and_the_smallest_rest_rounds_up() {
        assert_eq!(frozen("2.40", "0.5", "1", "1"), "1.20");
        assert_eq!(frozen("0.00000001", "1", "1", "1"), "0.01");
        assert_eq!(frozen("1.00", "1", "1", "0.99999999"), "1.00");
        assert_eq!(frozen("1.00", "1.00000001", "1", "1"), "1.01");
        assert_eq!(frozen("0", "1", "5", "1"), "0.00");
        assert_eq!(frozen("0.12345678", "0.00000001", "0.00000001", "0.00000001"), "0.01");
    }

    #[test]
    fn rounding_happens_once() {
        // 0.03333333 × 3 × 0.1 = 0.009999999: one cent, and not a cent for each step.
        assert_eq!(frozen("0.03333333", "3", "0.1", "1"), "0.01");
        assert_eq!(frozen("0.00000001", "1000000", "1", "1"), "0.01");
    }

    #[test]
    fn what_does_not_fit_is_an_overflow() {
        let result = product_up_to_cents(Amount::INPUT_MAX, Factor::MAX, Factor::MAX, Rate::MAX);
        assert_eq!(result, Err(Overflow));
        assert_eq!(product_up_to_cents(Amount::INPUT_MAX, Factor::ONE, Factor::ONE, Rate::ONE), Ok(Amount::INPUT_MAX));
    }

    #[test]
    fn the_range_is_zero_to_a_milliard() {
        assert_eq!("0".parse::<Factor>(), Ok(Factor::ZERO));
        assert_eq!("-1".parse::<Factor>(), Err(ParseDecimalError::OutOfRange));
        assert_eq!("1000000000.00000001".parse::<Factor>(), Err(ParseDecimalError::OutOfRange));
        assert_eq!("1".parse::<Factor>(), Ok(Factor::ONE));
    }
}
