//! Why something asked of the standing is refused.

use crate::book::{Retry, Status};
use crate::channel::AllowlistItem;
use credere_numbered::Numbered;

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// The partner has not been granted this.
    NotAllowlisted(AllowlistItem) = 1,
    /// A warning level is a percentage from 0 to 100 (R100).
    LevelOutOfRange = 2,
}

impl Reason {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Reason::NotAllowlisted(_) => "not_allowlisted",
            Reason::LevelOutOfRange => "level_out_of_range",
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Reason::NotAllowlisted(_) => Status::Forbidden,
            Reason::LevelOutOfRange => Status::Unprocessable,
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Reason::NotAllowlisted(_) => Retry::Later,
            Reason::LevelOutOfRange => Retry::Never,
        }
    }
}
