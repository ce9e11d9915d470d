//! How a customer stands and who is told: its suspension settings and warning levels, forced suspension, reviews, and
//! what accounts want to be told (R96-R109).

use super::super::command::Command;
use super::super::event::Event;
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::{Context, Decision, accounts, binding, partners};
use crate::access::Actor;
use crate::channel::{AllowlistItem, Subscription, Uin, WebhookId};
use crate::ledger::Month;

pub(super) fn change(book: &Book, command: &Command) -> Result<Decision, Rejection> {
    let Command::ChangeCustomer { customer: uin, non_stop, special_suspension, partner_warning, own_warning } = command
    else {
        unreachable!("only called for this command");
    };
    let customer = binding::existing(book, *uin)?;
    // It is the partner that asks for the rule, so the partner is who must be granted it (R107).
    let granted = AllowlistItem::SpecialSuspension;
    if *special_suspension == Some(true)
        && !customer.special_suspension
        && !partners::existing(book, customer.partner, Party::Partner)?.allowlist.contains(&granted)
    {
        return Err(Rejection::NotAllowlisted(granted));
    }
    let levels = [partner_warning, own_warning].into_iter().flatten().flatten();
    if levels.into_iter().any(|level| *level > 100) {
        return Err(Rejection::LevelOutOfRange);
    }
    Ok(Event::CustomerChanged {
        customer: *uin,
        non_stop: non_stop.over(customer.non_stop),
        special_suspension: special_suspension.unwrap_or(customer.special_suspension),
        partner_warning: partner_warning.unwrap_or(customer.partner_warning),
        own_warning: own_warning.unwrap_or(customer.own_warning),
    }
    .into())
}

/// Partners need the grant for it; the platform does not (R108). Moves no credit (R109).
pub(super) fn force(book: &Book, context: &Context<'_>, customer: Uin, forced: bool) -> Result<Decision, Rejection> {
    binding::existing(book, customer)?;
    if let Actor::Account(partner) = context.actor {
        let granted = AllowlistItem::ForceSuspension;
        if !partners::existing(book, partner, Party::Partner)?.allowlist.contains(&granted) {
            return Err(Rejection::NotAllowlisted(granted));
        }
    }
    let event = if forced { Event::SuspensionForced { customer } } else { Event::SuspensionLifted { customer } };
    Ok(event.into())
}

/// Tells a customer's recipients what they are due; also on a day on which that is nothing.
pub(super) fn review(book: &Book, context: &Context<'_>, uin: Uin) -> Result<Decision, Rejection> {
    let customer = binding::existing(book, uin)?;
    let day = book.calendar().day(context.now);
    let notices = book.notices_due(uin, customer, context.now);
    let swept = customer.low_since.is_none_or(|last| last >= day);
    if notices.is_empty() && !customer.changed_unnoticed() && swept {
        return Err(Rejection::NothingDue);
    }
    Ok(Event::CustomerReviewed {
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

pub(super) fn subscribe(book: &Book, uin: Uin, subscription: Subscription) -> Result<Decision, Rejection> {
    accounts::existing(book, uin)?;
    Ok(Event::Subscribed { uin, subscription }.into())
}

pub(super) fn add_webhook(book: &Book, account: Option<Uin>, kinds: &[String]) -> Result<Decision, Rejection> {
    if let Some(account) = account {
        accounts::existing(book, account)?;
    }
    Ok(Event::WebhookAdded { account, kinds: kinds.to_vec() }.into())
}

pub(super) fn rotate_webhook_secret(book: &Book, id: WebhookId) -> Result<Decision, Rejection> {
    book.webhook(id)?;
    Ok(Event::WebhookSecretRotated { id }.into())
}

pub(super) fn remove_webhook(book: &Book, id: WebhookId) -> Result<Decision, Rejection> {
    book.webhook(id)?;
    Ok(Event::WebhookRemoved { id }.into())
}

/// Each month once, in order, and not before its time (R76).
pub(super) fn issue_bills(book: &Book, context: &Context<'_>, month: Month) -> Result<Decision, Rejection> {
    let next = book.issued().map(Month::next);
    if next != Some(month) || !book.calendar().issued(month, context.now) {
        return Err(Rejection::NothingDue);
    }
    Ok(Event::BillsIssued { month }.into())
}
