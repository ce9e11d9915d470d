//! Applying the events about how customers, and accounts that pay for themselves, stand.

use super::event::{CustomerChanged, CustomerReviewed, Event, ReviewedPayer, SuspensionForced, SuspensionLifted};
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::channel::{Standing, Uin};
use crate::ledger::{Day, Moment};

/// Applies an event that was decided at `at`.
pub(in crate::book) fn apply(book: &mut Book, at: Moment, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::CustomerChanged(CustomerChanged {
            customer: uin,
            non_stop,
            special_suspension,
            partner_warning,
            own_warning,
        }) => {
            let customer = book.customer_mut(*uin)?;
            (customer.spending.non_stop, customer.spending.special_suspension) = (*non_stop, *special_suspension);
            (customer.partner_warning, customer.own_warning) = (*partner_warning, *own_warning);
            book.note_low(*uin)?;
            book.reschedule(*uin);
        }
        Event::SuspensionForced(SuspensionForced { customer }) => {
            book.customer_mut(*customer)?.spending.forced_since.get_or_insert(at);
            book.reschedule(*customer);
        }
        Event::SuspensionLifted(SuspensionLifted { customer }) => {
            book.customer_mut(*customer)?.spending.forced_since = None;
            book.reschedule(*customer);
        }
        Event::CustomerReviewed(CustomerReviewed {
            customer: uin,
            day,
            overdue_since,
            notices,
            suspension,
            payer,
            ..
        }) => {
            book.review(*uin, *day, *overdue_since, *suspension)?;
            if let Some(ReviewedPayer { terms, .. }) = payer {
                book.review_member(*uin, *overdue_since, *terms)?;
            }
            let sent = notices.iter().filter_map(|notice| Some((notice.recipient, notice.level?)));
            book.standing.warn(*uin, *day, sent);
            book.reschedule(*uin);
        }
    }
    Ok(())
}

impl Book {
    /// Notes that an account's recipients were told what they were due today.
    fn review(&mut self, uin: Uin, day: Day, overdue_since: Option<Moment>, suspension: Standing) -> Fit<()> {
        let spending = self.spending_mut(uin)?;
        (spending.overdue_since, spending.notified) = (overdue_since, suspension);
        if let Ok(customer) = self.customer_mut(uin)
            && let Some(before) = customer.low_since
            && before < day
        {
            customer.low_since = Some(day);
            self.standing.low.remove(&(before, uin));
            self.standing.low.insert((day, uin));
        }
        Ok(())
    }
}
