//! What refusals about accounts, credentials, partners, bindings and allocation say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::parties::{Party, Reason};

/// Code and title where there is no such party.
pub(in crate::problem) const fn no_party(party: Party) -> (&'static str, &'static str) {
    match party {
        Party::Account => ("account_not_found", "There is no such account"),
        Party::Partner => ("partner_not_found", "There is no such partner"),
        Party::Customer => ("customer_not_found", "There is no such customer"),
        Party::Distributor => ("distributor_not_found", "There is no such distributor"),
        Party::SecondLevel => ("second_level_reseller_not_found", "There is no such second-level reseller"),
    }
}

const fn party(party: Party) -> &'static str {
    match party {
        Party::Account => "account",
        Party::Partner => "partner",
        Party::Customer => "customer",
        Party::Distributor => "distributor",
        Party::SecondLevel => "second-level reseller",
    }
}

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::PartyNotFound(what, uin) => (no_party(*what).1, format!("there is no {} `{uin}`", party(*what))),
        Reason::CredentialNotFound => {
            ("There is no such credential", "the account has no credential with this id".to_owned())
        }
        Reason::AccountExists(uin) => {
            ("The number is taken", format!("there is an account with the number `{uin}` already"))
        }
        Reason::AlreadyPartner(uin) => {
            ("The account is a partner", format!("the account `{uin}` is a partner already"))
        }
        Reason::AlreadyBound(uin) => {
            ("The account is a customer", format!("the account `{uin}` is bound to a partner already (R10)"))
        }
        Reason::WrongPartnerKind(kind) => {
            ("Not for a partner of this kind", format!("a partner of kind `{}` cannot have this", kind.name()))
        }
        Reason::DistributorRequired => (
            "A distributor is required",
            "a second-level reseller needs the `distributor_uin` that it is under (R2)".to_owned(),
        ),
        Reason::NonStopOn(uin) => (
            "A non-stop privilege is on",
            format!("the customer `{uin}` has a non-stop privilege, which must be off before it is unbound (R106)"),
        ),
        Reason::HasOpenHolds(uin) => {
            ("Something is still open", format!("the customer `{uin}` has frozen credit or open orders (R140)"))
        }
        Reason::HasParkedOrders(uin) => (
            "Orders are still to be paid",
            format!("the customer `{uin}` has orders that are to be paid; pay or cancel them first (R140)"),
        ),
        Reason::InOrganization(uin) => (
            "The account is in an organization",
            format!("the account `{uin}` is in an organization, so its place in the channel does not change (R136)"),
        ),
        Reason::QuotaNegative => ("A limit is negative", "a quota or line must not be below zero".to_owned()),
        Reason::PoolAmountOutOfRange { limit } => (
            "The amount is out of range",
            format!(
                "a pool takes at most {limit} at once, and may not be pulled from where that is switched off (R49)"
            ),
        ),
        Reason::ExceedsAllocatable { partner, requested, allocatable } => (
            "More than may be handed out",
            format!("{requested} was asked, and the partner `{partner}` may still hand out {allocatable} (R32, R47)"),
        ),
        Reason::ExceedsAvailable { requested, available, .. } => (
            "More than can be taken back",
            format!("{requested} was to be taken back, and {available} is available (R33)"),
        ),
        Reason::ExceedsPool { requested, remaining, .. } => (
            "More than remains in the pool",
            format!("{requested} was to be pulled, and {remaining} remains in the pool (R48)"),
        ),
        Reason::BelowAllocated { requested, allocated, .. } => {
            ("Below what is handed out", format!("the quota would be {requested}, and {allocated} is handed out"))
        }
        Reason::BelowIssued { requested, issued, .. } => (
            "Below what is issued",
            format!("the voucher quota would be {requested}, and {issued} is issued in vouchers (R119)"),
        ),
        Reason::Overdue { customer, available } => (
            "Something is owed",
            format!("the customer `{customer}` is overdue: its available credit is {available} (R140)"),
        ),
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::ExceedsAllocatable { partner, requested, allocatable } => problem
            .with("account_uin", partner.number())
            .with_money("requested", requested)
            .with_money("allocatable", allocatable),
        Reason::ExceedsAvailable { customer, requested, available } => problem
            .with("account_uin", customer.number())
            .with_money("requested", requested)
            .with_money("available", available),
        Reason::ExceedsPool { second_level, requested, remaining } => problem
            .with("account_uin", second_level.number())
            .with_money("requested", requested)
            .with_money("remaining", remaining),
        Reason::BelowAllocated { partner, requested, allocated } => problem
            .with("account_uin", partner.number())
            .with_money("requested", requested)
            .with_money("allocated", allocated),
        Reason::Overdue { customer, available } => {
            problem.with("account_uin", customer.number()).with_money("available", available)
        }
        Reason::BelowIssued { partner, requested, issued } => problem
            .with("account_uin", partner.number())
            .with_money("requested", requested)
            .with_money("issued", issued),
        Reason::PoolAmountOutOfRange { limit } => problem.with_money("limit", limit),
        Reason::WrongPartnerKind(kind) => problem.with("kind", kind.name()),
        Reason::PartyNotFound(_, uin)
        | Reason::AccountExists(uin)
        | Reason::AlreadyPartner(uin)
        | Reason::AlreadyBound(uin)
        | Reason::InOrganization(uin)
        | Reason::NonStopOn(uin)
        | Reason::HasOpenHolds(uin)
        | Reason::HasParkedOrders(uin) => problem.with("account_uin", uin.number()),
        _ => problem,
    }
}
