//! What refusals about orders, refunds and authorizations say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::buying::Reason;
use credere_core::channel::{OrderState, Side};

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::OrderNotFound => ("There is no such order", "no order has this id".to_owned()),
        Reason::AuthorizationNotFound => {
            ("There is no such authorization", "there never was an authorization with this id".to_owned())
        }
        Reason::NoCredit(uin) => (
            "The account has no credit",
            format!(
                "the account `{uin}` had no credit then, and its own money is set aside while a partner manages it"
            ),
        ),
        Reason::Unverified(uin) => (
            "The account is not verified",
            format!("the identity of the account `{uin}` is not verified, so it buys nothing new (R58)"),
        ),
        Reason::AccountSuspended(uin) => (
            "The account is suspended",
            format!("the account `{uin}` is suspended by force, which must end first (R58, R108)"),
        ),
        Reason::PaidOnBehalf { account, payer } => (
            "Somebody else pays",
            format!("the account `{payer}` pays on behalf of `{account}`, so that `by` is `payer` (O74)"),
        ),
        Reason::ResourceRequired => (
            "A resource is required",
            "a downgrade names the `resource_id` that becomes smaller, and only an order that names one is of a resource"
                .to_owned(),
        ),
        Reason::ExceedsPaid { requested, paid, .. } => (
            "More than was paid for the resource",
            format!("{requested} was to be given back, and {paid} was paid for the resource and is not given back yet"),
        ),
        Reason::OrderNot { state, needed: OrderState::Canceled | OrderState::Refunded } => {
            ("The order is in another state", format!("the order is `{}`, and would have to be open", state.name()))
        }
        Reason::OrderNot { state, needed } => (
            "The order is in another state",
            format!("the order is `{}`, and would have to be `{}`", state.name(), needed.name()),
        ),
        Reason::AuthorizationNotOpen => (
            "The authorization is not open",
            "the authorization was captured or released, or it has expired".to_owned(),
        ),
        Reason::AuthorizationNotDue => {
            ("The authorization is not due", "the authorization has not expired yet".to_owned())
        }
        Reason::DowngradeIsImmediate => (
            "A downgrade takes effect at once",
            "a downgrade gives its amount back at once, so that it has neither `capture: false` nor `park: true`"
                .to_owned(),
        ),
        Reason::ExpiryOutOfRange { .. } => (
            "The expiry is out of range",
            "an authorization ends in the future, and at most 30 days from now".to_owned(),
        ),
        Reason::InsufficientCredit { side, required, available, kind, .. } => {
            let line = match side {
                Side::Customer => "the customer's credit",
                Side::Payer => "what the payer has",
                Side::Partner => "the partner's spend line",
            };
            let rule = kind.rule(*side);
            (
                "Credit does not suffice",
                format!("{required} is needed of {line}, and {available} is available ({rule})"),
            )
        }
        Reason::ExceedsAuthorization { requested, open, .. } => {
            ("More than is held", format!("{requested} was to be captured, and {open} is held"))
        }
        Reason::ExceedsUnrefunded { requested, refundable, .. } => (
            "More than was paid",
            format!(
                "{requested} was to be given back, and {refundable} was paid for the resource and is neither given back nor \
                 promised yet (O77)"
            ),
        ),
        Reason::ExceedsRefundable { requested, refundable, .. } => (
            "More than was paid",
            format!("{requested} was to be given back, and {refundable} was paid and is not given back yet (R87)"),
        ),
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::InsufficientCredit { side, account, required, available, .. } => problem
            .with("side", side.name())
            .with("account_uin", account.number())
            .with_money("required", required)
            .with_money("available", available),
        Reason::ExceedsPaid { account, requested, paid } => {
            problem.with("account_uin", account.number()).with_money("requested", requested).with_money("paid", paid)
        }
        Reason::ExceedsAuthorization { account, requested, open } => {
            problem.with("account_uin", account.number()).with_money("requested", requested).with_money("open", open)
        }
        Reason::ExceedsRefundable { account, requested, refundable, .. }
        | Reason::ExceedsUnrefunded { account, requested, refundable } => problem
            .with("account_uin", account.number())
            .with_money("requested", requested)
            .with_money("refundable", refundable),
        Reason::OrderNot { state, needed: OrderState::Canceled | OrderState::Refunded } => {
            problem.with("state", state.name())
        }
        Reason::OrderNot { state, needed } => problem.with("state", state.name()).with("needed", needed.name()),
        Reason::NoCredit(uin) | Reason::Unverified(uin) | Reason::AccountSuspended(uin) => {
            problem.with("account_uin", uin.number())
        }
        Reason::PaidOnBehalf { account, payer } => {
            problem.with("account_uin", account.number()).with("payer_uin", payer.number())
        }
        Reason::ExpiryOutOfRange { latest } => problem.with_time("latest", latest),
        _ => problem,
    }
}
