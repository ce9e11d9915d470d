//! The reasons for which a command about receipts, payments and bills is refused.

use crate::book::{Because, Figure, Finding, Retry, Rule, Status};
use crate::channel::Uin;
use crate::ledger::{Moment, Month};
use crate::money::Amount;
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
        /// Whose bill.
        customer: Uin,
        /// What the customer owes on it by now.
        unconfirmed: Amount,
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

    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        match *self {
            Reason::MonthNotIssued { customer, unconfirmed, .. } => Because::from_iter([
                Finding::must_be(Rule::R94, (customer, Figure::BillIssued), true, false, self.code()),
                Finding::noted(Rule::R92, (customer, Figure::Unconfirmed), unconfirmed),
            ]),
            Reason::LineNotFound => Because::new(),
        }
    }
}
