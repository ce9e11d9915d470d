//! Applying the events about somebody's own money.

use super::event::{Event, FinanceChanged, ToppedUp};
use crate::book::Book;
use crate::book::fit::Misfit;

/// Applies an event.
pub(in crate::book) fn apply(book: &mut Book, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::ToppedUp(ToppedUp { account, own_after, .. })
        | Event::FinanceChanged(FinanceChanged { account, own_after }) => {
            let account = book.parties.accounts.get_mut(*account).ok_or("no such account")?;
            account.own = Some(Box::new(*own_after));
        }
    }
    Ok(())
}
