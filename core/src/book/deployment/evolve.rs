//! Applying the events about platform keys, the clock and lost records.

use super::event::{ClockAdvanced, Event, PlatformKeyIssued, PlatformKeyRevoked};
use crate::book::Book;
use crate::book::fit::Misfit;

/// Applies an event.
pub(in crate::book) fn apply(book: &mut Book, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::PlatformKeyIssued(PlatformKeyIssued { key, access }) => {
            book.deployment.add_key(*key, *access);
            book.deployment.next_platform_key = book.deployment.next_platform_key.max(key.saturating_add(1));
        }
        Event::PlatformKeyRevoked(PlatformKeyRevoked { key }) => {
            book.deployment.remove_key(*key).ok_or("no such platform key")?;
        }
        Event::ClockAdvanced(ClockAdvanced { to }) => book.come_to(*to),
        // The record's own time says when it is from then on.
        Event::ClockAccepted(_) => {}
        // What was lost has never been in this book.
        Event::LossAccepted(_) => {}
    }
    Ok(())
}
