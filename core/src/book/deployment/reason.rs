//! The reasons for which a command about platform keys, the clock and lost records is refused.

use crate::ledger::Moment;
use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// There is no such platform key, or it was taken back.
    #[refused(NotFound, Never, "key_not_found")]
    PlatformKeyNotFound = 1,
    /// There is no such request, or its batch has no operation with this key.
    #[refused(NotFound, Never)]
    DecisionNotFound = 2,
    /// The last platform key with full access cannot be taken back.
    #[refused(Conflict, Later)]
    LastFullKey = 3,
    /// The machine's clock has not jumped, so that there is nothing to accept.
    #[refused(Conflict, Later)]
    ClockIsRight = 4,
    /// The test clock stands later than that already.
    #[refused(Unprocessable, Never)]
    ClockGoesBack {
        /// Where it stands.
        now: Moment,
    } = 5,
}
