//! Receipts: a partner confirms that its customer paid, and what was confirmed is available again at once (R89-R95). The
//! partner's own payments to the platform (R27), and that a month's bills are issued (R76).

use super::command::{ConfirmReceipt, NamedLine, PayPlatform, ReceiptLines};
use super::event::{BillsIssued, PlatformPaid, ReceiptConfirmed, ReceiptPart};
use super::reason::Reason;
use super::state::BillKey;
use crate::book::parties::Party;
use crate::book::{Because, Book, Context, Decision, Figure, Finding, Rejection, Rule, parties};
use crate::channel::{Binding, LineId, OpenBill, OpenPart, Uin};
use crate::ledger::Month;
use crate::money::Amount;
use std::collections::BTreeMap;

pub(super) fn confirm(book: &Book, context: &Context<'_>, asked: &ConfirmReceipt) -> Result<Decision, Rejection> {
    let ConfirmReceipt { customer, month, ref lines } = *asked;
    let partner =
        book.paid_partner(context.actor, customer).ok_or(parties::Reason::PartyNotFound(Party::Customer, customer))?;
    let bills: Vec<&OpenBill> = book.open_bills_of(customer, partner, month).collect();
    let open = unconfirmed(bills.iter().copied());
    if !book.calendar().issued(month, context.now) {
        return Err(book.not_issued(customer, Some(partner), month));
    }
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
            let (parts, flipped) = flip(book, customer, (partner, month), named)?;
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
    let available = bound.zip(customer_after).map(|(bound, after)| {
        let of = (customer, Figure::CustomerAvailable);
        Finding::becomes(Rule::R95, of, bound.line.available(), after.available())
    });
    let of = (customer, Figure::Unconfirmed);
    let left = open - i128::from(returned.units());
    let unconfirmed = Finding::becomes(Rule::R92, of, Amount::clamped(open), Amount::clamped(left));
    let returns = Finding::noted(Rule::R92, (customer, Figure::Returned), returned);
    let event = ReceiptConfirmed {
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
    };
    Ok(Decision { event: event.into(), because: [unconfirmed, returns].into_iter().chain(available).collect() })
}

pub(super) fn pay_platform(book: &Book, asked: &PayPlatform) -> Result<Decision, Rejection> {
    let PayPlatform { partner, amount } = *asked;
    let paying = book.existing_partner(partner, Party::Partner)?;
    let spend = paying.spend.as_ref().ok_or(parties::Reason::WrongPartnerKind(paying.kind))?;
    if !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let partner_after = spend.charged(amount.negated()?)?;
    let because = Because::from_iter([
        Finding::becomes(Rule::R27, (partner, Figure::Owed), spend.used(), partner_after.used()),
        Finding::becomes(Rule::R27, (partner, Figure::SpendAvailable), spend.available(), partner_after.available()),
    ]);
    Ok(Decision { event: PlatformPaid { partner, amount, partner_after }.into(), because })
}

/// What open bills come to, in units of 10^-8.
pub(super) fn unconfirmed<'a>(bills: impl Iterator<Item = &'a OpenBill>) -> i128 {
    bills.flat_map(|bill| &bill.parts).map(|part| i128::from(part.amount.units())).sum()
}

impl Book {
    /// The refusal of a receipt for a bill that is not issued yet, from the partner that it says was paid (R94).
    pub fn not_issued(&self, customer: Uin, partner: Option<Uin>, month: Month) -> Rejection {
        let issued_at = self.calendar().issued_at(month);
        let bills = partner.into_iter().flat_map(|partner| self.open_bills_of(customer, partner, month));
        let unconfirmed = Amount::clamped(unconfirmed(bills));
        Reason::MonthNotIssued { month, issued_at, customer, unconfirmed }.into()
    }
}

/// Each month once, in order, and not before its time (R76).
pub(super) fn issue(book: &Book, context: &Context<'_>, month: Month) -> Result<Decision, Rejection> {
    let next = book.issued().map(Month::next);
    if next != Some(month) || !book.calendar().issued(month, context.now) {
        return Err(Rejection::NothingDue);
    }
    Ok(BillsIssued { month }.into())
}

/// What named lines come to by binding and type, without those that were confirmed before.
fn flip(
    book: &Book,
    customer: Uin,
    (partner, month): (Uin, Month),
    named: &[NamedLine],
) -> Result<(Vec<ReceiptPart>, Vec<LineId>), Rejection> {
    let by_line: BTreeMap<LineId, &NamedLine> = named.iter().map(|line| (line.id, line)).collect();
    let (mut parts, mut places, mut flipped) = (Vec::<ReceiptPart>::new(), BTreeMap::new(), Vec::new());
    for line in by_line.into_values() {
        let binding = Binding { partner, seq: line.binding_seq };
        let bill = book.bills.open.get(&BillKey::new(customer, month, binding));
        let open = bill.and_then(|bill| bill.parts.iter().find(|part| part.action == line.action));
        if open.is_none_or(|part| part.confirmed.contains(&line.id.0)) {
            continue;
        }
        flipped.push(line.id);
        let (binding_seq, action) = (line.binding_seq, line.action);
        let place = *places.entry((binding_seq, action)).or_insert_with(|| {
            parts.push(ReceiptPart { binding_seq, action, lines: 0, amount: Amount::ZERO });
            parts.len() - 1
        });
        let part = &mut parts[place];
        part.lines += 1;
        part.amount = part.amount.plus(line.amount)?;
    }
    Ok((parts, flipped))
}
