//! Why something asked of the bills is refused.

use crate::book::{Retry, Status};
use crate::ledger::{Moment, Month};
use credere_numbered::Numbered;

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// There is no such line on that bill.
    LineNotFound = 1,
    /// The month's bill is not issued yet (R94).
    MonthNotIssued {
        /// Which month.
        month: Month,
        /// When its bill will be issued.
        issued_at: Moment,
    } = 2,
}

impl Reason {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Reason::LineNotFound => "line_not_found",
            Reason::MonthNotIssued { .. } => "month_not_issued",
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Reason::LineNotFound => Status::NotFound,
            Reason::MonthNotIssued { .. } => Status::Unprocessable,
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Reason::MonthNotIssued { .. } => Retry::Later,
            Reason::LineNotFound => Retry::Never,
        }
    }
}
