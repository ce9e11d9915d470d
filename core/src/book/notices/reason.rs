//! The reasons for which a command about subscriptions and webhooks is refused.

use crate::book::{Retry, Status};
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
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Reason::WebhookNotFound => "webhook_not_found",
            Reason::DeliveryNotFound => "delivery_not_found",
            Reason::WebhookRemoved => "webhook_removed",
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Reason::WebhookNotFound | Reason::DeliveryNotFound => Status::NotFound,
            Reason::WebhookRemoved => Status::Conflict,
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Reason::WebhookNotFound | Reason::DeliveryNotFound | Reason::WebhookRemoved => Retry::Never,
        }
    }
}
