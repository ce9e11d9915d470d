//! Who is whose customer: binding, unbinding (R10, R139-R141), and the managing partner's note.

use super::command::{BindCustomer, NoteCustomer, UnbindCustomer};
use super::event::{CustomerBound, CustomerNoted, CustomerUnbound};
use super::partners::allocated_after;
use super::reason::{Party, Reason};
use crate::book::{Because, Book, Decision, Figure, Finding, Rejection, Rule, buying, vouchers};
use crate::money::Amount;

pub(super) fn bind(book: &Book, asked: &BindCustomer) -> Result<Decision, Rejection> {
    let BindCustomer { customer, partner } = *asked;
    let account = book.existing_account(customer)?;
    book.existing_partner(partner, Party::Partner)?;
    if book.partner(customer).is_some() {
        return Err(Reason::AlreadyPartner(customer).into());
    }
    let refused = Reason::AlreadyBound(customer);
    let of = (customer, Figure::Bound);
    let free = Finding::must_be(Rule::R10, of, false, account.customer.is_some(), refused.meaning().code);
    if !free.passed() {
        return Err(refused.into());
    }
    Ok(Decision { event: CustomerBound { customer, partner }.into(), because: Because::from_iter([free]) })
}

/// The platform unbinds; the customer's consent is implied (R141). Nothing may be owed or frozen (R140), and nothing may
/// run for which nobody would pay.
pub(super) fn unbind(book: &Book, asked: &UnbindCustomer) -> Result<Decision, Rejection> {
    let UnbindCustomer { customer } = *asked;
    let bound = book.existing_customer(customer)?;
    let partner = book.existing_partner(bound.partner, Party::Partner)?;
    let available = bound.line.available();
    let runs = book.resources_of(customer).next().is_some();
    let holds = runs
        || bound.spending.processing_orders > 0
        || bound.spending.open_authorizations > 0
        || bound.line.frozen() != Amount::ZERO;
    let non_stop = bound.spending.non_stop.prepaid || bound.spending.non_stop.postpaid;
    let must_not = |rule, figure, found, refused: Rejection| {
        (Finding::must_be(rule, (customer, figure), false, found, refused.meaning().code), refused)
    };
    let overdue = Rejection::from(Reason::Overdue { customer, available });
    let of = (customer, Figure::CustomerAvailable);
    let checks = [
        must_not(
            Rule::R108,
            Figure::Forced,
            bound.spending.forced_since.is_some(),
            buying::Reason::AccountSuspended(customer).into(),
        ),
        must_not(Rule::R140, Figure::NonStop, non_stop, Reason::NonStopOn(customer).into()),
        (Finding::at_least(Rule::R140, of, Amount::ZERO, available, overdue.meaning().code), overdue),
        must_not(Rule::R140, Figure::OpenHolds, holds, Reason::HasOpenHolds(customer).into()),
        must_not(
            Rule::R140,
            Figure::ParkedOrders,
            bound.spending.parked_orders > 0,
            Reason::HasParkedOrders(customer).into(),
        ),
    ];
    let because = checks.iter().map(|(finding, _)| *finding).collect();
    if let Some((_, refused)) = checks.into_iter().find(|(finding, _)| !finding.passed()) {
        return Err(refused);
    }
    let returned = bound.line.limit();
    Ok(Decision {
        event: CustomerUnbound {
            customer,
            partner: partner.uin,
            returned,
            partner_allocated_after: allocated_after(partner, returned.negated()?)?,
            vouchers_after: vouchers::unused(book, customer),
        }
        .into(),
        because,
    })
}

pub(super) fn note(book: &Book, asked: &NoteCustomer) -> Result<Decision, Rejection> {
    let NoteCustomer { customer } = *asked;
    book.existing_customer(customer)?;
    Ok(CustomerNoted { customer }.into())
}
