//! A price multiplier, and the one place where a product is rounded.

use super::decimal::{self, ParseDecimalError, SCALE};
use super::{Amount, Overflow};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A multiplier with up to eight places, above 0 and at most 10 (R147). `1` is the list price.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rate(u32);

/// What to do with the digits beyond the eighth place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest unit, a tie to the even one: for charges (R147).
    HalfEven,
}

impl Rate {
    /// List price.
    pub const ONE: Rate = Rate(SCALE as u32);
    /// The largest rate, 10.
    pub const MAX: Rate = Rate(10 * SCALE as u32);

    /// The rate of this many 10^-8 parts, for reading back what [`Rate::units`] gave; `None` outside 0 < rate <= 10.
    pub const fn from_units(units: u32) -> Option<Rate> {
        if units == 0 || units > Rate::MAX.0 { None } else { Some(Rate(units)) }
    }

    /// How many 10^-8 parts this rate is.
    pub const fn units(self) -> u32 {
        self.0
    }

    /// `amount × self`, rounded as named.
    ///
    /// # Errors
    /// [`Overflow`] when the product does not fit into an amount.
    pub fn of(self, amount: Amount, rounding: Rounding) -> Result<Amount, Overflow> {
        let product = i128::from(amount.units()) * i128::from(self.0);
        let scale = i128::from(SCALE);
        let (floor, rest) = (product.div_euclid(scale), product.rem_euclid(scale));
        let rounded = match rounding {
            Rounding::HalfEven => match (rest * 2).cmp(&scale) {
                std::cmp::Ordering::Less => floor,
                std::cmp::Ordering::Greater => floor + 1,
                std::cmp::Ordering::Equal => floor + (floor & 1),
            },
        };
        Amount::from_wide(rounded)
    }
}

impl FromStr for Rate {
    type Err = ParseDecimalError;

    /// Reads `0.90`.
    ///
    /// # Errors
    /// Says whether the text is malformed, too precise, or outside 0 < rate <= 10.
    fn from_str(text: &str) -> Result<Rate, ParseDecimalError> {
        let scaled = decimal::parse_scaled(text)?;
        match u32::try_from(scaled) {
            Ok(parts) if parts > 0 && parts <= Rate::MAX.0 => Ok(Rate(parts)),
            _ => Err(ParseDecimalError::OutOfRange),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write_scaled(i128::from(self.0), f)
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(rate: &str, amount: &str) -> Amount {
        rate.parse::<Rate>().unwrap().of(amount.parse().unwrap(), Rounding::HalfEven).unwrap()
    }

    #[test]
    fn multiplies_exactly_where_it_can() {
        assert_eq!(product("0.9", "200").to_string(), "180.00");
        assert_eq!(product("1", "0.00000001").to_string(), "0.00000001");
        assert_eq!(product("10", "-3.5").to_string(), "-35.00");
    }

    #[test]
    fn ties_go_to_the_even_unit_on_both_sides_of_zero() {
        assert_eq!(product("0.5", "0.00000001").units(), 0);
        assert_eq!(product("0.5", "0.00000003").units(), 2);
        assert_eq!(product("0.5", "-0.00000001").units(), 0);
        assert_eq!(product("0.5", "-0.00000003").units(), -2);
        assert_eq!(product("0.3", "0.00000002").units(), 1);
        assert_eq!(product("0.7", "0.00000002").units(), 1);
    }

    #[test]
    fn a_product_that_does_not_fit_is_an_overflow() {
        assert_eq!(Rate::MAX.of(Amount::INPUT_MAX, Rounding::HalfEven), Err(Overflow));
    }

    #[test]
    fn the_range_is_above_zero_up_to_ten() {
        assert_eq!("0".parse::<Rate>(), Err(ParseDecimalError::OutOfRange));
        assert_eq!("-0.5".parse::<Rate>(), Err(ParseDecimalError::OutOfRange));
        assert_eq!("10.00000001".parse::<Rate>(), Err(ParseDecimalError::OutOfRange));
        assert_eq!("10".parse::<Rate>(), Ok(Rate::MAX));
        assert_eq!("0.00000001".parse::<Rate>().unwrap().units(), 1);
        assert_eq!("1".parse::<Rate>(), Ok(Rate::ONE));
        assert_eq!(Rate::ONE.to_string(), "1.00");
    }
}
