//! Applying an event: the only way a book changes. Events come from the journal as well as from a decision just made,
//! and what is read from disk is input: an event that does not fit the book is an [`Inconsistent`], never a panic. Each
//! area applies its own.

use crate::book::catalogue::State;
use crate::book::fit::{Fit, Inconsistent, Misfit};
use crate::book::{
    Book, Event, bills, buying, catalogue, deployment, finance, members, metering, notices, packs, parties, standing,
    transfers, vouchers,
};
use crate::ledger::Moment;

impl Book {
    /// Applies the event at journal position `seq`, decided at `at`.
    ///
    /// # Errors
    /// [`Inconsistent`]; the book must then be thrown away.
    pub fn evolve(&mut self, seq: u64, at: Moment, event: &Event) -> Result<(), Inconsistent> {
        self.pass(seq, at)
            .and_then(|()| apply(self, seq, at, event))
            .map(|()| self.begin(event))
            .map(|()| self.look_at_payers(event))
            .map_err(|Misfit(what)| Inconsistent { seq, event: event.name(), what })
    }

    /// Moves past a record that changes nothing (a refusal).
    ///
    /// # Errors
    /// [`Inconsistent`] when it is not the next one.
    pub fn skip(&mut self, seq: u64, at: Moment) -> Result<(), Inconsistent> {
        self.pass(seq, at).map_err(|Misfit(what)| Inconsistent { seq, event: "refusal", what })
    }

    /// The first bills to be issued are those of the month in which the book begins, or of the one before. Setting the
    /// clock is no beginning: a test clock starts at nothing.
    fn begin(&mut self, event: &Event) {
        if self.bills.issued.is_none() && !matches!(event, Event::Deployment(deployment::Event::ClockAdvanced(_))) {
            self.bills.issued = Some(self.deployment.calendar.last_issued(self.now));
        }
    }

    /// Whose members have to be reviewed is found anew where somebody who pays for others was touched.
    fn look_at_payers(&mut self, event: &Event) {
        if self.pays_for_anybody() {
            event.touches().for_each(|account| self.look_at_payer(account));
        }
    }

    fn pass(&mut self, seq: u64, at: Moment) -> Fit<()> {
        if seq != self.seq + 1 {
            return Err("it is not the next in order".into());
        }
        self.seq = seq;
        self.come_to(at);
        Ok(())
    }

    /// Time comes this far, and with it what begins or ends by the clock alone.
    pub(super) fn come_to(&mut self, at: Moment) {
        self.now = self.now.max(at);
        let State { discounts, running, .. } = &mut self.catalogue;
        running.pass(discounts, self.now);
    }
}

fn apply(book: &mut Book, seq: u64, at: Moment, event: &Event) -> Fit<()> {
    match event {
        Event::Parties(event) => parties::apply(book, seq, at, event),
        Event::Catalogue(event) => catalogue::apply(book, seq, event),
        Event::Buying(event) => buying::apply(book, seq, at, event),
        Event::Metering(event) => metering::apply(book, seq, event),
        Event::Vouchers(event) => vouchers::apply(book, seq, event),
        Event::Bills(event) => bills::apply(book, event),
        Event::Standing(event) => standing::apply(book, at, event),
        Event::Notices(event) => notices::apply(book, seq, at, event),
        Event::Finance(event) => finance::apply(book, seq, event),
        Event::Members(event) => members::apply(book, seq, at, event),
        Event::Packs(event) => packs::apply(book, seq, event),
        Event::Transfers(event) => transfers::apply(book, seq, event),
        Event::Deployment(event) => deployment::apply(book, event),
    }
}
