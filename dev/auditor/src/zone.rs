//! Days and bill months in the deployment's zone (R76, R146), told by a calendar library of its own and not by the
//! calendar that is audited.

use credere_core::ledger::{Moment, Month};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};

/// UTC+8, the zone of the rules.
fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

fn local(at: Moment) -> Zoned {
    Timestamp::from_microsecond(at.micros()).unwrap_or_default().to_zoned(zone())
}

fn midnight(date: Date) -> Moment {
    let at = date.to_zoned(zone()).map(|zoned| zoned.timestamp().as_microsecond());
    Moment::from_micros(at.unwrap_or(i64::MAX))
}

fn first_of(month: Month) -> Date {
    let year = i16::try_from(month.year()).unwrap_or(i16::MAX);
    Date::new(year, i8::try_from(month.month()).unwrap_or(1), 1).unwrap_or(Date::MAX)
}

/// When the day after this moment's begins.
pub fn next_midnight(at: Moment) -> Moment {
    midnight(local(at).date().tomorrow().unwrap_or(Date::MAX))
}

/// The month that a moment lies in.
pub fn month(at: Moment) -> Month {
    let date = local(at).date();
    let (year, month) = (u16::try_from(date.year()).unwrap_or(0), u8::try_from(date.month()).unwrap_or(1));
    Month::new(year, month).unwrap_or(Month::from_number(0))
}

/// When a month's bill is issued: on the 5th of the next one at 01:00 (R76).
pub fn issued_at(month: Month) -> Moment {
    let fifth = first_of(month).checked_add(1.month()).and_then(|first| first.checked_add(4.days()));
    midnight(fifth.unwrap_or(Date::MAX)).plus_seconds(3_600)
}

/// Whether a month's bill is issued by `now`.
pub fn is_issued(month: Month, now: Moment) -> bool {
    issued_at(month) <= now
}

/// The same time of the same day 18 months earlier, or of the last day of a month that has no such day; what began
/// before is too old.
pub fn eighteen_months_before(now: Moment) -> Moment {
    let then = local(now).checked_sub(18.months()).map(|then| then.timestamp().as_microsecond());
    Moment::from_micros(then.unwrap_or(i64::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::from_micros(text.parse::<Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn days_and_months_are_those_of_the_zone() {
        let evening = moment("2026-10-31T16:30:00Z");
        assert_eq!(month(evening).to_string(), "2026-11");
        assert_eq!(next_midnight(evening), moment("2026-11-01T16:00:00Z"));
        let october = "2026-10".parse().unwrap();
        assert_eq!(issued_at(october), moment("2026-11-04T17:00:00Z"));
        assert!(is_issued(october, issued_at(october)));
        assert!(!is_issued(october, moment("2026-11-04T16:59:59.999999Z")));
        assert_eq!(eighteen_months_before(moment("2027-08-30T16:00:00Z")), moment("2026-02-27T16:00:00Z"));
        assert_eq!(eighteen_months_before(moment("2029-08-30T16:00:00Z")), moment("2028-02-28T16:00:00Z"));
        assert_eq!(eighteen_months_before(moment("2027-08-14T16:00:00Z")), moment("2026-02-14T16:00:00Z"));
    }
}
