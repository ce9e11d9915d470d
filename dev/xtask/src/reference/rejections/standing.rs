//! When refusals about how customers stand come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::standing::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::NotAllowlisted { .. } => "The partner has not been granted this (R107, R108, R124).",
        Reason::LevelOutOfRange => "A warning level is a percentage from 0 to 100 (R100).",
    }
}
