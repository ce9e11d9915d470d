//! Who is whose customer: binding, unbinding (R10, R139-R141), and the managing partner's note.

use super::command::{BindCustomer, NoteCustomer, UnbindCustomer};
use super::event::{CustomerBound, CustomerNoted, CustomerUnbound};
use super::partners::allocated_after;
use super::reason::{Party, Reason};
use super::taking_over::{all_passed, holds, may_be_taken_over, must_not, not_in_organization, owes_nothing};
use crate::book::{Because, Book, Decision, Figure, Finding, Rejection, Rule, buying, vouchers};
use crate::channel::{Customer, Uin};

pub(super) fn bind(book: &Book, asked: &BindCustomer) -> Result<Decision, Rejection> {
    let BindCustomer { customer, partner } = *asked;
    let account = book.existing_account(customer)?;
    let kind = book.existing_partner(partner, Party::Partner)?.kind;
    if book.partner(customer).is_some() {
        return Err(Reason::AlreadyPartner(customer).into());
    }
    let refused = Reason::AlreadyBound(customer);
    let of = (customer, Figure::Bound);
    let free = Finding::must_be(Rule::R10, of, false, account.customer.is_some(), refused.meaning().code);
    if !free.passed() {
        return Err(refused.into());
    }
    not_in_organization(book, customer)?;
    // What an agent refers goes on paying for itself.
    let referred = !kind.manages_credit();
    let closed = if referred { Because::new() } else { may_be_taken_over(book, account)? };
    let because = [free].into_iter().chain(closed).collect();
    Ok(Decision { event: CustomerBound { customer, partner, referred }.into(), because })
}

/// The platform unbinds; the customer's consent is implied (R141). What an agent referred takes its money and all that is open
/// with it.
pub(super) fn unbind(book: &Book, asked: &UnbindCustomer) -> Result<Decision, Rejection> {
    let UnbindCustomer { customer } = *asked;
    let bound = book.existing_customer(customer)?;
    let partner = book.existing_partner(bound.partner, Party::Partner)?;
    not_in_organization(book, customer)?;
    let because = if bound.referred { Because::new() } else { may_be_unbound(book, customer, bound)? };
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

/// Nothing may be owed or frozen, and nothing keep it running for which nobody would pay (R140, R141).
fn may_be_unbound(book: &Book, uin: Uin, bound: &Customer) -> Result<Because, Rejection> {
    let non_stop = bound.spending.non_stop.prepaid || bound.spending.non_stop.postpaid;
    let forced = bound.spending.forced_since.is_some();
    let (account, parked) = (book.existing_account(uin)?, bound.spending.parked_orders > 0);
    all_passed([
        must_not((Rule::R108, uin, Figure::Forced), forced, buying::Reason::AccountSuspended(uin).into()),
        must_not((Rule::R140, uin, Figure::NonStop), non_stop, Reason::NonStopOn(uin).into()),
        owes_nothing(book, account, Rule::R140),
        must_not((Rule::R140, uin, Figure::OpenHolds), holds(book, account), Reason::HasOpenHolds(uin).into()),
        must_not((Rule::R140, uin, Figure::ParkedOrders), parked, Reason::HasParkedOrders(uin).into()),
    ])
}

pub(super) fn note(book: &Book, asked: &NoteCustomer) -> Result<Decision, Rejection> {
    let NoteCustomer { customer } = *asked;
    book.existing_customer(customer)?;
    Ok(CustomerNoted { customer }.into())
}
