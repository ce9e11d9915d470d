//! The events about subscriptions and webhooks. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{Subscription, Uin, WebhookId};
use serde::{Deserialize, Serialize};

events!(Notices {
    Subscribed = 1,
    WebhookAdded = 2,
    WebhookSecretRotated = 3,
    WebhookRemoved = 4,
});

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
