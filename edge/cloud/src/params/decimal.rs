//! Decimal text with an optional exponent, read exactly into an amount. Python writes 10^-8 as `1e-08` and JavaScript as
//! `1e-8`; both must come out as one unit. The exponent is only ever compared and added, so a huge one costs nothing.
//!
//! Callers compute with binary doubles before they send: their `0.1 + 0.2` is `0.30000000000000004`. A number with more
//! places than an amount has is therefore the nearest amount, when it lies as near to it as a few steps of a double. How
//! large a step is there is computed in whole numbers; no double is made here.

use crate::error::{CloudError, ErrorCode, quoted};
use credere_core::money::Amount;

/// Places that an amount carries.
const PLACES: i64 = 8;
/// The most digits that a number of 10^-8 units within the permitted range can have: 92,000,000,000 followed by 8 places.
const MAX_DIGITS: i64 = 19;
/// How many steps of a double (units in its last place) a number may lie beside an amount. A sum or product of two such
/// numbers is off by one or two.
const STEPS: u32 = 4;
/// Further places that are looked at beside those of an amount. What lies beyond is less than a thousandth of a step.
const FURTHER: usize = 20;

/// The parts of a number in JSON's spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Splits `-12.5e+3`; `None` when the text is not a number as JSON spells it.
    pub(super) fn split(text: &'a str) -> Option<Parts<'a>> {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (mantissa, ""),
        };
        let whole_ok = digits(whole) && (whole == "0" || !whole.starts_with('0'));
        let fraction_ok = fraction.is_empty() || digits(fraction);
        let exponent_ok = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
        (whole_ok && fraction_ok && exponent_ok).then_some(Parts { negative, whole, fraction, exponent })
    }

    /// Written as a whole number: no point and no exponent.
    pub(super) fn is_integer(&self) -> bool {
        self.fraction.is_empty() && self.exponent.is_none() && !self.whole.is_empty()
    }
}

/// Reads a number into an amount, exactly.
///
/// # Errors
/// `InvalidParameter` when the text is not a number; `InvalidParameterValue` when it has more than eight places and is not
/// within four steps of a double of a number with eight, or lies beyond ±92,000,000,000.
pub fn read_amount(path: &str, text: &str) -> Result<Amount, CloudError> {
    let Some(parts) = Parts::split(text) else {
        let message = format!("the parameter {} must be a number, not {}", quoted(path), quoted(text));
        return Err(CloudError::new(ErrorCode::InvalidParameter, message));
    };
    let refuse = |why: &str| {
        let message = format!("the parameter {} {why}: {}", quoted(path), quoted(text));
        CloudError::new(ErrorCode::InvalidParameterValue, message)
    };
    let all_digits = || parts.whole.bytes().chain(parts.fraction.bytes());
    let Some(first) = all_digits().position(|b| b != b'0') else {
        return Ok(Amount::ZERO);
    };
    let length = parts.whole.len() + parts.fraction.len();
    let trailing = all_digits().rev().take_while(|&b| b == b'0').count();
    // The value is `significant × 10^shift` units of 10^-8.
    let significant = length - first - trailing;
    let shift = wide(trailing) - wide(parts.fraction.len()) + PLACES + parts.exponent.map_or(0, read_exponent);
    let out_of_range = || refuse("is beyond ±92000000000");
    let whole_digits = wide(significant) + shift;
    if whole_digits > MAX_DIGITS {
        return Err(out_of_range());
    }
    // At most 19 digits make up the units, and 20 what is beside them: both always fit a u128.
    let number =
        |digits: &mut dyn Iterator<Item = u8>| digits.fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    let mut digits = all_digits().skip(first).take(significant).chain(std::iter::repeat(b'0'));
    let units = number(&mut digits.by_ref().take(usize::try_from(whole_digits).unwrap_or(0)));
    let magnitude = match shift {
        0.. => Some(units),
        // Below a tenth of a unit, no amount but zero is near, and no double of this size is near zero.
        _ if whole_digits < 0 => None,
        _ => nearest(units, number(&mut digits.take(FURTHER))),
    };
    let magnitude = magnitude.ok_or_else(|| refuse("has more than 8 decimal places"))?;
    let magnitude = i128::try_from(magnitude).map_err(|_| out_of_range())?;
    let amount = Amount::from_wide(if parts.negative { -magnitude } else { magnitude }).map_err(|_| out_of_range())?;
    if magnitude > i128::from(Amount::INPUT_MAX.units()) { Err(out_of_range()) } else { Ok(amount) }
}

