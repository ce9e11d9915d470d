//! The reasons for which a command about subscriptions and webhooks is refused.

use crate::channel::Uin;
use crate::ledger::Moment;
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
    /// The order's account pays for itself, so that there is nobody to be asked (O83).
    #[refused(Conflict, Later)]
    NobodyElsePays(Uin) = 4,
    /// Whoever pays was asked to pay this order lately.
    #[refused(Conflict, Later, "payment_requested_lately")]
    RequestedLately {
        /// From when on it is asked again.
        again_at: Moment,
    } = 5,
}
