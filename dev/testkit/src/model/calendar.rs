//! Days and months of the zone of the rules, UTC+8 (R146), counted out one by one.

use credere_core::ledger::Month;

/// An hour, in microseconds.
pub(super) const HOUR: i64 = 3_600 * 1_000_000;
/// A day.
pub(super) const DAY: i64 = 24 * HOUR;
const ZONE: i64 = 8 * HOUR;

/// The day that a moment lies in, counted from 1970-01-01.
pub(super) fn day_of(at: i64) -> i64 {
    (at + ZONE).div_euclid(DAY)
}

/// When a day begins.
pub(super) fn start_of_day(day: i64) -> i64 {
    day * DAY - ZONE
}

/// The month that a moment lies in, and when it began. Moments before 2000 are taken for its beginning.
pub(super) fn month_of(at: i64) -> (Month, i64) {
    let day = day_of(at);
    // 2000-01-01 is the 10,957th day.
    let (mut first, mut year, mut month) = (10_957_i64, 2000_u16, 1_u8);
    while day >= first + days_in(year, month) {
        first += days_in(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (Month::new(year, month).expect("the tests live before the year 10000"), start_of_day(first))
}

/// When a month begins.
pub(super) fn start_of_month(month: Month) -> i64 {
    let mut first = 10_957_i64;
    let mut then = Month::new(2000, 1).expect("January is a month");
    while then < month {
        first += days_in(u16::try_from(then.year()).unwrap_or(u16::MAX), u8::try_from(then.month()).unwrap_or(1));
        then = then.next();
    }
    start_of_day(first)
}

/// The same time that many months earlier: on the same day, or on the month's last where it has no such day.
pub(super) fn months_before(now: i64, months: u32) -> i64 {
    let (_, began) = month_of(now);
    let mut month = began;
    let mut after = began;
    for _ in 0..months {
        after = month;
        month = month_of(month - 1).1;
    }
    let into = now - began;
    let mut then = month + into;
    while then >= after && months > 0 {
        then -= DAY;
    }
    then
}

/// When a month's bill is issued: at 01:00 on the 5th of the next month (R76).
pub(super) fn issued_at(month: Month) -> i64 {
    start_of_month(month.next()) + 4 * DAY + HOUR
}

fn days_in(year: u16, month: u8) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_stands_for_one_that_a_month_lacks() {
        // 2028-08-31, 2027-02-28 and 2027-03-01, at 10:00.
        let [august, february, march] =
            [1_851_300_000, 1_803_780_000, 1_803_866_400].map(|second: i64| second * 1_000_000);
        assert_eq!(months_before(august, 18), february);
        assert_eq!(months_before(august + HOUR, 18), february + HOUR);
        assert_eq!(months_before(march, 0), march);
        assert_eq!(months_before(march, 1), march - 28 * DAY);
    }

    #[test]
    fn bills_are_issued_on_the_fifth() {
        let february: Month = "2028-02".parse().expect("a month");
        // 2028-03-05T01:00+08:00.
        assert_eq!(issued_at(february), 1_835_802_000_000_000);
        assert_eq!(month_of(start_of_month(february)), (february, start_of_month(february)));
        assert_eq!(month_of(start_of_month(february) - 1).0, february.previous());
        assert_eq!(day_of(start_of_day(20_000)), 20_000);
    }
}
