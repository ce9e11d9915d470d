//! What refusals about packs say.
//! When they come is the core's affair.

use credere_core::book::packs::Reason;

/// Title and sentence.
pub(super) fn words(reason: Reason) -> (&'static str, String) {
    match reason {
        Reason::UnitsNotPositive => ("There are no units", "the units must be above zero (O82)".to_owned()),
        Reason::CompensationHasUnits => (
            "A compensation has no units",
            "what lowers a cost gives no units back to a pack, and so names none (O82)".to_owned(),
        ),
    }
}
