//! Receipts: what was confirmed of a bill. They are few, and are read whenever somebody asks which lines are confirmed.

use super::super::tally::{Kind, List, Tallies};
use super::super::walk::Walk;
use super::super::{FILE, HistoryFile};
use crate::contract::{Fault, ReceiptPartRow, ReceiptRow, StoreError};
use crate::sqlite::errors::bound;
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, value};
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::Month;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::ops::ControlFlow;

/// The table.
pub(super) const TABLE: &str = "
    CREATE TABLE receipt_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, month INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, operator INTEGER NOT NULL, parts BLOB NOT NULL, line_seqs BLOB NOT NULL,
        lines INTEGER NOT NULL, returned INTEGER NOT NULL, available_after INTEGER, at INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, month, account, seq)) WITHOUT ROWID;";

const RECEIPTS_OF: Walk = Walk { table: "receipt_row", rows: None, within: &["month", "account"], order: &["seq"] };

impl HistoryFile {
    pub(in super::super) fn write_receipts(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        mut rows: Vec<ReceiptRow>,
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.seq);
        let mut into = Inserter::new::<ReceiptColumns>(connection, FILE, Clash::Replaces, &["nth"])?;
        for row in rows {
            let (list, _) = receipts_in(row.account, row.month);
            into.put(&[tallies.next(list)?], &ReceiptColumns::new(row)?)?;
        }
        Ok(())
    }
}

fn receipts_in(payer: Uin, month: Month) -> (List, [i64; 2]) {
    let (month, account) = (month.number(), bound(payer.number()));
    (List::of(Kind::ReceiptsOf, 0, account).in_month(month), [i64::from(month), account])
}

/// The receipts for what an account paid in a month, oldest first.
pub(super) fn receipts_of(connection: &Connection, payer: Uin, month: Month) -> Result<Vec<ReceiptRow>, StoreError> {
    let (list, owner) = receipts_in(payer, month);
    let mut found = Vec::new();
    RECEIPTS_OF.newest_first(connection, list, &owner, None, 0, |row: ReceiptColumns| {
        found.push(row.receipt);
        Ok(ControlFlow::Continue(()))
    })?;
    found.reverse();
    Ok(found)
}

/// A receipt with its lists as bytes.
struct ReceiptColumns {
    receipt: ReceiptRow,
    parts: Vec<u8>,
    line_seqs: Vec<u8>,
}

impl ReceiptColumns {
    fn new(receipt: ReceiptRow) -> Result<ReceiptColumns, StoreError> {
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
