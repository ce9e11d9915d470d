//! What refusals about vouchers say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::vouchers::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::VoucherNotFound => ("There is no such voucher", "no voucher has this id".to_owned()),
        Reason::ProductTrialNotYours => (
            "Trials come through the distributor",
            "a second-level reseller issues vouchers of usage `CustomerOffer` only (R115)".to_owned(),
        ),
        Reason::VoucherNotIssued(status) => {
            ("The voucher has ended", format!("the voucher is `{}`, and would have to be `issued`", status.name()))
        }
        Reason::VoucherAmountOutOfRange { limit } => {
            ("The amount is out of range", format!("a voucher is over more than zero and at most {limit} (R120)"))
        }
        Reason::ExceedsVoucherQuota { issuer, requested, remaining } => (
            "More than may be issued",
            format!("{requested} was to be issued, and {remaining} remains of the voucher quota of `{issuer}` (R119)"),
        ),
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::ExceedsVoucherQuota { issuer, requested, remaining } => problem
            .with("account_uin", issuer.number())
            .with_money("requested", requested)
            .with_money("remaining", remaining),
        Reason::VoucherAmountOutOfRange { limit } => problem.with_money("limit", limit),
        Reason::VoucherNotIssued(status) => problem.with("voucher_status", status.name()),
        _ => problem,
    }
}
