//! All the state that decisions need, consistent with one journal position: one part an area, and where the book stands.
//! What is visible in an order is kept in that order.

use crate::book::{bills, buying, catalogue, deployment, metering, notices, parties, standing, vouchers};
use crate::channel::Uin;
use crate::ledger::{Calendar, Moment};

/// All state that decisions need, consistent with one journal position.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub(super) calendar: Calendar,
    pub(super) seq: u64,
    pub(super) now: Moment,
    pub(super) parties: parties::State,
    pub(super) catalogue: catalogue::State,
    pub(super) buying: buying::State,
    pub(super) metering: metering::State,
    pub(super) vouchers: vouchers::State,
    pub(super) bills: bills::State,
    pub(super) standing: standing::State,
    pub(super) notices: notices::State,
    pub(super) deployment: deployment::State,
}

impl Book {
    /// An empty book.
    pub fn new() -> Book {
        Book::default()
    }

    /// An empty book whose days and months are those of this calendar.
    pub fn in_calendar(calendar: Calendar) -> Book {
        Book { calendar, ..Book::default() }
    }

    /// Which day and month a moment belongs to.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// Journal position of the last record that this book knows; 0 for an empty one.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Business time of the last record.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Looks at the accounts that the commands are about, so that the memory they lie in is on its way when they are
    /// decided: looking them up one after the other would wait for each in turn. Changes nothing.
    pub fn foresee(&self, accounts: impl Iterator<Item = Uin>) -> u64 {
        let seen = accounts.filter_map(|uin| self.customer(uin));
        seen.fold(0, |all, customer| all ^ customer.bound_seq ^ u64::from(customer.open_authorizations))
    }
}
