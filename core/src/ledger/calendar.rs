//! The deployment's calendar: which day and which bill month a moment belongs to, and when a month's bill is issued. A
//! fixed offset from UTC (R146); the arithmetic is total, so that a moment read from disk can never make it fail.

use super::Moment;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use thiserror::Error;

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;

/// A calendar with a fixed offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    offset_seconds: i32,
}

/// A day of the calendar: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(pub i32);

/// A bill month: months since January of the year 0. Shown as `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Month(u32);

/// A text is not a month of the form `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not a month like `2026-10`")]
pub struct ParseMonthError;

impl Default for Calendar {
    /// UTC+8, the zone of the rules.
    fn default() -> Calendar {
        Calendar { offset_seconds: 8 * 3_600 }
    }
}

impl Calendar {
    /// The calendar this many seconds east of UTC.
    pub const fn with_offset(offset_seconds: i32) -> Calendar {
        Calendar { offset_seconds }
    }

    /// Seconds east of UTC.
    pub const fn offset_seconds(self) -> i32 {
        self.offset_seconds
    }

    /// The day that a moment lies in.
    pub fn day(self, at: Moment) -> Day {
        let days = self.seconds(at).div_euclid(DAY);
        // A moment is at most 292,000 years away from the epoch, which is far less than 2^31 days.
        Day(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    /// The month that a moment lies in. Moments before the year 0 belong to its January.
    pub fn month(self, at: Moment) -> Month {
        let (year, month, _) = civil(i64::from(self.day(at).0));
        Month(u32::try_from(year * 12 + month - 1).unwrap_or(0))
    }

    /// The day of its month that a moment lies in, 1 to 31.
    pub fn day_of_month(self, at: Moment) -> u8 {
        let (_, _, day) = civil(i64::from(self.day(at).0));
        u8::try_from(day).unwrap_or(1)
    }

    /// When a day begins.
    pub fn start_of(self, day: Day) -> Moment {
        Moment::from_micros((i64::from(day.0) * DAY - i64::from(self.offset_seconds)).saturating_mul(MICROS))
    }

    /// When a month begins.
    pub fn start_of_month(self, month: Month) -> Moment {
        let (year, first) = (i64::from(month.0 / 12), i64::from(month.0 % 12) + 1);
        let days = days_from_civil(year, first, 1);
        self.start_of(Day(i32::try_from(days).unwrap_or(i32::MAX)))
    }

    /// The same time of the same day so many calendar months earlier; a day that the month there lacks is its last, so
    /// that August 31 less 18 months is February 28 or 29.
    pub fn months_before(self, at: Moment, months: u32) -> Moment {
        let into_day = at.micros() - self.start_of(self.day(at)).micros();
        let then = Month(self.month(at).0.saturating_sub(months));
        let day = i64::from(self.day_of_month(at)).min(days_of(then));
        let first = i64::from(self.day(self.start_of_month(then)).0);
        let day = Day(i32::try_from(first + day - 1).unwrap_or(i32::MAX));
        Moment::from_micros(self.start_of(day).micros().saturating_add(into_day))
    }

    /// When a month's bill is issued: on the 5th of the next month at 01:00 (R76).
    pub fn issued_at(self, month: Month) -> Moment {
        self.start_of_month(month.next()).plus_seconds(4 * DAY + 3_600)
    }

    /// The last month whose bill is issued by `now`.
    pub fn last_issued(self, now: Moment) -> Month {
        let previous = self.month(now).previous();
        if now >= self.issued_at(previous) { previous } else { previous.previous() }
    }

    /// Whether a month's bill is issued by `now`; from then on it never changes (R94).
    pub fn issued(self, month: Month, now: Moment) -> bool {
        month <= self.last_issued(now)
    }

    fn seconds(self, at: Moment) -> i64 {
        at.micros().div_euclid(MICROS) + i64::from(self.offset_seconds)
    }
}

impl Month {
    /// The month of this year, 1 to 12; `None` for another month or a year beyond 9999.
    pub const fn new(year: u16, month: u8) -> Option<Month> {
        if year > 9_999 || month == 0 || month > 12 { None } else { Some(Month(year as u32 * 12 + month as u32 - 1)) }
    }

    /// The year.
    pub const fn year(self) -> u32 {
        self.0 / 12
    }

    /// The month of the year, 1 to 12.
    pub const fn month(self) -> u32 {
        self.0 % 12 + 1
    }

    /// Months since January of the year 0, for storing.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The month with this number.
    pub const fn from_number(number: u32) -> Month {
        Month(number)
    }

    /// The month after it.
    pub const fn next(self) -> Month {
        Month(self.0.saturating_add(1))
    }

    /// The month before it.
    pub const fn previous(self) -> Month {
        Month(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl FromStr for Month {
    type Err = ParseMonthError;

    /// Reads `2026-10`: four digits, a minus, two digits.
    ///
    /// # Errors
    /// [`ParseMonthError`] for anything else.
    fn from_str(text: &str) -> Result<Month, ParseMonthError> {
        let (year, month) = text.split_once('-').ok_or(ParseMonthError)?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(ParseMonthError);
        }
        let year = year.parse().map_err(|_| ParseMonthError)?;
        Month::new(year, month.parse().map_err(|_| ParseMonthError)?).ok_or(ParseMonthError)
    }
}

/// Year, month and day of this many days after 1970-01-01, in the Gregorian calendar. Counts in years that begin in
/// March, so that a leap day is a year's last.
fn civil(days: i64) -> (i64, i64, i64) {
    let since = days + 719_468; // days from 0000-03-01 to the epoch
    let era = since.div_euclid(146_097); // days in 400 years
    let of_era = since.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The opposite of [`civil`].
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let march_month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * march_month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// How many days a month has.
fn days_of(month: Month) -> i64 {
    let first = |month: Month| days_from_civil(i64::from(month.year()), i64::from(month.month()), 1);
    first(month.next()) - first(month)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment in UTC+8.
    fn at(year: i64, month: i64, day: i64, hour: i64) -> Moment {
        Moment::from_micros(0).plus_seconds(days_from_civil(year, month, day) * DAY + (hour - 8) * 3_600)
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_zone() {
        let calendar = Calendar::default();
        let midnight = at(2026, 11, 1, 0);
        assert_eq!(calendar.month(midnight).to_string(), "2026-11");
        assert_eq!(calendar.month(Moment::from_micros(midnight.micros() - 1)).to_string(), "2026-10");
        assert_eq!(calendar.start_of(calendar.day(midnight)), midnight);
        assert_eq!(calendar.day_of_month(Moment::from_micros(midnight.micros() - 1)), 31);
    }

    #[test]
    fn civil_dates_go_both_ways() {
        for days in -800_000..800_000 {
            let (year, month, day) = civil(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
    }

    #[test]
    fn a_month_is_issued_on_the_fifth_at_one() {
        let calendar = Calendar::default();
        let october: Month = "2026-10".parse().unwrap();
        assert_eq!(calendar.issued_at(october), at(2026, 11, 5, 1));
        assert!(!calendar.issued(october, Moment::from_micros(at(2026, 11, 5, 1).micros() - 1)));
        assert!(calendar.issued(october, at(2026, 11, 5, 1)));
        assert_eq!(calendar.last_issued(at(2027, 1, 3, 0)).to_string(), "2026-11");
    }

    #[test]
    fn months_back_keep_the_day_or_take_the_last_one_there_is() {
        let back = |from: (i64, i64, i64), months, to: (i64, i64, i64)| {
            let (from, to) = (at(from.0, from.1, from.2, 13), at(to.0, to.1, to.2, 13));
            assert_eq!(Calendar::default().months_before(from, months), to, "{months} months before {from:?}");
        };
        back((2026, 11, 15), 18, (2025, 5, 15));
        back((2026, 11, 15), 0, (2026, 11, 15));
        // The ends of months, with and without a leap day.
        back((2028, 8, 31), 18, (2027, 2, 28));
        back((2028, 8, 29), 18, (2027, 2, 28));
        back((2028, 8, 28), 18, (2027, 2, 28));
        back((2029, 8, 31), 18, (2028, 2, 29));
        back((2029, 8, 29), 18, (2028, 2, 29));
        back((2026, 5, 31), 18, (2024, 11, 30));
        back((2026, 7, 31), 18, (2025, 1, 31));
        back((2028, 2, 29), 18, (2026, 8, 29));
        back((2028, 2, 29), 12, (2027, 2, 28));
        back((2027, 1, 31), 1, (2026, 12, 31));
        back((2027, 3, 31), 1, (2027, 2, 28));
        // A century without a leap day, and one with it.
        back((2101, 8, 31), 18, (2100, 2, 28));
        back((2001, 8, 31), 18, (2000, 2, 29));
    }

    #[test]
    fn months_back_never_leave_the_order_of_time() {
        let calendar = Calendar::default();
        let mut before = calendar.months_before(at(2026, 1, 1, 0), 18);
        for hour in 1..24 * 365 * 5 {
            let back = calendar.months_before(at(2026, 1, 1, hour), 18);
            // At the end of a month that is longer than the one before, its last day comes again and again.
            let day = |at| calendar.day(at).0;
            assert!(back >= before || day(back) == day(before), "{hour}");
            before = back;
        }
    }

    #[test]
    fn months_have_one_spelling() {
        assert_eq!("2026-10".parse::<Month>().map(|month| month.to_string()), Ok("2026-10".to_owned()));
        for wrong in ["2026-13", "2026-00", "26-10", "2026-1", "2026/10", "", "2026-1a", "+026-10"] {
            assert_eq!(wrong.parse::<Month>(), Err(ParseMonthError), "{wrong}");
        }
    }

    #[test]
    fn no_moment_makes_it_fail() {
        for micros in [i64::MIN, i64::MAX, 0] {
            let calendar = Calendar::with_offset(-12 * 3_600);
            let moment = Moment::from_micros(micros);
            calendar.start_of_month(calendar.month(moment));
            calendar.start_of(calendar.day(moment));
            calendar.last_issued(moment);
            calendar.months_before(moment, 18);
            calendar.months_before(moment, u32::MAX);
        }
    }
}
