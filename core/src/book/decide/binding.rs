//! Who is whose customer: binding, unbinding (R10, R139-R141), and the managing partner's note.

use super::super::because::{Because, Figure, Finding, Rule};
use super::super::event::Event;
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::{Decision, accounts, partners, vouchers};
use crate::channel::{Customer, Uin};
use crate::money::Amount;

pub(super) fn existing(book: &Book, uin: Uin) -> Result<&Customer, Rejection> {
    book.customer(uin).ok_or(Rejection::PartyNotFound(Party::Customer, uin))
}

pub(super) fn bind(book: &Book, customer: Uin, partner: Uin) -> Result<Decision, Rejection> {
    let account = accounts::existing(book, customer)?;
    partners::existing(book, partner, Party::Partner)?;
    if book.partner(customer).is_some() {
        return Err(Rejection::AlreadyPartner(customer));
    }
    if account.customer.is_some() {
        return Err(Rejection::AlreadyBound(customer));
    }
    Ok(Event::CustomerBound { customer, partner }.into())
}

/// The platform unbinds; the customer's consent is implied (R141). Nothing may be owed or frozen (R140), and nothing may
/// run for which nobody would pay.
pub(super) fn unbind(book: &Book, customer: Uin) -> Result<Decision, Rejection> {
    let bound = existing(book, customer)?;
    let partner = partners::existing(book, bound.partner, Party::Partner)?;
    let available = bound.line.available();
    if bound.forced_since.is_some() {
        return Err(Rejection::AccountSuspended(customer));
    }
    if bound.non_stop.prepaid || bound.non_stop.postpaid {
        return Err(Rejection::NonStopOn(customer));
    }
    if available.is_negative() {
        return Err(Rejection::Overdue { customer, available });
    }
    let runs = book.resources_of(customer).next().is_some();
    if runs || bound.processing_orders > 0 || bound.open_authorizations > 0 || bound.line.frozen() != Amount::ZERO {
        return Err(Rejection::HasOpenHolds(customer));
    }
    if bound.parked_orders > 0 {
        return Err(Rejection::HasParkedOrders(customer));
    }
    let returned = bound.line.limit();
    Ok(Decision {
        event: Event::CustomerUnbound {
            customer,
            partner: partner.uin,
            returned,
            partner_allocated_after: partners::hand_down(partner, returned.negated()?)?,
            vouchers_after: vouchers::unused(book, customer),
        },
        because: Because::from_iter([Finding {
            rule: Rule::R140,
            account: customer,
            figure: Figure::CustomerAvailable,
            required: Amount::ZERO,
            found: available,
        }]),
    })
}

pub(super) fn note(book: &Book, customer: Uin) -> Result<Decision, Rejection> {
    existing(book, customer)?;
    Ok(Event::CustomerNoted { customer }.into())
}
