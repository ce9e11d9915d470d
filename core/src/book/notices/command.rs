//! The commands about subscriptions and webhooks.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::book::named::Named;
use crate::channel::{OrderId, OrderState, Subscription, Uin, WebhookId};

commands!(Notices {
    Subscribe(asked) => Some(asked.uin), Home::Account(asked.uin);
    AddWebhook(asked) => asked.account, asked.account.map_or(Home::Deployment, Home::Account);
    RotateWebhookSecret(asked) => None, Home::Id(asked.id.0);
    RemoveWebhook(asked) => None, Home::Id(asked.id.0);
    RequestPayment(asked) => None, Home::Id(asked.order.id.0);
});

/// Says what an account wants to be told of, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribe {
    /// The account that is to be told.
    pub uin: Uin,
    /// What and where.
    pub subscription: Subscription,
}

/// Adds a webhook (its address and secret are in the directory).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddWebhook {
    /// Whose; the platform's own where absent.
    pub account: Option<Uin>,
    /// Which kinds of events; all where empty.
    pub kinds: Vec<String>,
}

/// Gives a webhook a new secret (which is in the directory).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotateWebhookSecret {
    /// The webhook that gets another secret.
    pub id: WebhookId,
}

/// Removes a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveWebhook {
    /// The webhook that goes.
    pub id: WebhookId,
}

/// Asks whoever pays on behalf of an order's account to pay it (O83).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPayment {
    /// The order that waits.
    pub order: Named<OrderId, OrderState>,
}
