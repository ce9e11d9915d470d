//! What refusals about money that moves within an organization say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::transfers::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::TransferNotFound => {
            ("There is no such transfer", "there is no transfer with this id in the organization".to_owned())
        }
        Reason::EntityDiffers(uin) => {
            ("Not the same entity", format!("the member `{uin}` is of another entity than its admin, or of none (O95)"))
        }
        Reason::ExceedsTransferable { admin, requested, transferable } => (
            "More than can be handed over",
            format!("{requested} was asked, and the admin `{admin}` can hand over {transferable} of its cash (O96)"),
        ),
        Reason::ExceedsReturnable { member, requested, returnable } => (
            "More than can come back",
            format!("{requested} was asked, and {returnable} of it is left with the member `{member}` (O96)"),
        ),
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::ExceedsTransferable { admin, requested, transferable } => problem
            .with("account_uin", admin.number())
            .with_money("requested", requested)
            .with_money("transferable", transferable),
        Reason::ExceedsReturnable { member, requested, returnable } => problem
            .with("account_uin", member.number())
            .with_money("requested", requested)
            .with_money("returnable", returnable),
        Reason::EntityDiffers(uin) => problem.with("account_uin", uin.number()),
        Reason::TransferNotFound => problem,
    }
}
