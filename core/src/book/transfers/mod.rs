//! Money that moves within an organization: what an admin hands to a member that pays for itself, and what comes back of it
//! (O95, O96). How much may move is `organization::transfer`'s.

mod asked;
mod command;
mod decide;
mod event;
mod evolve;
mod laws;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{Command, ReturnTransfer, TransferFunds};
pub use event::{Event, FundsTransferred, TransferReturned};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use state::State;

/// Judges a command about money that moves within an organization.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::TransferFunds(asked) => decide::transfer(book, context, asked),
        Command::ReturnTransfer(asked) => decide::give_back(book, asked),
    }
}
