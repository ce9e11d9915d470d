//! How a customer stands: its suspension settings and warning levels, forced suspension, and reviews (R96-R109).
//! Which warning levels are due is in `channel::warning` (R96-R102), when a resource stops in `channel::resource`.

use super::command::{ChangeCustomer, ForceSuspension};
use super::event::{CustomerChanged, CustomerReviewed, ReviewedPayer, SuspensionForced, SuspensionLifted};
use super::reason::{Reason, granted};
use crate::access::Actor;
use crate::book::parties::Party;
use crate::book::{Because, Book, Context, Decision, Figure, Finding, Rejection, Rule, Value, parties};
use crate::channel::{Account, AllowlistItem, Customer, Notice, PartnerKind, Spender, Uin};
use crate::money::Amount;
use std::cmp::Reverse;

pub(super) fn change(book: &Book, asked: &ChangeCustomer) -> Result<Decision, Rejection> {
    let ChangeCustomer { customer: uin, non_stop, special_suspension, partner_warning, own_warning } = asked;
    let customer = lent_to(book, *uin)?;
    let mut because = Because::new();
    // It is the partner that asks for the rule, so the partner is who must be granted it (R107).
    if *special_suspension == Some(true) && !customer.spending.special_suspension {
        because.push(must_be_granted(book, customer.partner, AllowlistItem::SpecialSuspension)?);
    }
    let levels = [partner_warning, own_warning].into_iter().flatten().flatten();
    if levels.into_iter().any(|level| *level > 100) {
        return Err(Reason::LevelOutOfRange.into());
    }
    let event = CustomerChanged {
        customer: *uin,
        non_stop: non_stop.over(customer.spending.non_stop),
        special_suspension: special_suspension.unwrap_or(customer.spending.special_suspension),
        partner_warning: partner_warning.unwrap_or(customer.partner_warning),
        own_warning: own_warning.unwrap_or(customer.own_warning),
    };
    because.extend(switched(customer, &event));
    because.extend(levelled(customer, &event));
    Ok(Decision { event: event.into(), because })
}

pub(super) fn force(book: &Book, context: &Context<'_>, asked: &ForceSuspension) -> Result<Decision, Rejection> {
    let ForceSuspension { customer: uin, forced } = *asked;
    let customer = lent_to(book, uin)?;
    let granted = match context.actor {
        Actor::Account { uin: partner, .. } => Some(must_be_granted(book, partner, AllowlistItem::ForceSuspension)?),
        Actor::Platform { .. } | Actor::System => None,
    };
    let of = (uin, Figure::Forced);
    let changed = Finding::becomes(Rule::R108, of, customer.spending.forced_since.is_some(), forced);
    let event =
        if forced { SuspensionForced { customer: uin }.into() } else { SuspensionLifted { customer: uin }.into() };
    Ok(Decision { event, because: granted.into_iter().chain([changed]).collect() })
}

pub(super) fn review(book: &Book, context: &Context<'_>, uin: Uin) -> Result<Decision, Rejection> {
    let account = book.existing_account(uin)?;
    let spender = book.stands(account).ok_or(parties::Reason::PartyNotFound(Party::Customer, uin))?;
    let customer = account.on_credit();
    let day = book.calendar().day(context.now);
    let notices = book.notices_due(account, context.now);
    let swept = customer.and_then(|customer| customer.low_since).is_none_or(|last| last >= day);
    if notices.is_empty() && !book.stands_unnoticed(account) && swept {
        return Err(Rejection::NothingDue);
    }
    let because = reviewed(book, account, spender, &notices);
    let event = CustomerReviewed {
        customer: uin,
        day,
        overdue_since: spender.overdue().then(|| spender.spending.overdue_since.unwrap_or(context.now)),
        available: account.spender().available,
        total: customer.map_or_else(|| account.own().finance.credit_limit(), |customer| customer.line.limit()),
        notices,
        suspension: spender.suspension(),
        payer: book.payer_of(uin).zip(book.terms_of_payer(uin)).map(|(payer, terms)| ReviewedPayer {
            payer,
            terms,
            available: spender.available,
        }),
    };
    Ok(Decision { event: event.into(), because })
}

