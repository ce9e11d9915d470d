//! When refusals about how customers stand come.

use credere_core::book::standing::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::NotAllowlisted(_) => "The partner has not been granted this (R107, R108, R124).",
        Reason::LevelOutOfRange => "A warning level is a percentage from 0 to 100 (R100).",
    }
}
