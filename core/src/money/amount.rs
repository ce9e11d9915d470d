//! An amount of money in the deployment's currency.

use super::decimal::{self, ParseDecimalError, SCALE};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// Money, in units of 10^-8 of the deployment's currency. May be negative.
///
/// What comes in from outside lies within ±92,000,000,000 (see [`FromStr`]); sums may go beyond that, up to the range
/// of an `i64`, and every step past it is an [`Overflow`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Amount(i64);

/// A result does not fit into an [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the result is out of the range of an amount")]
pub struct Overflow;

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);
    /// The largest amount that is accepted from outside: 92,000,000,000 currency units.
    pub const INPUT_MAX: Amount = Amount(92_000_000_000 * SCALE);

    /// The amount of this many 10^-8 units.
    pub const fn from_units(units: i64) -> Amount {
        Amount(units)
    }

    /// The amount of this many whole currency units; for constants (a too large number does not compile or panics).
    pub const fn whole(currency_units: i64) -> Amount {
        Amount(currency_units * SCALE)
    }

    /// How many 10^-8 units this is.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// `self + other`.
    ///
    /// # Errors
    /// [`Overflow`] when the sum does not fit.
    pub fn plus(self, other: Amount) -> Result<Amount, Overflow> {
        self.0.checked_add(other.0).map(Amount).ok_or(Overflow)
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`Overflow`] when the difference does not fit.
    pub fn minus(self, other: Amount) -> Result<Amount, Overflow> {
        self.0.checked_sub(other.0).map(Amount).ok_or(Overflow)
    }

    /// `-self`.
    ///
    /// # Errors
    /// [`Overflow`] for the one value that has no opposite.
    pub fn negated(self) -> Result<Amount, Overflow> {
        self.0.checked_neg().map(Amount).ok_or(Overflow)
    }

    /// `self × part ÷ whole`, rounded half-even: what falls to `part` when `self` is spread over `whole`. Shares of a
    /// growing part, each less the one before, sum up to `self` when the part has become the whole.
    ///
    /// # Errors
    /// [`Overflow`] when `whole` is zero or the share does not fit.
    pub fn share(self, part: Amount, whole: Amount) -> Result<Amount, Overflow> {
        let (product, divisor) = (i128::from(self.0) * i128::from(part.0), i128::from(whole.0));
        if divisor == 0 {
            return Err(Overflow);
        }
        let (product, divisor) = if divisor.is_negative() { (-product, -divisor) } else { (product, divisor) };
        let (floor, rest) = (product.div_euclid(divisor), product.rem_euclid(divisor));
        Amount::from_wide(match (rest * 2).cmp(&divisor) {
            std::cmp::Ordering::Less => floor,
            std::cmp::Ordering::Greater => floor + 1,
            std::cmp::Ordering::Equal => floor + (floor & 1),
        })
    }

    /// The amount that a wide sum stands for.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn from_wide(units: i128) -> Result<Amount, Overflow> {
        i64::try_from(units).map(Amount).map_err(|_| Overflow)
    }

    /// A wide sum that is only told: what is more than an amount holds is told as the largest there is.
    pub fn clamped(units: i128) -> Amount {
        i64::try_from(units).map_or(Amount(if units.is_negative() { i64::MIN } else { i64::MAX }), Amount)
    }

    /// Below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Rounded to two places toward minus infinity, so that a debt never shows as zero (R147).
    ///
    /// # Errors
    /// [`Overflow`] at the very bottom of the range.
    pub fn floor_to_cents(self) -> Result<Amount, Overflow> {
        let step = SCALE / 100;
        self.0.div_euclid(step).checked_mul(step).map(Amount).ok_or(Overflow)
    }
}

impl FromStr for Amount {
    type Err = ParseDecimalError;

    /// Reads `12.50`: an optional minus, digits, at most eight places; no exponent, plus sign or spaces.
    ///
    /// # Errors
    /// Says whether the text is malformed, too precise, or beyond ±92,000,000,000.
    fn from_str(text: &str) -> Result<Amount, ParseDecimalError> {
        let amount = Amount(decimal::parse_scaled(text)?);
        if amount > Amount::INPUT_MAX || amount < Amount(-Amount::INPUT_MAX.0) {
            return Err(ParseDecimalError::OutOfRange);
        }
        Ok(amount)
    }
}

