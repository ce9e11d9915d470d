//! What refusals about how customers stand say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::standing::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::NotAllowlisted { feature: item, .. } => (
            "The partner is not granted this",
            format!("the platform has not granted `{}` to this partner", item.name()),
        ),
        Reason::LevelOutOfRange => {
            ("The level is out of range", "a warning level is a percentage from 0 to 100 (R100)".to_owned())
        }
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::NotAllowlisted { partner, feature } => {
            problem.with("account_uin", partner.number()).with("feature", feature.name())
        }
        _ => problem,
    }
}
