//! When refusals about resources and usage come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::metering::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::ResourceNotFound => "No resource of this name runs or is stopped, and none ever did.",
        Reason::ResourceExists => "A resource of this name runs or is stopped already.",
        Reason::NotYourResource => "The resource belongs to another account than the record says.",
        Reason::ResourceNotActive(_) => "The resource is stopped, or it has ended.",
        Reason::PeriodTooOld => "The period began more than 18 months ago.",
        Reason::PeriodTooEarly => "The period begins more than 31 days from now.",
        Reason::ActionTypeNotMetered => "Orders and their refunds post lines of this type, usage does not (R81).",
        Reason::QuantityNotPositive => "The quantity must be above zero.",
    }
}
