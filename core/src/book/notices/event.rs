//! The events about subscriptions and webhooks. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{Order, PayerTold, Subscription, Uin, WebhookId};
use serde::{Deserialize, Serialize};

events!(Notices {
    Subscribed = 1,
    WebhookAdded = 2,
    WebhookSecretRotated = 3,
    WebhookRemoved = 4,
    PaymentRequested = 5,
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

/// Whoever pays on behalf of an order's account was asked to pay it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequested {
    /// As it stands.
    pub order: Box<Order>,
    /// Who was asked.
    pub payer: Uin,
    pub told: PayerTold,
}

impl Event {
    /// Whose order it is about, where it is about one.
    pub(in crate::book) fn account(&self) -> Option<Uin> {
        match self {
            Event::PaymentRequested(requested) => Some(requested.order.account),
            Event::Subscribed(_)
            | Event::WebhookAdded(_)
            | Event::WebhookSecretRotated(_)
            | Event::WebhookRemoved(_) => None,
        }
    }
}