/// The whole number of units next to a number of them, if it is within [`STEPS`] of it; of two that are equally near, the
/// even one. `further` is what the number has beside its units, in 10^-20 of one.
fn nearest(units: u128, further: u128) -> Option<u128> {
    /// A unit in what `further` counts, and 1 in it.
    const UNIT: u128 = 10_u128.pow(FURTHER as u32);
    const ONE: u128 = 10_u128.pow(FURTHER as u32 + 8);
    /// The bits of a double behind its first.
    const FRACTION_BITS: u32 = 52;
    /// From 2^24 on, four steps are more than a unit.
    const COARSE: u32 = 24;
    let (twice, odd) = (further * 2, units % 2 == 1);
    let up = twice > UNIT || (twice == UNIT && odd);
    let (found, distance) = if up { (units + 1, UNIT - further) } else { (units, further) };
    if units >= (1 << COARSE) * (ONE / UNIT) {
        return Some(found);
    }
    // INVARIANT: below 2^24 the product is below 2^24 × 10^28, which a u128 holds.
    let value = units * UNIT + further;
    // The number's size: 1 or more when divided by 2 so often, and below 2. What is nearer to zero than half a unit is
    // near to no other amount. 10^28 can be halved 28 times, and half a unit is more than 2^-28.
    if found == 0 {
        return None;
    }
    let at_least = |power: i32| match u32::try_from(power) {
        Ok(doubled) => value >= ONE << doubled,
        Err(_) => value >= ONE >> power.unsigned_abs(),
    };
    let size = (-28..COARSE.cast_signed()).rev().find(|power| at_least(*power))?;
    // Four steps are 2^2 × 2^(size - 52).
    let halved = FRACTION_BITS.cast_signed() - STEPS.ilog2().cast_signed() - size;
    (distance <= ONE >> halved).then_some(found)
}

/// A length as a signed number. Texts are far shorter than this saturates.
fn wide(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX / 4)
}

