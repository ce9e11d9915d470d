//! Points in time, as RFC 3339 writes them, with an offset.

use super::shape::described;
use super::text::{from_text, quoted};
use credere_core::ledger::Moment;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Moment);

/// Reads RFC 3339 with an offset.
pub(crate) fn read_time(text: &str) -> Result<Time, String> {
    let wrong =
        || format!("{} is not a time with an offset such as `2026-01-31T08:00:00+08:00` (RFC 3339)", quoted(text));
    let bytes = text.as_bytes();
    let digits_at =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let sign_at = |at: usize, signs: &[u8]| bytes.get(at).is_some_and(|sign| signs.contains(sign));
    let date_and_time = digits_at(0..4)
        && sign_at(4, b"-")
        && digits_at(5..7)
        && sign_at(7, b"-")
        && digits_at(8..10)
        && sign_at(10, b"Tt")
        && digits_at(11..13)
        && sign_at(13, b":")
        && digits_at(14..16)
        && sign_at(16, b":")
        && digits_at(17..19);
    let zone_from = bytes.len().saturating_sub(6);
    let zone = sign_at(bytes.len().saturating_sub(1), b"Zz")
        || (sign_at(zone_from, b"+-") && digits_at(zone_from + 1..zone_from + 3) && sign_at(zone_from + 3, b":"));
    if !date_and_time || !zone {
        return Err(wrong());
    }
    let timestamp: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
    Ok(Time(Moment::from_micros(timestamp.as_microsecond())))
}

from_text!(Time, "a time as an RFC 3339 string", read_time);

described!(
    Time,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("A point in time, RFC 3339 with an offset. Answers use the deployment's zone."))
        .examples([serde_json::json!("2026-01-31T08:00:00+08:00")])
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_an_offset() {
        let noon = read_time("2026-01-31T12:00:00Z").unwrap();
        assert_eq!(read_time("2026-01-31T20:00:00+08:00"), Ok(noon));
        assert_eq!(read_time("2026-01-31T12:00:00.000000Z"), Ok(noon));
        for wrong in ["2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-02-30T12:00:00Z", "", "Z", "é"]
        {
            assert!(read_time(wrong).is_err(), "{wrong}");
        }
    }
}
