//! The money of accounts that pay for themselves: paid in, given, limited (O3), and accounts' cards (O69). Which part of it
//! pays first is `ledger::finance`'s.

mod asked;
mod balance;
mod cards;
mod command;
mod decide;
mod event;
mod evolve;
mod laws;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use balance::Balance;
pub use command::{AddCard, ChangeFinance, Command, RemoveCard, TopUp};
pub use event::{CardAdded, CardRemoved, Event, FinanceChanged, ToppedUp};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use laws::check_laws;

/// Judges a command about somebody's own money.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::TopUp(asked) => decide::top_up(book, asked),
        Command::ChangeFinance(asked) => decide::change(book, asked),
        Command::AddCard(asked) => cards::add(book, context, asked),
        Command::RemoveCard(asked) => cards::remove(book, asked),
    }
}
