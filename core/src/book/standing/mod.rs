//! How a customer stands: arrears, warnings, suspension (R96-R109).

mod asked;
mod command;
mod decide;
mod event;
mod evolve;
mod laws;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{ChangeCustomer, Command, ForceSuspension, ReviewCustomer};
pub use event::{CustomerChanged, CustomerReviewed, Event, ReviewedPayer, SuspensionForced, SuspensionLifted};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use state::State;

/// Judges a command about how customers stand.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::ChangeCustomer(asked) => decide::change(book, asked),
        Command::ForceSuspension(asked) => decide::force(book, context, asked),
        Command::ReviewCustomer(asked) => decide::review(book, context, asked.customer),
    }
}