impl fmt::Display for Amount {
    /// At least two and at most eight places: `12.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write_scaled(i128::from(self.0), f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<i64, ParseDecimalError> {
        text.parse::<Amount>().map(Amount::units)
    }

    #[test]
    fn reads_exact_decimals() {
        assert_eq!(read("12.50"), Ok(1_250_000_000));
        assert_eq!(read("-0.00000001"), Ok(-1));
        assert_eq!(read("007"), Ok(700_000_000));
        assert_eq!(read("92000000000"), Ok(Amount::INPUT_MAX.units()));
        assert_eq!(read("-92000000000.00000000"), Ok(-Amount::INPUT_MAX.units()));
    }

    #[test]
    fn refuses_what_is_not_a_plain_decimal() {
        for text in ["", "-", ".", "1.", ".5", "+1", "1e3", "NaN", " 1", "1 ", "1,000", "--1", "1.2.3", "0x1", "١"] {
            assert_eq!(read(text), Err(ParseDecimalError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn refuses_a_ninth_place_and_what_is_too_large() {
        assert_eq!(read("0.000000000"), Err(ParseDecimalError::TooPrecise));
        assert_eq!(read("92000000000.00000001"), Err(ParseDecimalError::OutOfRange));
        assert_eq!(read("-92000000000.00000001"), Err(ParseDecimalError::OutOfRange));
        assert_eq!(read("99999999999999999999"), Err(ParseDecimalError::OutOfRange));
        assert_eq!(read("92233720368.54775808"), Err(ParseDecimalError::OutOfRange));
    }

    #[test]
    fn shows_two_to_eight_places() {
        for (units, text) in [(0, "0.00"), (1, "0.00000001"), (-150_000_000, "-1.50"), (12_345_678_900, "123.456789")] {
            assert_eq!(Amount::from_units(units).to_string(), text);
        }
        assert_eq!(Amount::from_units(i64::MIN).to_string(), "-92233720368.54775808");
    }

    #[test]
    fn sums_are_checked_at_both_ends() {
        let (top, bottom, one) = (Amount(i64::MAX), Amount(i64::MIN), Amount(1));
        assert_eq!(top.plus(one), Err(Overflow));
        assert_eq!(bottom.minus(one), Err(Overflow));
        assert_eq!(bottom.negated(), Err(Overflow));
        assert_eq!(top.plus(bottom), Ok(Amount(-1)));
        assert_eq!(one.minus(one), Ok(Amount::ZERO));
        assert_eq!(one.negated(), Ok(Amount(-1)));
        assert_eq!(Amount::from_wide(i128::from(i64::MAX) + 1), Err(Overflow));
        assert_eq!(Amount::from_wide(-5), Ok(Amount(-5)));
        let wide = 2 * i128::from(i64::MAX);
        assert_eq!([-wide, -5, wide].map(Amount::clamped), [bottom, Amount(-5), top]);
    }

    #[test]
    fn shares_of_a_growing_part_sum_up_to_the_whole() {
        let (all, whole) = (Amount(1_001), Amount(3));
        let shares: Vec<_> = (0..=3).map(|part| all.share(Amount(part), whole).unwrap().units()).collect();
        assert_eq!(shares, [0, 334, 667, 1_001]);
        assert_eq!(Amount(5).share(Amount(1), Amount(2)), Ok(Amount(2)));
        assert_eq!(Amount(7).share(Amount(-1), Amount(-2)), Ok(Amount(4)));
        assert_eq!(Amount(7).share(Amount(1), Amount(0)), Err(Overflow));
    }

    #[test]
    fn cents_are_cut_toward_minus_infinity() {
        for (text, cents) in [("1.239", "1.23"), ("-0.001", "-0.01"), ("-1.00", "-1.00"), ("0.009", "0.00")] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.floor_to_cents().unwrap().to_string(), cents);
        }
        assert_eq!(Amount(i64::MIN).floor_to_cents(), Err(Overflow));
    }

    #[test]
    fn sign_is_strict() {
        assert!(Amount(-1).is_negative() && !Amount(0).is_negative() && !Amount(1).is_negative());
        assert!(Amount(1).is_positive() && !Amount(0).is_positive() && !Amount(-1).is_positive());
    }
}
