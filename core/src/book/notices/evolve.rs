//! Applying the events about subscriptions and webhooks.

use super::event::{Event, PaymentRequested, Subscribed, WebhookAdded, WebhookRemoved, WebhookSecretRotated};
use crate::book::Book;
use crate::book::fit::Misfit;
use crate::channel::WebhookId;
use crate::ledger::Moment;

/// Applies an event at journal position `seq`, decided at `at`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, at: Moment, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::PaymentRequested(PaymentRequested { order, .. }) => {
            book.open_order(order.id).ok_or("no such order")?;
            book.notices.requests.insert(order.id, at);
        }
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
