//! The part of the book about how customers stand: who is to be looked at.

use crate::book::Book;
use crate::book::pages::Pages;
use crate::channel::{Uin, Warned};
use crate::ledger::Day;
use std::collections::BTreeSet;

/// Who is to be looked at.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    /// Customers below some warning level, by the day on which that was last looked at.
    pub(in crate::book) low: BTreeSet<(Day, Uin)>,
    pub(in crate::book) warned: Pages<Uin, Warned>,
}

impl Book {
    /// Forgets what was sent on earlier days, which is of no use any more: each day has its own warnings (R99). Happens when
    /// bills are issued, so that it happens now and then.
    pub(in crate::book) fn forget_earlier_warnings(&mut self) {
        let today = self.deployment.calendar.day(self.now);
        self.standing.warned.retain(|warned| warned.day == today);
    }

    /// Notes who is below some warning level.
    pub(in crate::book) fn index_low(&mut self) {
        let customers =
            self.parties.accounts.iter().filter_map(|one| Some((one.customer.as_ref()?.low_since?, one.uin)));
        self.standing.low = customers.collect();
    }
}
