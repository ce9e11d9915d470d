//! The reasons for which a command about receipts, payments and bills is refused.

use crate::book::{Because, Figure, Finding, Meaning, Retry, Rule, Status};
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
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::LineNotFound => Meaning::of("line_not_found", Status::NotFound, Retry::Never),
            Reason::MonthNotIssued { .. } => Meaning::of("month_not_issued", Status::Unprocessable, Retry::Later),
        }
    }

    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        match *self {
            Reason::MonthNotIssued { customer, unconfirmed, .. } => Because::from_iter([
                Finding::must_be(Rule::R94, (customer, Figure::BillIssued), true, false, self.meaning().code),
                Finding::noted(Rule::R92, (customer, Figure::Unconfirmed), unconfirmed),
            ]),
            Reason::LineNotFound => Because::new(),
        }
    }
}
