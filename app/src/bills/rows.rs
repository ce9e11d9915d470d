//! What stands on bills: the line that a charge of any area becomes, and the receipts for them.

use crate::rows::{Basis, decided};
use credere_core::book::bills::{Event, ReceiptConfirmed, ReceiptPart};
use credere_core::channel::{Charge, Details};
use credere_core::ledger::{Moment, Shard};
use credere_store::contract::{HistoryFold, LineRow, ReceiptPartRow, ReceiptRow, StoreError, VoucherUseRow};

/// Adds the rows of one event.
pub(crate) fn add(fold: &mut HistoryFold, seq: u64, at: Moment, event: &Event) {
    if let Event::ReceiptConfirmed(fact) = event {
        fold.receipts.push(receipt_row(seq, at, fact));
    }
}

fn receipt_row(seq: u64, at: Moment, fact: &ReceiptConfirmed) -> ReceiptRow {
    let whole = |part: &ReceiptPart| ReceiptPartRow { binding_seq: part.binding_seq, action: part.action };
    ReceiptRow {
        seq,
        account: fact.customer,
        month: fact.month,
        operator: fact.partner,
        parts: if fact.named.is_none() { fact.parts.iter().map(whole).collect() } else { Vec::new() },
        line_seqs: fact.named.iter().flatten().map(|line| line.position()).collect(),
        lines: u64::from(fact.lines),
        returned: fact.returned,
        available_after: fact.customer_after.map(|line| line.available()),
        at,
    }
}

/// A charge, and what it is said of besides.
pub(crate) struct Posting<'a> {
    pub(crate) charge: &'a Charge,
    /// The optional details of what it is for, as JSON.
    pub(crate) details: &'a str,
    pub(crate) resource: Option<&'a str>,
    pub(crate) order_seq: Option<u64>,
}

/// Adds the line that a charge becomes, and what vouchers paid of it.
pub(crate) fn post(
    fold: &mut HistoryFold,
    basis: &Basis<'_>,
    seq: u64,
    at: Moment,
    posting: Posting<'_>,
) -> Result<(), StoreError> {
    let Posting { charge, details, resource, order_seq } = posting;
    let Details { region, project, .. } = Details::read(details);
    let calendar = basis.calendar;
    let own_day = calendar.month(charge.period_start) == charge.month;
    let product = basis.code_of(charge.product)?;
    for one in charge.vouchers.iter().chain(&charge.partner_vouchers) {
        fold.voucher_uses.push(VoucherUseRow {
            line_seq: seq,
            voucher: Shard::within(one.voucher.0),
            account: charge.paying.payer,
            order_seq,
            product: product.clone(),
            action: charge.action,
            amount: one.amount,
            month: calendar.month(at),
            at,
        });
    }
    fold.lines.push(LineRow {
        seq,
        account: charge.paying.payer,
        month: charge.month,
        day: calendar.day_of_month(if own_day { charge.period_start } else { at }),
        managing: charge.binding.map(|binding| binding.partner),
        binding_seq: charge.binding.map_or(0, |binding| binding.seq),
        owner: charge.account,
        partner: charge.paying.partner,
        product,
        action: charge.action,
        region: region.unwrap_or_default(),
        project: project.unwrap_or_default(),
        resource: resource.unwrap_or_default().to_owned(),
        order_seq,
        period_start: charge.period_start,
        period_end: charge.period_end,
        list_amount: charge.price.list,
        discount_rate: charge.price.customer_rate,
        voucher_amount: decided(charge.voucher_amount())?,
        amount: decided(charge.amount())?,
        partner_amount: decided(charge.partner_amount())?,
        posted_at: at,
        details: details.to_owned(),
        confirmed: false,
    });
    Ok(())
}
