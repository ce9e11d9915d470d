//! The reasons for which a command about subscriptions and webhooks is refused.

use crate::book::{Meaning, Retry, Status};
use credere_numbered::Numbered;

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// There is no such webhook.
    WebhookNotFound = 1,
    /// Nothing was sent to that webhook under this number.
    DeliveryNotFound = 2,
    /// The webhook was removed.
    WebhookRemoved = 3,
}

impl Reason {
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::WebhookNotFound => Meaning::of("webhook_not_found", Status::NotFound, Retry::Never),
            Reason::DeliveryNotFound => Meaning::of("delivery_not_found", Status::NotFound, Retry::Never),
            Reason::WebhookRemoved => Meaning::of("webhook_removed", Status::Conflict, Retry::Never),
        }
    }
}
