//! The one place that reads the system's clock. Business time (what decisions see) is either the system's or, in a
//! sandbox, the book's own, which stands still until it is advanced.

use credere_core::ledger::Moment;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where business time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock, never running backwards.
    System,
    /// The book's: moved only by advancing it.
    Test,
}

impl Clock {
    /// Business time, given the time of the book's last record.
    pub fn now(self, book: Moment) -> Moment {
        match self {
            Clock::System => book.max(machine_now()),
            Clock::Test => book,
        }
    }
}

/// The machine's time: for signature windows, rate limits, and as business time outside a sandbox.
#[expect(clippy::disallowed_methods, reason = "this is the one system clock")]
pub fn machine_now() -> Moment {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}

/// A stopwatch for how far history trails; not a time of day.
pub(crate) fn ticks() -> Instant {
    Instant::now()
}
