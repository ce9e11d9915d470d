//! What refusals about somebody's own money say.
//! When they come is the core's affair.

use credere_core::book::finance::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::NoFinance(uin) => (
            "The account has no money of its own",
            format!("account {uin} is a reseller or has its credit from one, and does not pay for itself (O3)"),
        ),
    }
}
