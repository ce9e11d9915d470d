//! When refusals about bills and receipts come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::bills::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::LineNotFound => "A line that was named is not on that bill.",
        Reason::MonthNotIssued { .. } => "The month's bill is not issued yet: on the 5th of the next month (R76, R94).",
    }
}
