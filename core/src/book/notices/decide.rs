//! What accounts want to be told of, and the webhooks that tell it.

use super::command::{AddWebhook, Subscribe};
use super::event::{Subscribed, WebhookAdded, WebhookRemoved, WebhookSecretRotated};
use crate::book::{Book, Decision, Rejection};
use crate::channel::WebhookId;

pub(super) fn subscribe(book: &Book, asked: &Subscribe) -> Result<Decision, Rejection> {
    let Subscribe { uin, subscription } = *asked;
    book.existing_account(uin)?;
    Ok(Subscribed { uin, subscription }.into())
}

pub(super) fn add_webhook(book: &Book, asked: &AddWebhook) -> Result<Decision, Rejection> {
    let AddWebhook { account, kinds } = asked;
    if let Some(account) = *account {
        book.existing_account(account)?;
    }
    book.next_number()?;
    Ok(WebhookAdded { account: *account, kinds: kinds.clone() }.into())
}

pub(super) fn rotate_webhook_secret(book: &Book, id: WebhookId) -> Result<Decision, Rejection> {
    book.webhook(id)?;
    Ok(WebhookSecretRotated { id }.into())
}

pub(super) fn remove_webhook(book: &Book, id: WebhookId) -> Result<Decision, Rejection> {
    book.webhook(id)?;
    Ok(WebhookRemoved { id }.into())
}
