//! Decimal text with an optional exponent, read exactly into an amount. Python writes 10^-8 as `1e-08` and JavaScript as
//! `1e-8`; both must come out as one unit. The exponent is only ever compared and added, so a huge one costs nothing.

use crate::error::{CloudError, ErrorCode, quoted};
use credere_core::money::Amount;

/// Places that an amount carries.
const PLACES: i64 = 8;
/// The most digits that a number of 10^-8 units within the permitted range can have: 92,000,000,000 followed by 8 places.
const MAX_DIGITS: i64 = 19;

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
/// `InvalidParameter` when the text is not a number; `InvalidParameterValue` when it has more than eight places that are
/// not zero, or lies beyond ±92,000,000,000.
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
    if shift < 0 {
        return Err(refuse("has more than 8 decimal places"));
    }
    let out_of_range = || refuse("is beyond ±92000000000");
    if wide(significant) + shift > MAX_DIGITS {
        return Err(out_of_range());
    }
    // At most 19 digits are left, which always fit an i128.
    let digits = all_digits().skip(first).take(significant);
    let zeros = std::iter::repeat_n(b'0', usize::try_from(shift).map_err(|_| out_of_range())?);
    let magnitude = digits.chain(zeros).fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
    let amount = Amount::from_wide(if parts.negative { -magnitude } else { magnitude }).map_err(|_| out_of_range())?;
    if magnitude > i128::from(Amount::INPUT_MAX.units()) { Err(out_of_range()) } else { Ok(amount) }
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
        ] {
            assert_eq!(read(text), Ok(units), "{text}");
        }
    }

    #[test]
    fn refuses_what_an_amount_cannot_hold() {
        for text in ["1e-9", "0.123456789", "1e-999999999", "5e-99999999999999999999999999"] {
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

    /// An independent reading: schoolbook arithmetic on a vector of decimal digits, the exponent applied by writing zeros.
    fn by_digits(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Result<i64, ErrorCode> {
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
        if lost.iter().any(|&d| d != 0) {
            return Err(ErrorCode::InvalidParameterValue);
        }
        let kept: Vec<u8> = kept.iter().copied().skip_while(|&d| d == 0).collect();
        let largest: Vec<u8> = "9200000000000000000".bytes().map(|b| b - b'0').collect();
        if (kept.len(), &kept) > (largest.len(), &largest) {
            return Err(ErrorCode::InvalidParameterValue);
        }
        let text: String = kept.iter().map(|&d| char::from(b'0' + d)).collect();
        let units: i64 = if text.is_empty() { 0 } else { text.parse().unwrap() };
        Ok(if negative { -units } else { units })
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
            prop_assert_eq!(read(&text), by_digits(negative, &whole, &fraction, exponent.unwrap_or(0)), "{}", text);
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.eE]{0,40}") {
            let _ = read(&text);
        }
    }
}
