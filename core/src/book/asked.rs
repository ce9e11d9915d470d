//! What was asked, told from what happened. An event holds all that its command said (and more), so a decision can be
//! taken again on the book as it stood before, to say which rules and figures decided; nothing of that is stored. Each
//! area tells its own.

use super::command::Command;
use super::event::Event;
use super::state::Book;

impl Event {
    /// The command that led to this event on the book as it stood before it. `None` for events whose command says nothing
    /// that was judged.
    pub fn asked(&self, before: &Book) -> Option<Command> {
        match self {
            Event::Parties(event) => event.asked(before),
            Event::Catalogue(event) => event.asked(before),
            Event::Buying(event) => event.asked(before),
            Event::Metering(event) => event.asked(before),
            Event::Vouchers(event) => event.asked(before),
            Event::Bills(event) => event.asked(before),
            Event::Standing(event) => event.asked(before),
            Event::Finance(event) => event.asked(before),
            Event::Members(event) => event.asked(before),
            Event::Packs(event) => event.asked(before),
            Event::Transfers(event) => Some(event.asked()),
            Event::Notices(_) | Event::Deployment(_) => None,
        }
    }
}
