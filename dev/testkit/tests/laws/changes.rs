//! The laws that speak of one change: what it may move, and what it must leave alone.

use crate::{Checked, pieces};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{
    Book, Command, Context, Event, Rules, bills, buying, decide, members, metering, parties, payers, standing,
    transfers,
};
use credere_core::channel::{AuthorizationId, Frozen, OrderKind, OrderState, Paying, Uin};
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
    let (payer, partner) = match event {
        Event::Buying(buying::Event::OrderChanged(fact)) if fact.order.state != OrderState::ToBePaid => {
            (Some(fact.order.paying.payer), fact.order.paying.partner)
        }
        Event::Buying(buying::Event::AuthorizationOpened(fact)) => (Some(fact.paying.payer), fact.paying.partner),
        _ => (None, None),
    };
    if let (Some(by), Some(payer)) = (buys, payer) {
        // I5: no successful purchase takes either side below zero.
        let skips = by == buying::PayBy::Partner && rules.pay_on_behalf_skips_customer_check && partner.is_some();
        let (credit, own) = funds(after, payer);
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
            Some((fact.paying, Command::from(buying::Release { authorization })))
        }
        Event::Metering(metering::Event::ResourceActivated(fact)) => {
            let resource = Some(fact.resource.id.into());
            let terminate = metering::TerminateResource { resource, final_amount: None };
            Some((fact.resource.paying, terminate.into()))
        }
        _ => None,
    };
    if let Some((Paying { payer, partner }, give_up)) = given_up {
        // I8: a hold or freeze that is given up restores both sides exactly.
        let released = decide(after, &give_up, &context)
            .map_err(|refused| TestCaseError::fail(format!("a fresh hold is not released: {refused:?}")))?;
        let mut again = after.clone();
        again
            .evolve(after.seq() + 1, after.now(), &released.event)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(funds(before, payer), funds(&again, payer));
        let spend = |book: &Book| partner.and_then(|partner| book.partner(partner)).and_then(|partner| partner.spend);
        prop_assert_eq!(spend(before), spend(&again));
    }
    Ok(())
}

/// O96: a transfer, and what comes back of it, moves cash and makes none: what one has less, the other has more.
pub(crate) fn conserved(before: &Book, after: &Book, event: &Event) -> Checked {
    let Event::Transfers(event) = event else { return Ok(()) };
    let transfer = event.transfer();
    let sides = [transfer.admin, transfer.member];
    let wide = |amount: Amount| i128::from(amount.units());
    // What is repaid of credit is cash that the other does not have.
    let sum = |book: &Book| {
        let finances = sides.into_iter().filter_map(|uin| book.own(uin)).map(|own| own.finance);
        finances.map(|finance| wide(finance.cash()) - wide(finance.credit_used())).sum::<i128>()
    };
    prop_assert_eq!(sum(before), sum(after), "cash of both sides");
    let rest = |book: &Book, uin: Uin| {
        let finance = book.own(uin).map(|own| own.finance)?;
        Some((finance.granted(), finance.credit_limit(), finance.frozen()))
    };
    for uin in sides {
        prop_assert_eq!(rest(before, uin), rest(after, uin), "nothing but cash moves");
    }
    let gives = if matches!(event, transfers::Event::FundsTransferred(_)) { transfer.admin } else { transfer.member };
    let cash = after.own(gives).map(|own| own.finance.cash());
    prop_assert!(cash.is_some_and(|cash| !cash.is_negative()), "nobody hands over what it does not have");
    Ok(())
}

/// O89-O91: who is paid for is reviewed as its payer stands, and is told who that is.
pub(crate) fn reviewed_as_its_payer(after: &Book, event: &Event) -> Checked {
    let Event::Standing(standing::Event::CustomerReviewed(review)) = event else { return Ok(()) };
    let payer = after.payer_of(review.customer);
    let terms = payer.and_then(|payer| after.spender(payer)).map(|spender| spender.spending.terms());
    prop_assert_eq!(review.payer.map(|it| (it.payer, it.terms)), payer.zip(terms));
    let available = |uin: Uin| after.spender(uin).map(|spender| spender.available);
    prop_assert_eq!(available(review.customer), Some(review.available));
    prop_assert_eq!(review.payer.map(|it| it.available), payer.and_then(available));
    Ok(())
}

/// Who ceases to pay and who begins is told in the event, with what is frozen anew; nothing of a member is frozen with
/// anybody when somebody begins to pay for it (O78, O79).
pub(crate) fn handed_over(after: &Book, event: &Event) -> Checked {
    let Event::Members(event) = event else { return Ok(()) };
    let of = |member: Uin, begun: &Option<payers::Begun>, ended: &Option<payers::Ended>| {
        let intervals = after.payer_intervals(member);
        if let Some(begun) = begun {
            let last = intervals.last();
            prop_assert_eq!(last.map(|last| (last.payer, last.started_by)), Some((begun.payer, begun.started_by)));
            let freezes =
                after.resources().any(|resource| resource.account == member && resource.frozen != Frozen::default());
            prop_assert!(!freezes, "what a member that is paid for has frozen is released");
        }
        if let Some(ended) = ended {
            let last = intervals.last().and_then(|last| Some((last.payer, last.until?.1)));
            prop_assert_eq!(last, Some((ended.payer, ended.ended_by)));
            let mut theirs: Vec<_> = after.resources().filter(|it| it.account == member).cloned().collect();
            let mut told = ended.resources.clone();
            theirs.sort_unstable_by_key(|resource| resource.id);
            told.sort_unstable_by_key(|resource| resource.id);
            prop_assert!(theirs.iter().all(|resource| resource.paying.payer == member), "it pays for what it runs");
            prop_assert_eq!(told, theirs);
        }
        Ok(())
    };
    match event {
        members::Event::MemberJoined(fact) => of(fact.invitation.member, &fact.begun, &None),
        members::Event::MemberCreated(fact) => of(fact.creation.uin, &fact.begun, &None),
        members::Event::CreationDecided(fact) => of(fact.member, &fact.begun, &None),
        members::Event::CreationRetried(fact) => of(fact.member, &fact.begun, &None),
        members::Event::MemberChanged(fact) => of(fact.member, &fact.begun, &fact.ended),
        members::Event::PermissionsDecided(fact) => of(fact.member, &fact.begun, &fact.ended),
        members::Event::MembersLeft(fact) => {
            fact.members.iter().try_for_each(|(member, ended)| of(*member, &None, ended))
        }
        members::Event::OrganizationCreated(_)
        | members::Event::OrganizationChanged(_)
        | members::Event::OrganizationDeleted(_)
        | members::Event::InvitationSent(_)
        | members::Event::InvitationEnded(_)
        | members::Event::EntityAssociated(_)
        | members::Event::EntityChanged(_)
        | members::Event::EntityDecided(_)
        | members::Event::EntityEnded(_) => Ok(()),
    }
}
