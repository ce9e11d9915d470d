//! The laws that speak of one change: what it may move, and what it must leave alone.

use crate::{Checked, pieces};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Book, Command, Context, Event, Rules, bills, buying, decide, metering, parties};
use credere_core::channel::{AuthorizationId, OrderKind, OrderState, Uin};
use credere_core::money::Amount;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// I9: a refusal changes nothing but the position and the time up to which the book has come.
pub(crate) fn unchanged(before: &Book, after: &Book) -> Checked {
    if before.seq() == after.seq() {
        prop_assert_eq!(pieces(before), pieces(after));
    } else {
        let (before, after) = (pieces(before), pieces(after));
        prop_assert_eq!(&before[1..], &after[1..]);
    }
    Ok(())
}

/// The invariants of the specification's section 15 that speak of one change.
pub(crate) fn laws_of_a_change(
    before: &Book,
    after: &Book,
    command: &Command,
    event: &Event,
    rules: &Rules,
) -> Checked {
    let context = Context { now: after.now(), actor: Actor::Platform { key: 1, access: KeyAccess::Full }, rules };
    let line = |book: &Book, uin: Uin| book.customer(uin).map(|customer| customer.line);
    // What an account spends: the credit that it was given, or its own money.
    let funds = |book: &Book, uin: Uin| (line(book, uin), book.own(uin).map(|own| own.finance));
    let buys = match command {
        Command::Buying(buying::Command::PlaceOrder(order)) if order.kind != OrderKind::Downgrade => {
            Some(buying::PayBy::Customer)
        }
        Command::Buying(buying::Command::PayOrder(asked)) => Some(asked.by),
        Command::Buying(buying::Command::Authorize(_)) => Some(buying::PayBy::Customer),
        _ => None,
    };
    let (account, partner) = match event {
        Event::Buying(buying::Event::OrderChanged(fact)) if fact.order.state != OrderState::ToBePaid => {
            (Some(fact.order.account), fact.order.paying.partner)
        }
        Event::Buying(buying::Event::AuthorizationOpened(fact)) => (Some(fact.account), fact.paying.partner),
        _ => (None, None),
    };
    if let (Some(by), Some(account)) = (buys, account) {
        // I5: no successful purchase takes either side below zero.
        let skips = by == buying::PayBy::Partner && rules.pay_on_behalf_skips_customer_check && partner.is_some();
        let (credit, own) = funds(after, account);
        prop_assert!(skips || credit.is_none_or(|line| !line.available().is_negative()));
        prop_assert!(own.is_none_or(|finance| !finance.available().is_negative()));
        let spend = partner.map(|partner| after.partner(partner).and_then(|partner| partner.spend));
        prop_assert!(spend.is_none_or(|spend| spend.is_some_and(|line| !line.available().is_negative())));
    }
    if let Command::Parties(parties::Command::AllocateCredit(asked)) = command {
        // I5: a reclaim never takes what is available below zero. I4: it charges nobody.
        let (was, is) = (line(before, asked.customer), line(after, asked.customer));
        prop_assert!(!asked.amount.is_negative() || is.is_some_and(|line| !line.available().is_negative()));
        prop_assert_eq!(was.map(|line| line.used()), is.map(|line| line.used()));
    }
    if let Event::Bills(bills::Event::ReceiptConfirmed(receipt)) = event
        && receipt.customer_after.is_some()
    {
        // I4, R95: only what is used changes, and by what comes back; and nothing comes back twice.
        let (customer, returned) = (receipt.customer, receipt.returned);
        let (was, is) = (line(before, customer), line(after, customer));
        prop_assert_eq!(was.map(|line| line.limit()), is.map(|line| line.limit()));
        prop_assert_eq!(was.map(|line| line.frozen()), is.map(|line| line.frozen()));
        if let Command::Bills(bills::Command::ConfirmReceipt(asked)) = command {
            let again = bills::ConfirmReceipt { customer, month: receipt.month, lines: asked.lines.clone() };
            let second = decide(after, &again.into(), &context).map(|decision| decision.event);
            if before.customer(customer).is_some_and(|bound| receipt.partner == bound.partner) {
                let nothing = matches!(&second, Ok(Event::Bills(bills::Event::ReceiptConfirmed(again)))
                    if again.returned == Amount::ZERO);
                prop_assert!(nothing, "I6: {:?} came back, then {:?}", returned, second);
            }
        }
    }
    let spends = !matches!(
        command,
        Command::Parties(parties::Command::AllocatePool(_))
            | Command::Parties(parties::Command::AllocateCredit(_))
            | Command::Parties(parties::Command::RegisterPartner(_))
            | Command::Parties(parties::Command::ChangePartner(_))
            | Command::Parties(parties::Command::UnbindCustomer(_))
    );
    for partner in before.partners() {
        // I7: pools and quotas do not move when customers spend.
        let now = after.partner(partner.uin).map(|partner| (partner.allocation_quota, partner.allocated));
        prop_assert!(!spends || now == Some((partner.allocation_quota, partner.allocated)));
    }
    let given_up = match event {
        Event::Buying(buying::Event::AuthorizationOpened(fact)) => {
            let authorization = AuthorizationId { account: fact.account, opened_seq: after.seq() };
            Some((fact.account, fact.paying.partner, Command::from(buying::Release { authorization })))
        }
        Event::Metering(metering::Event::ResourceActivated(fact)) => {
            let resource = Some(fact.resource.id.into());
            let terminate = metering::TerminateResource { resource, final_amount: None };
            Some((fact.resource.account, fact.resource.paying.partner, terminate.into()))
        }
        _ => None,
    };
    if let Some((account, partner, give_up)) = given_up {
        // I8: a hold or freeze that is given up restores both sides exactly.
        let released = decide(after, &give_up, &context)
            .map_err(|refused| TestCaseError::fail(format!("a fresh hold is not released: {refused:?}")))?;
        let mut again = after.clone();
        again
            .evolve(after.seq() + 1, after.now(), &released.event)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(funds(before, account), funds(&again, account));
        let spend = |book: &Book| partner.and_then(|partner| book.partner(partner)).and_then(|partner| partner.spend);
        prop_assert_eq!(spend(before), spend(&again));
    }
    Ok(())
}
