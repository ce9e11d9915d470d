//! The events about subscriptions and webhooks. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{Subscription, Uin, WebhookId};
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Event {
    Subscribed(Subscribed) = 1,
    WebhookAdded(WebhookAdded) = 2,
    WebhookSecretRotated(WebhookSecretRotated) = 3,
    WebhookRemoved(WebhookRemoved) = 4,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribed {
    pub uin: Uin,
    pub subscription: Subscription,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAdded {
    pub account: Option<Uin>,
    pub kinds: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSecretRotated {
    pub id: WebhookId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRemoved {
    pub id: WebhookId,
}

events!(Notices: Subscribed, WebhookAdded, WebhookSecretRotated, WebhookRemoved);

impl Event {
    /// The event's name in logs and explanations.
    pub const fn name(&self) -> &'static str {
        match self {
            Event::Subscribed(_) => "subscribed",
            Event::WebhookAdded(_) => "webhook_added",
            Event::WebhookSecretRotated(_) => "webhook_secret_rotated",
            Event::WebhookRemoved(_) => "webhook_removed",
        }
    }
}
