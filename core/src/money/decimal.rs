//! Reading decimal text into a scaled integer, exactly. Shared by amounts and rates; nothing here knows what the
//! number means.

use thiserror::Error;

/// Decimal places that every amount and rate carries.
pub(crate) const PLACES: u32 = 8;
/// 10^8: units in one.
pub(crate) const SCALE: i64 = 100_000_000;

/// Why a text is not a decimal with at most eight places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseDecimalError {
    /// Empty text, a letter, an exponent, `NaN`, a lone sign or point.
    #[error("is not a plain decimal number")]
    Malformed,
    /// More than eight digits after the point, even if they are zeros.
    #[error("has more than 8 decimal places")]
    TooPrecise,
    /// Does not fit the permitted range.
    #[error("is out of range")]
    OutOfRange,
}

/// Reads `-12.50` as `-1_250_000_000`. Accepts an optional minus, digits, and a point followed by 1 to 8 digits.
pub(crate) fn parse_scaled(text: &str) -> Result<i64, ParseDecimalError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return Err(ParseDecimalError::Malformed),
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(ParseDecimalError::Malformed);
    }
    let places = u32::try_from(fraction.len()).map_err(|_| ParseDecimalError::TooPrecise)?;
    if places > PLACES {
        return Err(ParseDecimalError::TooPrecise);
    }
    let mut scaled: i64 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        scaled = scaled
            .checked_mul(10)
            .and_then(|s| s.checked_add(i64::from(digit - b'0')))
            .ok_or(ParseDecimalError::OutOfRange)?;
    }
    scaled = scaled.checked_mul(10_i64.pow(PLACES - places)).ok_or(ParseDecimalError::OutOfRange)?;
    Ok(if negative { -scaled } else { scaled })
}

/// Writes a scaled integer with at least two and at most eight places: `12.50`, `0.00000001`, `-3.00`.
pub(crate) fn write_scaled(scaled: i128, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let magnitude = scaled.unsigned_abs();
    let (whole, mut fraction) = (magnitude / SCALE as u128, magnitude % SCALE as u128);
    let mut places = PLACES as usize;
    while places > 2 && fraction % 10 == 0 {
        fraction /= 10;
        places -= 1;
    }
    let sign = if scaled < 0 { "-" } else { "" };
    write!(f, "{sign}{whole}.{fraction:0places$}")
}
