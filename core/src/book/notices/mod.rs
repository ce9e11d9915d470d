//! Who is told of what, and where: subscriptions and webhooks.

mod command;
mod decide;
mod event;
mod evolve;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{AddWebhook, Command, RemoveWebhook, RotateWebhookSecret, Subscribe};
pub use event::{Event, Subscribed, WebhookAdded, WebhookRemoved, WebhookSecretRotated};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use state::State;

/// Judges a command about subscriptions and webhooks.
pub(super) fn decide(book: &Book, _context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::Subscribe(asked) => decide::subscribe(book, asked),
        Command::AddWebhook(asked) => decide::add_webhook(book, asked),
        Command::RotateWebhookSecret(asked) => decide::rotate_webhook_secret(book, asked.id),
        Command::RemoveWebhook(asked) => decide::remove_webhook(book, asked.id),
    }
}
