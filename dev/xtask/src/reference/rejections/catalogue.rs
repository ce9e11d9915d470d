//! When refusals about products and discounts come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::catalogue::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::ProductNotFound => "No product has this code.",
        Reason::DiscountNotFound => "There never was such a discount.",
        Reason::ProductExists => "The code is taken by another product.",
        Reason::NotManaged { .. } => "The customer is managed neither by that partner nor below it.",
        Reason::DiscountEnded => "The discount was ended, by itself or with its customer's binding (R141).",
    }
}
