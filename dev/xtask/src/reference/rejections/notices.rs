//! When refusals about notices and webhooks come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::notices::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::WebhookNotFound => "There never was such a webhook.",
        Reason::DeliveryNotFound => "Nothing was sent to that webhook under this number.",
        Reason::WebhookRemoved => "The webhook was removed.",
    }
}