/// Reads the exponent, cut to ±10^17: beyond any length a text can have, and far from where sums overflow.
fn read_exponent(text: &str) -> i64 {
    const FAR: i64 = 100_000_000_000_000_000;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude =
        digits.bytes().fold(0_i64, |sum, digit| if sum >= FAR { FAR } else { sum * 10 + i64::from(digit - b'0') });
    let magnitude = magnitude.min(FAR);
    if negative { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<i64, ErrorCode> {
        read_amount("X", text).map(Amount::units).map_err(|e| e.code())
    }

    #[test]
    fn reads_every_spelling_that_the_sdks_send() {
        for (text, units) in [
            ("1e-08", 1),
            ("1e-8", 1),
            ("-1E-8", -1),
            ("1E+2", 10_000_000_000),
            ("50", 5_000_000_000),
            ("234.345", 23_434_500_000),
            ("1.5e1", 1_500_000_000),
            ("0.10000000000000000000", 10_000_000),
            ("1200e-10", 12),
            ("92000000000", 9_200_000_000_000_000_000),
            ("-92000000000.000000000", -9_200_000_000_000_000_000),
            ("9.2e10", 9_200_000_000_000_000_000),
            ("0", 0),
            ("-0", 0),
            ("0.000000000000", 0),
            ("0e999999999999999999999", 0),
            // What doubles make of 0.1 + 0.2, 0.1 + 0.7, 1.1 × 3, 4.35 × 100, ten times 0.1, 1 - 0.9, and 1e-8 and its
            // neighbours; the exact value of the double 0.1; and two that an SDK had beside large sums.
            ("0.30000000000000004", 30_000_000),
            ("0.7999999999999999", 80_000_000),
            ("3.3000000000000003", 330_000_000),
            ("-434.99999999999994", -43_500_000_000),
            ("0.9999999999999999", 100_000_000),
            ("0.09999999999999998", 10_000_000),
            ("1.0000000000000002e-08", 1),
            ("9.999999999999999e-9", 1),
            ("0.1000000000000000055511151231257827021181583404541015625", 10_000_000),
            ("1000000.3000000001", 100_000_030_000_000),
            ("99999999.123456791", 9_999_999_912_345_679),
            // From 2^24 on the nearest is always near; of two, the even one.
            ("16777216.000000005", 1_677_721_600_000_000),
            ("16777216.000000015", 1_677_721_600_000_002),
            ("91999999999.999999999", 9_200_000_000_000_000_000),
        ] {
            assert_eq!(read(text), Ok(units), "{text}");
        }
    }

    #[test]
    fn refuses_what_an_amount_cannot_hold() {
        for text in [
            "1e-9",
            "9e-9",
            "4.9e-9",
            "1e-17",
            "0.123456789",
            "0.300000001",
            "0.3000000000000003",
            "0.1000000000000001",
            "9.99999999999998",
            "1.00000000000001e-8",
            "1048575.000000005",
            "1e-999999999",
            "5e-99999999999999999999999999",
        ] {
            let error = read_amount("AddedCredit", text).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidParameterValue, "{text}");
            assert!(error.message().contains("`AddedCredit` has more than 8 decimal places"), "{error}");
        }
        for text in ["92000000000.00000001", "-92000000001", "1e11", "1e999999999", "1e99999999999999999999999999"] {
            let error = read_amount("AddedCredit", text).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidParameterValue, "{text}");
            assert!(error.message().contains("beyond"), "{error}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_number() {
        for text in
            ["", "-", "+1", ".5", "1.", "01", "1e", "1e+", "e5", "0x1", "NaN", "inf", "1 ", " 1", "1_0", "1,5", "١"]
        {
            assert_eq!(read(text), Err(ErrorCode::InvalidParameter), "{text:?}");
        }
    }

    #[test]
    fn a_megabyte_of_digits_is_read_in_place() {
        let zeros = "0".repeat(1 << 20);
        assert_eq!(read(&format!("0.{zeros}1")), Err(ErrorCode::InvalidParameterValue));
        assert_eq!(read(&format!("1{zeros}")), Err(ErrorCode::InvalidParameterValue));
        assert_eq!(read(&format!("1{zeros}e-1048576")), Ok(100_000_000));
        assert_eq!(read(&format!("0.{zeros}1e1048577")), Ok(100_000_000));
    }

    /// What a number is, by an independent reading.
    enum Reading {
        /// So many units.
        Exact(i64),
        /// More than these, in magnitude, and less than one more.
        Between(u64),
        OutOfRange,
    }

    /// Schoolbook arithmetic on a vector of decimal digits, the exponent applied by writing zeros.
    fn by_digits(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Reading {
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|b| b - b'0').collect();
        let mut point = i32::try_from(whole.len()).unwrap() + exponent;
        while point < 0 {
            digits.insert(0, 0);
            point += 1;
        }
        while usize::try_from(point).unwrap() + 8 > digits.len() {
            digits.push(0);
        }
        let (kept, lost) = digits.split_at(usize::try_from(point).unwrap() + 8);
        let kept: Vec<u8> = kept.iter().copied().skip_while(|&d| d == 0).collect();
        let largest: Vec<u8> = "9200000000000000000".bytes().map(|b| b - b'0').collect();
        if (kept.len(), &kept) > (largest.len(), &largest) {
            return Reading::OutOfRange;
        }
        let text: String = kept.iter().map(|&d| char::from(b'0' + d)).collect();
        let units: u64 = if text.is_empty() { 0 } else { text.parse().unwrap() };
        match (lost.iter().any(|&d| d != 0), i64::try_from(units).unwrap()) {
            (true, _) => Reading::Between(units),
            (false, signed) => Reading::Exact(if negative { -signed } else { signed }),
        }
    }

    /// How many doubles lie between a number and the nearer of these units and one more: doubles of one sign are in the
    /// order of their bits.
    fn steps_away(text: &str, below: u64) -> u64 {
        let bits = |text: &str| text.trim_start_matches('-').parse::<f64>().unwrap().to_bits();
        let to = |units: u64| bits(text).abs_diff(bits(&format!("{units}e-8")));
        to(below).min(to(below + 1))
    }

    proptest! {
        #[test]
        fn agrees_with_schoolbook_arithmetic(
            negative: bool,
            whole in "0|[1-9][0-9]{0,13}",
            fraction in "[0-9]{0,12}0{0,4}",
            exponent in proptest::option::of(-24_i32..24),
            big_e: bool,
        ) {
            let mut text = String::new();
            if negative { text.push('-'); }
            text.push_str(&whole);
            if !fraction.is_empty() { text.push('.'); text.push_str(&fraction); }
            if let Some(e) = exponent { text.push_str(&format!("{}{e:+03}", if big_e { 'E' } else { 'e' })); }
            let exponent = exponent.unwrap_or(0);
            match by_digits(negative, &whole, &fraction, exponent) {
                Reading::Exact(units) => prop_assert_eq!(read(&text), Ok(units), "{}", text),
                Reading::OutOfRange => prop_assert_eq!(read(&text), Err(ErrorCode::InvalidParameterValue), "{}", text),
                Reading::Between(below) => match (steps_away(&text, below), read(&text)) {
                    // A double is off by half a step from each of the two texts.
                    (0..=3, got) => prop_assert!(got.is_ok(), "{text}: {got:?}"),
                    (4..=5, _) => {}
                    (_, got) => prop_assert_eq!(got, Err(ErrorCode::InvalidParameterValue), "{}", text),
                },
            }
        }

        /// What a client has after an error of some steps, as Python, JavaScript and Rust write it. Up to a million, so
        /// that no other amount is as near.
        #[test]
        fn an_amount_is_found_again_beside_itself(units in 1_i64..100_000_000_000_000, steps in -3_i64..=3) {
            let exact: f64 = format!("{units}e-8").parse().unwrap();
            let beside = f64::from_bits(exact.to_bits().checked_add_signed(steps).unwrap());
            for text in [format!("{beside}"), format!("{beside:?}"), format!("{beside:e}"), format!("-{beside:.40}")] {
                let negative = text.starts_with('-');
                prop_assert_eq!(read(&text), Ok(if negative { -units } else { units }), "{}", text);
            }
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.eE]{0,40}") {
            let _ = read(&text);
        }
    }
}
