//! Applying the events about receipts, payments and bills.

use super::event::{BillsIssued, Event, PlatformPaid, ReceiptConfirmed};
use crate::book::Book;
use crate::book::fit::Misfit;

/// Applies an event.
pub(in crate::book) fn apply(book: &mut Book, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::PlatformPaid(PlatformPaid { partner, partner_after, .. }) => *book.spend_mut(*partner)? = *partner_after,
        Event::ReceiptConfirmed(ReceiptConfirmed {
            customer, month, partner, parts, named, customer_after, ..
        }) => {
            book.confirm((*customer, *partner), *month, parts, named.as_deref())?;
            if let Some(line) = customer_after {
                book.change_customer_line(*customer, |_| Ok(*line))?;
            }
        }
        Event::BillsIssued(BillsIssued { month }) => book.bills.issued = Some(*month),
    }
    Ok(())
}
