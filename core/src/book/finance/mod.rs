//! The money of accounts that pay for themselves: paid in, given, limited (O3), accounts' cards (O69), and whose offers an
//! account has by the sales' word (O102). Which part of money pays first is `ledger::finance`'s.

mod asked;
mod balance;
mod cards;
mod command;
mod decide;
mod event;
mod evolve;
mod inheritance;
mod laws;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use balance::Balance;
pub use command::{AddCard, ChangeFinance, Command, EndInheritance, InheritOffers, RemoveCard, TopUp};
pub use event::{CardAdded, CardRemoved, Event, FinanceChanged, InheritanceEnded, OffersInherited, ToppedUp};
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
        Command::InheritOffers(asked) => inheritance::begin(book, asked),
        Command::EndInheritance(asked) => inheritance::end(book, asked),
    }
}
