//! When refusals about notices and webhooks come.

use credere_core::book::notices::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::WebhookNotFound => "There never was such a webhook.",
        Reason::DeliveryNotFound => "Nothing was sent to that webhook under this number.",
        Reason::WebhookRemoved => "The webhook was removed.",
    }
}
