//! What refusals about resources and usage say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::metering::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::ResourceNotFound => {
            ("There is no such resource", "no resource of this name runs or is stopped".to_owned())
        }
        Reason::ResourceExists => {
            ("The resource is there", "a resource of this name runs or is stopped already".to_owned())
        }
        Reason::NotYourResource => {
            ("The resource is another account's", "the resource that is named belongs to another account".to_owned())
        }
        Reason::ResourceNotActive(state) => {
            ("The resource does not run", format!("the resource is `{}`, and would have to be `active`", state.name()))
        }
        Reason::PeriodTooOld => {
            ("The period is too old", "a usage period may have begun at most 18 months ago".to_owned())
        }
        Reason::PeriodTooEarly => {
            ("The period is too early", "a usage period may begin at most 31 days from now".to_owned())
        }
        Reason::ActionTypeNotMetered => (
            "The action type is not metered",
            "orders and their refunds post lines of this action type, usage records do not (R81)".to_owned(),
        ),
        Reason::QuantityNotPositive => ("The quantity is not positive", "the quantity must be above zero".to_owned()),
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::ResourceNotActive(state) => problem.with("state", state.name()),
        _ => problem,
    }
}
