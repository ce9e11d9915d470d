//! The reasons for which a command about platform keys, the clock and lost records is refused.

use crate::book::{Retry, Status};
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
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Reason::PlatformKeyNotFound => "key_not_found",
            Reason::LastFullKey => "last_full_key",
            Reason::ClockGoesBack { .. } => "clock_goes_back",
            Reason::DecisionNotFound => "decision_not_found",
            Reason::ClockIsRight => "clock_is_right",
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Reason::PlatformKeyNotFound | Reason::DecisionNotFound => Status::NotFound,
            Reason::LastFullKey | Reason::ClockIsRight => Status::Conflict,
            Reason::ClockGoesBack { .. } => Status::Unprocessable,
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Reason::LastFullKey | Reason::ClockIsRight => Retry::Later,
            Reason::PlatformKeyNotFound | Reason::ClockGoesBack { .. } | Reason::DecisionNotFound => Retry::Never,
        }
    }
}
