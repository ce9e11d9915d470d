//! Who is told of what, and where: subscriptions and webhooks; and that a member asks its payer to pay an order (O83).

mod command;
mod decide;
mod event;
mod evolve;
mod laws;
mod payers;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{AddWebhook, Command, RemoveWebhook, RequestPayment, RotateWebhookSecret, Subscribe};
pub use event::{Event, PaymentRequested, Subscribed, WebhookAdded, WebhookRemoved, WebhookSecretRotated};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use state::State;

/// Judges a command about subscriptions and webhooks.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::Subscribe(asked) => decide::subscribe(book, asked),
        Command::AddWebhook(asked) => decide::add_webhook(book, asked),
        Command::RotateWebhookSecret(asked) => decide::rotate_webhook_secret(book, asked.id),
        Command::RemoveWebhook(asked) => decide::remove_webhook(book, asked.id),
        Command::RequestPayment(asked) => payers::request(book, context, asked),
    }
}
