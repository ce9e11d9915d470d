//! The test clock as the client knows it, and the bill months that follow from it: in the zone of the rules, issued on the
//! 5th of the next month at 01:00.

use crate::http::{Client, Request};
use jiff::{Timestamp, Zoned, tz};
use serde_json::json;

/// Where the clock stood at first, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) began: Timestamp,
    pub(crate) now: Timestamp,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock { began: Timestamp::UNIX_EPOCH, now: Timestamp::UNIX_EPOCH }
    }
}

fn local(at: Timestamp) -> Zoned {
    at.to_zoned(tz::TimeZone::fixed(tz::offset(8)))
}

impl Clock {
    /// As the server has it, on its first day.
    pub(crate) fn of(client: &mut Client) -> Clock {
        let shown = client.get("/v1/clock");
        let now = shown["now"].as_str().and_then(|now| now.parse().ok());
        let now = now.unwrap_or_else(|| panic!("the clock says a moment: {shown}"));
        Clock { began: now, now }
    }

    /// So many days later.
    pub(crate) fn after_days(self, days: i64) -> Clock {
        Clock { now: self.now + jiff::SignedDuration::from_hours(24 * days), ..self }
    }

    /// Moves the server's clock to where this one stands.
    pub(crate) fn request(self, key: String) -> Request {
        Request::post("/v1/clock/advance", json!({ "to": self.now.to_string() })).under(key)
    }

    /// The month whose bill has a line of a period that began then, if it is posted now.
    pub(crate) fn month_of(self, period_start: Timestamp) -> String {
        let month = month(&local(period_start));
        if self.issued(&month) { self.month() } else { month }
    }

    /// This month.
    pub(crate) fn month(self) -> String {
        month(&local(self.now))
    }

    /// Every month from the first to this one.
    pub(crate) fn months(self) -> Vec<String> {
        let (mut day, now) = (local(self.began).date().first_of_month(), local(self.now).date());
        let mut months = Vec::new();
        while day <= now {
            months.push(day.strftime("%Y-%m").to_string());
            day = day.saturating_add(jiff::Span::new().months(1));
        }
        months
    }

    /// Whether that month's bills are issued.
    pub(crate) fn issued(self, month: &str) -> bool {
        let first: jiff::civil::Date = format!("{month}-01").parse().expect("a month is written as one");
        let next = first.saturating_add(jiff::Span::new().months(1));
        let at = next.saturating_add(jiff::Span::new().days(4)).at(1, 0, 0, 0);
        at <= local(self.now).datetime()
    }
}

fn month(at: &Zoned) -> String {
    at.strftime("%Y-%m").to_string()
}

/// The day of a moment as the server writes it.
pub(crate) fn day(at: &str) -> String {
    let at: Timestamp = at.parse().unwrap_or_else(|_| panic!("`{at}` is a moment"));
    local(at).strftime("%Y-%m-%d").to_string()
}
