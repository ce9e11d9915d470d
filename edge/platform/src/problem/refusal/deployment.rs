//! What refusals about platform keys, the clock and decisions say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::deployment::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::PlatformKeyNotFound => {
            ("There is no such key", "no platform key has this id, or it was taken back".to_owned())
        }
        Reason::DecisionNotFound => (
            "There is no such decision",
            "the journal has no decision under this request identifier and key; reading leaves none".to_owned(),
        ),
        Reason::ClockIsRight => (
            "The clock has not jumped",
            "the clock has not jumped, or is right again: there is nothing to accept".to_owned(),
        ),
        Reason::LastFullKey => (
            "The last full key stays",
            "this is the last platform key with full access; make another one first".to_owned(),
        ),
        Reason::ClockGoesBack { .. } => {
            ("The clock does not go back", "the test clock stands later than that already".to_owned())
        }
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::ClockGoesBack { now } => problem.with_time("now", now),
        _ => problem,
    }
}
