//! The reasons for which a command about packs, or usage in units, is refused.

use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// A pack has units, and usage that is told in units uses some.
    #[refused(Unprocessable, Never)]
    UnitsNotPositive = 1,
    /// What lowers a cost gives no units back, and so names none.
    #[refused(Unprocessable, Never)]
    CompensationHasUnits = 2,
}
