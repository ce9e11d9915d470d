//! Who is whose customer: binding, unbinding (R10, R139-R141), and the managing partner's note.

use super::command::{BindCustomer, NoteCustomer, UnbindCustomer};
use super::event::{CustomerBound, CustomerNoted, CustomerUnbound};
use super::partners::hand_down;
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
    if account.customer.is_some() {
        return Err(Reason::AlreadyBound(customer).into());
    }
    Ok(CustomerBound { customer, partner }.into())
}

/// The platform unbinds; the customer's consent is implied (R141). Nothing may be owed or frozen (R140), and nothing may
/// run for which nobody would pay.
pub(super) fn unbind(book: &Book, asked: &UnbindCustomer) -> Result<Decision, Rejection> {
    let UnbindCustomer { customer } = *asked;
    let bound = book.existing_customer(customer)?;
    let partner = book.existing_partner(bound.partner, Party::Partner)?;
    let available = bound.line.available();
    if bound.forced_since.is_some() {
        return Err(buying::Reason::AccountSuspended(customer).into());
    }
    if bound.non_stop.prepaid || bound.non_stop.postpaid {
        return Err(Reason::NonStopOn(customer).into());
    }
    if available.is_negative() {
        return Err(Reason::Overdue { customer, available }.into());
    }
    let runs = book.resources_of(customer).next().is_some();
    if runs || bound.processing_orders > 0 || bound.open_authorizations > 0 || bound.line.frozen() != Amount::ZERO {
        return Err(Reason::HasOpenHolds(customer).into());
    }
    if bound.parked_orders > 0 {
        return Err(Reason::HasParkedOrders(customer).into());
    }
    let returned = bound.line.limit();
    Ok(Decision {
        event: CustomerUnbound {
            customer,
            partner: partner.uin,
            returned,
            partner_allocated_after: hand_down(partner, returned.negated()?)?,
            vouchers_after: vouchers::unused(book, customer),
        }
        .into(),
        because: Because::from_iter([Finding {
            rule: Rule::R140,
            account: customer,
            figure: Figure::CustomerAvailable,
            required: Amount::ZERO,
            found: available,
        }]),
    })
}

pub(super) fn note(book: &Book, asked: &NoteCustomer) -> Result<Decision, Rejection> {
    let NoteCustomer { customer } = *asked;
    book.existing_customer(customer)?;
    Ok(CustomerNoted { customer }.into())
}
