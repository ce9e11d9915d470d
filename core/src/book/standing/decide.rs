//! How a customer stands: its suspension settings and warning levels, forced suspension, and reviews (R96-R109).

use super::command::{ChangeCustomer, ForceSuspension};
use super::event::{CustomerChanged, CustomerReviewed, SuspensionForced, SuspensionLifted};
use super::reason::Reason;
use crate::access::Actor;
use crate::book::parties::Party;
use crate::book::{Book, Context, Decision, Rejection};
use crate::channel::{AllowlistItem, Uin};

pub(super) fn change(book: &Book, asked: &ChangeCustomer) -> Result<Decision, Rejection> {
    let ChangeCustomer { customer: uin, non_stop, special_suspension, partner_warning, own_warning } = asked;
    let customer = book.existing_customer(*uin)?;
    // It is the partner that asks for the rule, so the partner is who must be granted it (R107).
    let granted = AllowlistItem::SpecialSuspension;
    if *special_suspension == Some(true)
        && !customer.special_suspension
        && !book.existing_partner(customer.partner, Party::Partner)?.allowlist.contains(&granted)
    {
        return Err(Reason::NotAllowlisted(granted).into());
    }
    let levels = [partner_warning, own_warning].into_iter().flatten().flatten();
    if levels.into_iter().any(|level| *level > 100) {
        return Err(Reason::LevelOutOfRange.into());
    }
    Ok(CustomerChanged {
        customer: *uin,
        non_stop: non_stop.over(customer.non_stop),
        special_suspension: special_suspension.unwrap_or(customer.special_suspension),
        partner_warning: partner_warning.unwrap_or(customer.partner_warning),
        own_warning: own_warning.unwrap_or(customer.own_warning),
    }
    .into())
}

/// Partners need the grant for it; the platform does not (R108). Moves no credit (R109).
pub(super) fn force(book: &Book, context: &Context<'_>, asked: &ForceSuspension) -> Result<Decision, Rejection> {
    let ForceSuspension { customer, forced } = *asked;
    book.existing_customer(customer)?;
    if let Actor::Account(partner) = context.actor {
        let granted = AllowlistItem::ForceSuspension;
        if !book.existing_partner(partner, Party::Partner)?.allowlist.contains(&granted) {
            return Err(Reason::NotAllowlisted(granted).into());
        }
    }
    Ok(if forced { SuspensionForced { customer }.into() } else { SuspensionLifted { customer }.into() })
}

/// Tells a customer's recipients what they are due; also on a day on which that is nothing.
pub(super) fn review(book: &Book, context: &Context<'_>, uin: Uin) -> Result<Decision, Rejection> {
    let customer = book.existing_customer(uin)?;
    let day = book.calendar().day(context.now);
    let notices = book.notices_due(uin, customer, context.now);
    let swept = customer.low_since.is_none_or(|last| last >= day);
    if notices.is_empty() && !customer.changed_unnoticed() && swept {
        return Err(Rejection::NothingDue);
    }
    Ok(CustomerReviewed {
        customer: uin,
        partner: customer.partner,
        day,
        overdue_since: customer.overdue().then(|| customer.overdue_since.unwrap_or(context.now)),
        available: customer.line.available(),
        total: customer.line.limit(),
        notices,
        suspension: customer.suspension(),
    }
    .into())
}
