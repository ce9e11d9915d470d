//! When refusals about platform keys, the clock and decisions come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::deployment::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::PlatformKeyNotFound => "There is no such platform key, or it was taken back.",
        Reason::DecisionNotFound => "There is no such request, or its batch has no operation with this key.",
        Reason::ClockIsRight => "The machine's clock has not jumped, so that there is nothing to accept.",
        Reason::LastFullKey => "The last platform key with full access cannot be taken back.",
        Reason::ClockGoesBack { .. } => "The test clock stands later than that already.",
    }
}
