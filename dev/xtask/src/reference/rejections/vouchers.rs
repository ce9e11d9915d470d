//! When refusals about vouchers come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::vouchers::Reason;

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::VoucherNotFound => "There never was such a voucher.",
        Reason::ProductTrialNotYours => "A second-level reseller issues offers only (R115).",
        Reason::VoucherNotIssued(_) => "The voucher is used up, expired or taken back.",
        Reason::VoucherAmountOutOfRange { .. } => "A voucher is issued over at most 1,000,000 (R120).",
        Reason::ExceedsVoucherQuota { .. } => "More than a second-level reseller may still issue (R119).",
    }
}
