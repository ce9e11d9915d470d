//! How an event fails to fit the book: what is read from disk is input, and never a panic.

use crate::ledger::NumbersExhausted;
use crate::money::Overflow;
use thiserror::Error;

/// An event does not fit the book: the journal is damaged, or belongs to another book.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("event {seq} ({event}) does not fit the book: {what}")]
pub struct Inconsistent {
    /// The event's journal position.
    pub seq: u64,
    /// Its name.
    pub event: &'static str,
    /// What does not fit.
    pub what: &'static str,
}

/// What does not fit, before the event's name is known.
pub(super) struct Misfit(pub(super) &'static str);

/// What applying a part of an event comes to.
pub(super) type Fit<T> = Result<T, Misfit>;

impl From<Overflow> for Misfit {
    fn from(Overflow: Overflow) -> Misfit {
        Misfit("a figure is out of range")
    }
}

impl From<NumbersExhausted> for Misfit {
    fn from(NumbersExhausted: NumbersExhausted) -> Misfit {
        Misfit("its position has no number")
    }
}

impl From<&'static str> for Misfit {
    fn from(what: &'static str) -> Misfit {
        Misfit(what)
    }
}
