//! Days and bill months in the deployment's zone (R76, R146), told by a calendar library of its own and not by the
//! calendar that is audited.

use credere_core::channel::Settlement;
use credere_core::ledger::{Moment, Month};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{RoundMode, Timestamp, ToSpan, Unit, Zoned, ZonedRound};

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

/// When the cycle is over in which something is settled that ended at this moment, which is outside of the next one (O80).
pub fn cycle_end(settlement: Settlement, ended: Moment) -> Moment {
    let within = local(Moment::from_micros(ended.micros().saturating_sub(1)));
    let end = match settlement {
        Settlement::Hourly => {
            let begun = within.round(ZonedRound::new().smallest(Unit::Hour).mode(RoundMode::Floor));
            begun.and_then(|begun| begun.checked_add(1.hour())).map(|end| end.timestamp().as_microsecond())
        }
        Settlement::Daily => return midnight(within.date().tomorrow().unwrap_or(Date::MAX)),
        Settlement::Monthly => {
            let next = within.date().first_of_month().checked_add(1.month());
            return midnight(next.unwrap_or(Date::MAX));
        }
    };
    Moment::from_micros(end.unwrap_or(i64::MAX))
}

/// When the cycle began in which something is settled that ended at this moment (O85).
pub fn cycle_start(settlement: Settlement, ended: Moment) -> Moment {
    let within = local(Moment::from_micros(ended.micros().saturating_sub(1)));
    match settlement {
        Settlement::Hourly => {
            let begun = within.round(ZonedRound::new().smallest(Unit::Hour).mode(RoundMode::Floor));
            Moment::from_micros(begun.map_or(i64::MIN, |begun| begun.timestamp().as_microsecond()))
        }
        Settlement::Daily => midnight(within.date()),
        Settlement::Monthly => midnight(within.date().first_of_month()),
    }
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
    fn a_cycle_ends_with_its_hour_day_or_month_and_its_last_moment_is_still_in_it() {
        let inside = moment("2026-10-30T03:20:00Z");
        let ends = |ended| Settlement::ALL.map(|settlement| (settlement, cycle_end(settlement, ended)));
        for (settlement, end) in ends(inside) {
            let expected = match settlement {
                Settlement::Hourly => "2026-10-30T04:00:00Z",
                Settlement::Daily => "2026-10-30T16:00:00Z",
                Settlement::Monthly => "2026-10-31T16:00:00Z",
            };
            assert_eq!(end, moment(expected), "{settlement:?}");
            assert_eq!(cycle_end(settlement, end), end, "{settlement:?}");
            let start = cycle_start(settlement, inside);
            assert!(start < inside && cycle_start(settlement, end) == start && cycle_end(settlement, start) == start);
            assert!(cycle_end(settlement, Moment::from_micros(end.micros() + 1)) > end);
        }
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
