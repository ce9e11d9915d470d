//! Packs: units of a product that were bought ahead, and cover their own account's usage, whoever pays for it (O82). How much
//! is left to pay then is `channel::pack`'s.

mod asked;
mod command;
mod decide;
mod event;
mod evolve;
mod laws;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{AddPack, Command};
pub use event::{Event, PackAdded};
pub use reason::Reason;

pub(super) use decide::cover;
pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use state::State;

/// Judges a command about packs.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::AddPack(asked) => decide::add(book, context, asked),
    }
}
