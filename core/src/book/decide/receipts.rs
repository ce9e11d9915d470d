//! Receipts: a partner confirms that its customer paid, and what was confirmed is available again at once (R89-R95). And
//! the partner's own payments to the platform (R27).

use super::super::command::{NamedLine, ReceiptLines};
use super::super::event::{Event, ReceiptPart};
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::{Context, Decision, partners};
use crate::channel::{LineId, OpenBill, OpenPart, Uin};
use crate::ledger::Month;
use crate::money::Amount;
use std::collections::BTreeMap;

pub(super) fn confirm(
    book: &Book,
    context: &Context<'_>,
    customer: Uin,
    month: Month,
    lines: &ReceiptLines,
) -> Result<Decision, Rejection> {
    let partner =
        book.paid_partner(context.actor, customer).ok_or(Rejection::PartyNotFound(Party::Customer, customer))?;
    if !book.calendar().issued(month, context.now) {
        return Err(Rejection::MonthNotIssued { month, issued_at: book.calendar().issued_at(month) });
    }
    let bills = book.open_bills(customer).iter();
    let bills: Vec<&OpenBill> = bills.filter(|bill| bill.month == month && bill.binding.partner == partner).collect();
    let (pay_mode, action) = match lines {
        ReceiptLines::All { pay_mode, action } => (*pay_mode, *action),
        ReceiptLines::Named(_) => (None, None),
    };
    let (parts, named) = match lines {
        ReceiptLines::All { .. } => {
            let wanted = |part: &&OpenPart| {
                action.is_none_or(|only| part.action == only)
                    && pay_mode.is_none_or(|only| part.action.pay_mode() == only)
            };
            let whole = |bill: &&OpenBill, part: &OpenPart| ReceiptPart {
                binding_seq: bill.binding.seq,
                action: part.action,
                lines: part.lines,
                amount: part.amount,
            };
            let parts =
                bills.iter().flat_map(|bill| bill.parts.iter().filter(wanted).map(move |part| whole(bill, part)));
            (parts.collect(), None)
        }
        ReceiptLines::Named(named) => {
            let (parts, flipped) = flip(&bills, named)?;
            (parts, Some(flipped))
        }
    };
    let (mut returned, mut current, mut count) = (Amount::ZERO, Amount::ZERO, 0_u32);
    let bound = book.customer(customer).filter(|bound| bound.partner == partner);
    for part in &parts {
        returned = returned.plus(part.amount)?;
        count = count.checked_add(part.lines).ok_or(Rejection::AmountOverflow)?;
        if bound.is_some_and(|bound| bound.bound_seq == part.binding_seq) {
            current = current.plus(part.amount)?;
        }
    }
    let customer_after = bound.map(|bound| bound.line.charged(current.negated()?)).transpose()?;
    Ok(Event::ReceiptConfirmed {
        customer,
        month,
        partner,
        pay_mode,
        action,
        parts,
        named,
        lines: count,
        returned,
        customer_after,
    }
    .into())
}

pub(super) fn pay_platform(book: &Book, partner: Uin, amount: Amount) -> Result<Decision, Rejection> {
    let paying = partners::existing(book, partner, Party::Partner)?;
    let spend = paying.spend.as_ref().ok_or(Rejection::WrongPartnerKind(paying.kind))?;
    if !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let partner_after = spend.charged(amount.negated()?)?;
    Ok(Event::PlatformPaid { partner, amount, partner_after }.into())
}

/// What named lines come to by binding and type, without those that were confirmed before.
fn flip(bills: &[&OpenBill], named: &[NamedLine]) -> Result<(Vec<ReceiptPart>, Vec<LineId>), Rejection> {
    let mut by_line: BTreeMap<LineId, &NamedLine> = BTreeMap::new();
    for line in named {
        by_line.insert(line.id, line);
    }
    let (mut parts, mut flipped): (Vec<ReceiptPart>, _) = (Vec::new(), Vec::new());
    for line in by_line.into_values() {
        let bill = bills.iter().find(|bill| bill.binding.seq == line.binding_seq);
        let open = bill.and_then(|bill| bill.parts.iter().find(|part| part.action == line.action));
        if open.is_none_or(|part| part.confirmed.contains(&line.id.0)) {
            continue;
        }
        flipped.push(line.id);
        let same = |part: &&mut ReceiptPart| part.binding_seq == line.binding_seq && part.action == line.action;
        match parts.iter_mut().find(same) {
            Some(part) => {
                part.lines += 1;
                part.amount = part.amount.plus(line.amount)?;
            }
            None => parts.push(ReceiptPart {
                binding_seq: line.binding_seq,
                action: line.action,
                lines: 1,
                amount: line.amount,
            }),
        }
    }
    Ok((parts, flipped))
}
