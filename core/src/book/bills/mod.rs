//! What is owed and that it was paid: receipts, payments to the platform, bills that are issued (R27, R74-R76, R89-R95).

mod asked;
mod command;
mod decide;
mod event;
mod evolve;
mod laws;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{Command, ConfirmReceipt, IssueBills, NamedLine, PayPlatform, ReceiptLines};
pub use event::{BillsIssued, Event, PlatformPaid, ReceiptConfirmed, ReceiptPart};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use state::{BillKey, State};

/// Judges a command about receipts, payments and bills.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::ConfirmReceipt(asked) => decide::confirm(book, context, asked),
        Command::PayPlatform(asked) => decide::pay_platform(book, asked),
        Command::IssueBills(asked) => decide::issue(book, context, asked.month),
    }
}