/// A customer that has its credit from its partner: an agent's takes no part in it (R4, O2).
fn lent_to(book: &Book, uin: Uin) -> Result<&Customer, Rejection> {
    let customer = book.existing_customer(uin)?;
    if customer.referred { Err(parties::Reason::WrongPartnerKind(PartnerKind::Agent).into()) } else { Ok(customer) }
}

fn must_be_granted(book: &Book, partner: Uin, feature: AllowlistItem) -> Result<Finding, Rejection> {
    let found = book.existing_partner(partner, Party::Partner)?.allowlist.contains(&feature);
    if found { Ok(granted(partner, feature, found)) } else { Err(Reason::NotAllowlisted { partner, feature }.into()) }
}

/// The switches that a change moves.
fn switched(before: &Customer, after: &CustomerChanged) -> impl Iterator<Item = Finding> {
    let uin = after.customer;
    let switches = [
        (Rule::R106, Figure::NonStopPrepaid, before.spending.non_stop.prepaid, after.non_stop.prepaid),
        (Rule::R106, Figure::NonStopPostpaid, before.spending.non_stop.postpaid, after.non_stop.postpaid),
        (Rule::R107, Figure::SpecialSuspension, before.spending.special_suspension, after.special_suspension),
    ];
    let moved = switches.into_iter().filter(|(_, _, before, after)| before != after);
    moved.map(move |(rule, figure, before, after)| Finding::becomes(rule, (uin, figure), before, after))
}

/// The warning levels that a change moves, each with where the credit stands against the new one.
fn levelled(before: &Customer, after: &CustomerChanged) -> impl Iterator<Item = Finding> {
    let (uin, ratio) = (after.customer, Value::ratio(&before.line));
    let levels = [
        (Rule::R100, Figure::PartnerWarning, before.partner_warning, after.partner_warning),
        (Rule::R101, Figure::OwnWarning, before.own_warning, after.own_warning),
    ];
    let moved = levels.into_iter().filter(|(_, _, before, after)| before != after);
    moved.flat_map(move |(rule, figure, before, after)| {
        let level = Finding::becomes(rule, (uin, figure), Value::level(before), Value::level(after));
        let against = Finding::waived(Rule::R96, (uin, Figure::AvailableRatio), Value::level(after), ratio);
        [level].into_iter().chain(after.map(|_| against))
    })
}

/// Which levels an account's credit is below, the highest first, and how it stands where that has changed.
fn reviewed(book: &Book, account: &Account, spender: Spender, notices: &[Notice]) -> Because {
    let uin = account.uin;
    let mut levels: Vec<u8> = notices.iter().filter_map(|notice| notice.level).collect();
    levels.sort_unstable_by_key(|level| Reverse(*level));
    levels.dedup();
    let of = (uin, Figure::AvailableRatio);
    let ratio = account.on_credit().map(|customer| Value::ratio(&customer.line));
    let against = ratio
        .map(|ratio| levels.iter().map(move |level| Finding::waived(Rule::R96, of, Value::level(Some(*level)), ratio)));
    let mut because: Because = against.into_iter().flatten().collect();
    if spender.changed_unnoticed() || because.is_empty() {
        let rule = if spender.overdue() { Rule::R103 } else { Rule::R104 };
        let payer = book.payer_of(uin).unwrap_or(uin);
        let of = (payer, book.available_figure(payer));
        because.push(Finding::waived(rule, of, Amount::ZERO, spender.available));
        let whose = (book.forced_account(uin), Figure::Forced);
        because.push(Finding::noted(Rule::R108, whose, spender.spending.forced_since.is_some()));
    }
    because
}
