//! The reasons for which a command about platform keys, the clock and lost records is refused.

use crate::book::{Meaning, Retry, Status};
use crate::ledger::Moment;
use credere_numbered::Numbered;

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// There is no such platform key.
    PlatformKeyNotFound = 1,
    /// There is no such request, or it has no such operation.
    DecisionNotFound = 2,
    /// The last platform key with full access cannot be taken back.
    LastFullKey = 3,
    /// The machine's clock has not jumped, so that there is nothing to accept.
    ClockIsRight = 4,
    /// The clock does not go back.
    ClockGoesBack {
        /// Where it stands.
        now: Moment,
    } = 5,
}

impl Reason {
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::PlatformKeyNotFound => Meaning::of("key_not_found", Status::NotFound, Retry::Never),
            Reason::DecisionNotFound => Meaning::of("decision_not_found", Status::NotFound, Retry::Never),
            Reason::LastFullKey => Meaning::of("last_full_key", Status::Conflict, Retry::Later),
            Reason::ClockIsRight => Meaning::of("clock_is_right", Status::Conflict, Retry::Later),
            Reason::ClockGoesBack { .. } => Meaning::of("clock_goes_back", Status::Unprocessable, Retry::Never),
        }
    }
}
