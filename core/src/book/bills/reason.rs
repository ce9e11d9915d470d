//! The reasons for which a command about receipts, payments and bills is refused.

use crate::book::{Because, Figure, Finding, Rule};
use crate::channel::Uin;
use crate::ledger::{Moment, Month};
use crate::money::Amount;
use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// A line that was named is not on that bill.
    #[refused(NotFound, Never)]
    LineNotFound = 1,
    /// The month's bill is not issued yet: on the 5th of the next month (R76, R94).
    #[refused(Unprocessable, Later)]
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
