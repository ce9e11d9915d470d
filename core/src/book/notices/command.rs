//! The commands about subscriptions and webhooks.

use crate::access::Action;
use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{Subscription, Uin, WebhookId};

/// One request for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Says what an account wants to be told of, and where.
    Subscribe(Subscribe),
    /// Adds a webhook (its address and secret are in the directory).
    AddWebhook(AddWebhook),
    /// Gives a webhook a new secret (which is in the directory).
    RotateWebhookSecret(RotateWebhookSecret),
    /// Removes a webhook.
    RemoveWebhook(RemoveWebhook),
}

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

commands!(Notices: Subscribe, AddWebhook, RotateWebhookSecret, RemoveWebhook);

impl Command {
    /// What this is in the access matrix, and the account that it is done to.
    pub fn action(&self) -> (Action, Option<Uin>) {
        match self {
            Command::Subscribe(asked) => (Action::Subscribe, Some(asked.uin)),
            Command::AddWebhook(asked) => (Action::AddWebhook, asked.account),
            Command::RotateWebhookSecret(_) => (Action::RotateWebhookSecret, None),
            Command::RemoveWebhook(_) => (Action::RemoveWebhook, None),
        }
    }

    /// Where it is decided.
    pub fn home(&self) -> Home {
        match self {
            Command::Subscribe(asked) => Home::Account(asked.uin),
            Command::AddWebhook(asked) => asked.account.map_or(Home::Deployment, Home::Account),
            Command::RotateWebhookSecret(RotateWebhookSecret { id }) | Command::RemoveWebhook(RemoveWebhook { id }) => {
                Home::Id(id.0)
            }
        }
    }
}
