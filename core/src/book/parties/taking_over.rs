//! What must not be open of an account when somebody else comes to answer for what it spends, or ceases to (O3, R140).

use super::reason::Reason;
use crate::book::{Because, Book, Figure, Finding, Rejection, Rule, members};
use crate::channel::{Account, Uin};
use crate::money::Amount;

/// That nothing of an account's is held, frozen, running or to be paid, and that it owes nothing: from now on somebody else
/// answers for what it spends (O3).
pub(super) fn may_be_taken_over(book: &Book, account: &Account) -> Result<Because, Rejection> {
    let (uin, orders) = (account.uin, account.spender().spending.parked_orders > 0);
    all_passed([
        must_not((Rule::O3, uin, Figure::OpenHolds), holds(book, account) || orders, Reason::HasOpenHolds(uin).into()),
        owes_nothing(book, account, Rule::O3),
    ])
}

/// An account's place in the channel does not change while it is in an organization, as its admin or a member (R136), or pays for
/// an organization's members from outside (O59).
pub(super) fn not_in_organization(book: &Book, uin: Uin) -> Result<(), Rejection> {
    if book.organization_of(uin).is_some() {
        return Err(Reason::InOrganization(uin).into());
    }
    if book.pays_for_others(uin) { Err(members::Reason::PaysForOthers(uin).into()) } else { Ok(()) }
}

/// Whether something of an account's is held, frozen or running.
pub(super) fn holds(book: &Book, account: &Account) -> bool {
    let spending = account.spender().spending;
    book.resources_of(account.uin).next().is_some()
        || spending.processing_orders > 0
        || spending.open_authorizations > 0
        || account.frozen() != Amount::ZERO
}

pub(super) fn owes_nothing(book: &Book, account: &Account, rule: Rule) -> (Finding, Rejection) {
    let (uin, available) = (account.uin, account.spender().available);
    let overdue = Rejection::from(Reason::Overdue { customer: uin, available });
    let of = (uin, book.available_figure(uin));
    (Finding::at_least(rule, of, Amount::ZERO, available, overdue.meaning().code), overdue)
}

/// A condition that must not hold, and the refusal where it does.
pub(super) fn must_not(
    (rule, uin, figure): (Rule, Uin, Figure),
    found: bool,
    refused: Rejection,
) -> (Finding, Rejection) {
    (Finding::must_be(rule, (uin, figure), false, found, refused.meaning().code), refused)
}

/// What was found, or the refusal of what failed first.
pub(super) fn all_passed<const CHECKS: usize>(checks: [(Finding, Rejection); CHECKS]) -> Result<Because, Rejection> {
    let because = checks.iter().map(|(finding, _)| *finding).collect();
    match checks.into_iter().find(|(finding, _)| !finding.passed()) {
        Some((_, refused)) => Err(refused),
        None => Ok(because),
    }
}
