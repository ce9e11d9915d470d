//! The reasons for which a command about subscriptions and webhooks is refused.

use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// There never was such a webhook.
    #[refused(NotFound, Never)]
    WebhookNotFound = 1,
    /// Nothing was sent to that webhook under this number.
    #[refused(NotFound, Never)]
    DeliveryNotFound = 2,
    /// The webhook was removed.
    #[refused(Conflict, Never)]
    WebhookRemoved = 3,
}
