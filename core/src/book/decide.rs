//! Deciding: permission first, then existence, state, and the numbers last. Each area judges its own commands; each
//! function reads the book and answers with the one event that the command comes to. Nothing in here changes anything.

use super::command::Command;
use super::context::{Context, Decision};
use super::rejection::Rejection;
use super::state::Book;
use super::{
    bills, buying, catalogue, deployment, finance, members, metering, notices, packs, parties, standing, transfers,
    vouchers,
};

/// Decides a command against the book. Without [`Book::evolve`] afterwards this is a preview.
///
/// # Errors
/// The [`Rejection`], the first one in the order of precedence.
pub fn decide(book: &Book, command: &Command, context: &Context<'_>) -> Result<Decision, Rejection> {
    let (action, target) = command.action();
    book.permit(context.actor, action, target)?;
    match command {
        Command::Parties(command) => parties::decide(book, context, command),
        Command::Catalogue(command) => catalogue::decide(book, context, command),
        Command::Buying(command) => buying::decide(book, context, command),
        Command::Metering(command) => metering::decide(book, context, command),
        Command::Vouchers(command) => vouchers::decide(book, context, command),
        Command::Bills(command) => bills::decide(book, context, command),
        Command::Standing(command) => standing::decide(book, context, command),
        Command::Notices(command) => notices::decide(book, context, command),
        Command::Finance(command) => finance::decide(book, context, command),
        Command::Members(command) => members::decide(book, context, command),
        Command::Packs(command) => packs::decide(book, context, command),
        Command::Transfers(command) => transfers::decide(book, context, command),
        Command::Deployment(command) => deployment::decide(book, context, command),
    }
}
