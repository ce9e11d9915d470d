//! Open bills: one of each of many customers, and many of one that was bound again and again.

use super::grown::{DISTRIBUTOR, FORMER, Grown, RESELLER, customer, uin};
use super::parties::signed;
use super::shape::{Asked, Shape, by_itself, platform};
use anyhow::Context as _;
use credere_core::book::bills;
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use credere_core::money::Amount;

fn receipt(customer: Uin, month: Month) -> bills::ConfirmReceipt {
    bills::ConfirmReceipt { customer, month, lines: bills::ReceiptLines::All { pay_mode: None, action: None } }
}

/// The month of an account's oldest open bill, which is issued by then.
fn oldest(grown: &mut Grown, account: Uin) -> anyhow::Result<Month> {
    let bill = grown.book.open_bills(account).next().context("it has no open bill")?;
    let (month, calendar) = (bill.month, grown.book.calendar());
    grown.now = grown.now.max(calendar.issued_at(month));
    Ok(month)
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("pay the platform", |_, _| {
            platform(bills::PayPlatform { partner: uin(RESELLER), amount: Amount::from_units(1) })
        }),
        Shape::of("issue bills", |grown, _| {
            let month = grown.book.issued().context("nothing was ever issued")?.next();
            grown.now = grown.now.max(grown.book.calendar().issued_at(month));
            by_itself(bills::IssueBills { month })
        }),
        Shape::of("confirm a receipt", |grown, round| {
            let month = oldest(grown, customer(round))?;
            platform(receipt(customer(round), month))
        }),
        Shape::of("confirm a receipt of a former customer", |grown, _| {
            let month = oldest(grown, uin(FORMER))?;
            Ok(Asked::Command(signed(DISTRIBUTOR), receipt(uin(FORMER), month).into()))
        }),
    ]
}
