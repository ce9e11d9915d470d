//! A bill's rows as columns: lines, their sums, and receipts; and in which segments lines are, and who has a bill.

use crate::bill::{BillPart, Sums};
use crate::contract::{Fault, LineRow, ReceiptPartRow, ReceiptRow, StoreError};
use crate::sqlite::rows::{Fields, Stored, Wide, stored, value};
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::Month;
use rusqlite::types::ValueRef;

/// That an account has a bill.
pub(super) struct BillOf {
    pub(super) month: Month,
    pub(super) account: Uin,
}

stored! { BillOf: "bill",
    month, account
}

/// That a month has lines in a segment.
pub(super) struct LineSegment {
    pub(super) month: Month,
    pub(super) segment: u64,
}

stored! { LineSegment: "line_segment",
    month, segment
}

stored! { LineRow: "line_row",
    seq, day, managing, binding_seq, action, account, month, payer, partner, product, region, project, resource,
    order_seq, period_start, period_end, list_amount, discount_rate, voucher_amount, amount, partner_amount,
    posted_at, details; confirmed: false
}

/// What one part of a bill comes to within one segment.
pub(super) struct TotalRow {
    pub(super) account: Uin,
    pub(super) month: Month,
    pub(super) part: BillPart,
    lines: u64,
    list_amount: Wide,
    voucher_amount: Wide,
    amount: Wide,
    partner_amount: Wide,
}

impl TotalRow {
    pub(super) fn new(account: Uin, month: Month, part: BillPart, sums: &Sums) -> TotalRow {
        TotalRow {
            account,
            month,
            part,
            lines: sums.lines,
            list_amount: Wide::new(sums.list_amount),
            voucher_amount: Wide::new(sums.voucher_amount),
            amount: Wide::new(sums.amount),
            partner_amount: Wide::new(sums.partner_amount),
        }
    }

    pub(super) fn sums(&self) -> Sums {
        Sums {
            lines: self.lines,
            list_amount: self.list_amount.number(),
            voucher_amount: self.voucher_amount.number(),
            amount: self.amount.number(),
            partner_amount: self.partner_amount.number(),
        }
    }
}

impl Stored for TotalRow {
    const TABLE: &'static str = "bill_total";
    const COLUMNS: &'static [&'static str] = &[
        "account",
        "month",
        "binding_seq",
        "managing",
        "action",
        "product",
        "region",
        "project",
        "lines",
        "list_amount",
        "voucher_amount",
        "amount",
        "partner_amount",
    ];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::uin(self.account)?,
            value::month(self.month),
            value::whole(self.part.binding_seq)?,
            value::optional_uin(self.part.managing)?,
            value::action(self.part.action),
            value::text(&self.part.product),
            value::text(&self.part.region),
            value::text(&self.part.project),
            value::whole(self.lines)?,
            value::wide(&self.list_amount),
            value::wide(&self.voucher_amount),
            value::wide(&self.amount),
            value::wide(&self.partner_amount),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<TotalRow, StoreError> {
        Ok(TotalRow {
            account: fields.uin()?,
            month: fields.month()?,
            part: BillPart {
                binding_seq: fields.whole()?,
                managing: fields.optional_uin()?,
                action: fields.action()?,
                product: fields.text()?,
                region: fields.text()?,
                project: fields.text()?,
            },
            lines: fields.whole()?,
            list_amount: fields.wide()?,
            voucher_amount: fields.wide()?,
            amount: fields.wide()?,
            partner_amount: fields.wide()?,
        })
    }
}

/// A receipt with its lists as bytes.
pub(super) struct ReceiptColumns {
    pub(super) receipt: ReceiptRow,
    parts: Vec<u8>,
    line_seqs: Vec<u8>,
}

impl ReceiptColumns {
    pub(super) fn new(receipt: ReceiptRow) -> Result<ReceiptColumns, StoreError> {
        let parts: Vec<(u64, u32)> =
            receipt.parts.iter().map(|part| (part.binding_seq, part.action.number())).collect();
        let unwritable =
            |error: postcard::Error| StoreError::io(Fault::new(format!("a receipt cannot be written: {error}"), error));
        let parts = postcard::to_allocvec(&parts).map_err(unwritable)?;
        let line_seqs = postcard::to_allocvec(&receipt.line_seqs).map_err(unwritable)?;
        Ok(ReceiptColumns { receipt, parts, line_seqs })
    }
}

impl Stored for ReceiptColumns {
    const TABLE: &'static str = "receipt_row";
    const COLUMNS: &'static [&'static str] =
        &["month", "account", "seq", "operator", "parts", "line_seqs", "lines", "returned", "available_after", "at"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let ReceiptColumns { receipt, parts, line_seqs } = self;
        Ok(vec![
            value::month(receipt.month),
            value::uin(receipt.account)?,
            value::whole(receipt.seq)?,
            value::uin(receipt.operator)?,
            ValueRef::Blob(parts),
            ValueRef::Blob(line_seqs),
            value::whole(receipt.lines)?,
            value::amount(receipt.returned),
            receipt.available_after.map_or(ValueRef::Null, value::amount),
            value::moment(receipt.at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<ReceiptColumns, StoreError> {
        let (month, account, seq, operator) = (fields.month()?, fields.uin()?, fields.whole()?, fields.uin()?);
        let (parts, line_seqs) = (fields.blob()?.to_vec(), fields.blob()?.to_vec());
        let wrong = |error: postcard::Error| {
            StoreError::corrupt(Fault::new("history.db: a receipt's lists do not decode", error))
        };
        let coded: Vec<(u64, u32)> = postcard::from_bytes(&parts).map_err(wrong)?;
        let part = |(binding_seq, number): (u64, u32)| {
            Some(ReceiptPartRow { binding_seq, action: ActionType::from_number(number)? })
        };
        let known: Option<Vec<ReceiptPartRow>> = coded.into_iter().map(part).collect();
        let receipt = ReceiptRow {
            seq,
            account,
            month,
            operator,
            parts: known.ok_or_else(|| StoreError::corrupt("history.db: a receipt names a type that is not known"))?,
            line_seqs: postcard::from_bytes(&line_seqs).map_err(wrong)?,
            lines: fields.whole()?,
            returned: fields.amount()?,
            available_after: fields.optional_amount()?,
            at: fields.moment()?,
        };
        Ok(ReceiptColumns { receipt, parts, line_seqs })
    }
}
