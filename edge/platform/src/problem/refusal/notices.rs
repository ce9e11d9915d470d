//! What refusals about notices and webhooks say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::notices::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::WebhookNotFound => ("There is no such webhook", "no webhook has this id, or it was removed".to_owned()),
        Reason::DeliveryNotFound => {
            ("There is no such delivery", "nothing was sent to that webhook under this number".to_owned())
        }
        Reason::NobodyElsePays(uin) => (
            "Nobody else pays",
            format!("the account `{uin}` pays for itself, so that there is nobody to be asked (O83)"),
        ),
        Reason::RequestedLately { .. } => {
            ("Payment was requested lately", "whoever pays was asked to pay this order within the last hour".to_owned())
        }
        Reason::WebhookRemoved => ("The webhook is gone", "the webhook was removed".to_owned()),
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::NobodyElsePays(uin) => problem.with("account_uin", uin.number()),
        Reason::RequestedLately { again_at } => problem.with_time("again_at", again_at),
        Reason::WebhookNotFound | Reason::DeliveryNotFound | Reason::WebhookRemoved => problem,
    }
}
