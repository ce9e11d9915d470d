//! What refusals about notices and webhooks say.
//! When they come is the core's affair.

use credere_core::book::notices::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::WebhookNotFound => ("There is no such webhook", "no webhook has this id, or it was removed".to_owned()),
        Reason::DeliveryNotFound => {
            ("There is no such delivery", "nothing was sent to that webhook under this number".to_owned())
        }
        Reason::WebhookRemoved => ("The webhook is gone", "the webhook was removed".to_owned()),
    }
}
