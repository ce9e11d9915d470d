//! Giving payers back what is decided to be theirs (O76): the first with the decision itself, the others right behind it,
//! since each has a line on a bill of its own, and a line has a record of its own.

use super::event::ShareReturned;
use crate::book::buyer::{Buyer, Occasion};
use crate::book::payers::Handover;
use crate::book::{Because, Book, Decision, Figure, Finding, Rejection, Rule};
use crate::channel::{Charge, Lines, Price, Purse, Share, Uin, purse_of};
use crate::ledger::{Moment, Movement, Parts};
use crate::money::{Amount, Overflow};
use std::collections::BTreeMap;

/// What goes back of a purse at this price, which is below zero: to each part of money of the payer's own in the opposite order in
/// which they paid.
pub(super) fn of_purse(purse: &Purse, price: Price) -> Result<Share, Overflow> {
    let money = purse.binding.is_none() && purse.paying.partner.is_none();
    let parts = money.then(|| purse.paid.returned(price.customer.negated()?)?.negated()).transpose()?;
    Ok(Share { paying: purse.paying, binding: purse.binding, price, parts, paid_last: purse.paid_last })
}

/// The purses whose payers still pay from the purse that they were paid from: a downgrade is at today's terms, and gives nothing back
/// under a binding that has ended, or to money that is set aside (R82, R141). A refund does.
pub(super) fn from_todays_purses(book: &Book, now: Moment, purses: &[Purse]) -> Vec<Purse> {
    let pays = |purse: &&Purse| {
        let payer = Buyer::itself(book, purse.paying.payer, now);
        payer.is_ok_and(|payer| purse_of(payer.paying(), payer.binding) == purse.purse_number())
    };
    purses.iter().filter(pays).cloned().collect()
}

/// The charge with what goes back to the first of them, and the lines after it. Those of the others are tried as well: what
/// follows is never refused.
pub(super) fn first_of(
    book: &Book,
    account: Uin,
    occasion: Occasion,
    shares: &[Share],
) -> Result<(Box<Charge>, Lines), Rejection> {
    let (mut first, mut moved) = (None, Handover::default());
    for share in shares {
        let charge = share.charge(account, occasion.product, occasion.action, (occasion.month, occasion.period_start));
        book.can_post(&charge)?;
        let buyer = Buyer::kept(book, account, share.paying, share.binding)?;
        let (payer, partner) = movements(share.price, share.parts);
        moved.take(&buyer, payer, partner)?;
        if first.is_none() {
            first = Some((Box::new(charge), buyer.lines(payer, partner)?));
        }
    }
    // INVARIANT: what is given back is somebody's; see `split` and `refunds`.
    first.ok_or(Overflow.into())
}

/// What all of them come to, at the rates of the last.
pub(super) fn total(shares: &[Share]) -> Result<Price, Overflow> {
    let last = shares.last().ok_or(Overflow)?.price;
    shares.iter().rev().skip(1).try_fold(last, |sum, share| {
        Ok(Price {
            list: sum.list.plus(share.price.list)?,
            customer: sum.customer.plus(share.price.customer)?,
            partner: sum.partner.plus(share.price.partner)?,
            ..sum
        })
    })
}

/// What a split is told to rest on: what each has paid and has not got back.
pub(super) fn basis(purses: &[Purse]) -> Because {
    let mut payers: BTreeMap<Uin, i128> = BTreeMap::new();
    for purse in purses {
        *payers.entry(purse.paying.payer).or_default() += purse.paid.customer;
    }
    let paid = |(payer, paid)| Finding::noted(Rule::O77, (payer, Figure::Paid), Amount::clamped(paid));
    payers.into_iter().map(paid).collect()
}

/// Gives the next payer what was decided to go back to it.
pub(super) fn return_share(book: &Book, account: Uin) -> Result<Decision, Rejection> {
    let next = book.buying.returning.front().filter(|back| back.charge.account == account);
    let back = next.ok_or(Rejection::NothingDue)?;
    let Charge { paying, binding, price, parts, .. } = back.charge;
    let buyer = Buyer::kept(book, account, paying, binding)?;
    let (payer, partner) = movements(price, parts);
    let lines_after = buyer.lines(payer, partner)?;
    Ok(ShareReturned { back: Box::new(back.clone()), lines_after }.into())
}

/// What goes back on both sides.
fn movements(price: Price, parts: Option<Parts>) -> (Movement, Movement) {
    (Movement::charged(price.customer, parts), Movement::charged(price.partner, None))
}
