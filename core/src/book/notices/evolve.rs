//! Applying the events about subscriptions and webhooks.

use super::event::{Event, Subscribed, WebhookAdded, WebhookRemoved, WebhookSecretRotated};
use crate::book::Book;
use crate::book::fit::Misfit;
use crate::channel::WebhookId;

/// Applies an event at journal position `seq`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::Subscribed(Subscribed { uin, subscription }) => {
            book.parties.accounts.get_mut(*uin).ok_or("no such account")?.subscription = *subscription;
        }
        Event::WebhookAdded(WebhookAdded { account, .. }) => {
            book.index_webhook(WebhookId(book.number_at(seq)?), *account);
        }
        Event::WebhookSecretRotated(WebhookSecretRotated { id }) => {
            book.webhook(*id).map_err(|_| "no such webhook")?;
        }
        Event::WebhookRemoved(WebhookRemoved { id }) => {
            if !book.deployment.webhooks.remove(id) {
                book.notices.webhooks.remove(id).ok_or("no such webhook")?;
            }
            book.notices.removed_webhooks.insert(*id, ());
        }
    }
    Ok(())
}
