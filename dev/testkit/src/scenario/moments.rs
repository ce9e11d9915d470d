//! What things are called in a scenario, and moments as it tells them.

use credere_core::ledger::Moment;

/// What a scenario calls a party, an order, an authorization or a discount.
pub type Name = String;

/// A span of business time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub i64);

/// A moment, counted from now or by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// So long from now, or ago.
    FromNow(Span),
    /// This moment.
    At(Moment),
}

impl Time {
    /// The moment, as seen from `now`.
    pub fn seen_from(self, now: Moment) -> Moment {
        match self {
            Time::FromNow(Span(seconds)) => now.plus_seconds(seconds),
            Time::At(moment) => moment,
        }
    }
}
