//! The file `history.db`: rows made for reading, filled behind the commit in large sorted folds. Everything in it can be
//! made again from the journal. No index grows without bound under random
//! inserts: what is ordered by account is cut into segments by journal position, so that a fold touches the newest
//! segment only, and everything else grows at its right edge.

mod audit;
mod bill_rows;
mod bills;
mod channel_rows;
mod contract;
mod lists;
mod notices;
mod requests;
mod resources;
mod rows;
mod tables;
mod totals;
mod vouchers;

use super::behind::{BehindWriter, Layout};
use super::connect::{Access, Pool};
use super::errors::{Within, read, stored};
use super::places::{self, Name};
use super::rows::{Clash, Inserter};
use crate::bill::check_fold;
use crate::contract::{AllocationRow, AuditRow, AuthorizationRow, HistoryFold, OrderRow, StoreError};
use crate::frame::Position;
use credere_core::channel::Uin;
use parking_lot::Mutex;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use tables::{LAYOUT, TABLES};

pub(super) const FILE: &str = "history.db";
const READERS: u32 = 4;

/// At most so many bits of a position are within one audit span; see [`audit`].
const SPAN_BITS: u32 = 14;

/// At most so many bits of a position are within one segment of bill lines. Their segments are smaller than the others
/// because there are far more of them: the 50 MB of one segment stay in memory while it is filled, and a fold changes at
/// most the few thousand pages that it has. Asking for one account costs some microseconds for each of a month's segments.
const LINE_BITS: u32 = 18;

/// History's connections and its position.
pub(super) struct HistoryFile {
    readers: Pool,
    writer: Mutex<BehindWriter>,
    position: AtomicU64,
    segment_bits: u32,
}

impl HistoryFile {
    /// Opens history, and makes the file where it is not there. A file that exists keeps the segments that it was made
    /// with.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also for another layout: the file is then to be made anew.
    pub(super) fn open(
        path: &Path,
        segment_bits: u32,
        cache_bytes: u64,
        access: Access,
    ) -> Result<HistoryFile, StoreError> {
        let tables =
            format!("{TABLES} INSERT INTO setup (shard, upto_seq, segment_bits) VALUES (0, 0, {segment_bits});");
        let layout = Layout { file: FILE, page_bytes: 4096, number: LAYOUT, tables: &tables };
        let writer = BehindWriter::open(path, &layout, cache_bytes / 2, access)?;
        let (upto, segment_bits): (i64, u32) = writer
            .connection()
            .query_row("SELECT upto_seq, segment_bits FROM setup WHERE shard = 0", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .within(FILE)?;
        if !(1..=40).contains(&segment_bits) {
            return Err(StoreError::Corrupt(format!("{FILE}: segments of {segment_bits} bits")));
        }
        Ok(HistoryFile {
            readers: Pool::open(path, FILE, READERS, cache_bytes / 2, access)?,
            writer: Mutex::new(writer),
            position: AtomicU64::new(read(upto, FILE)?),
            segment_bits,
        })
    }

    /// Up to where history has been filled.
    pub(super) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// Writes a fold that ends at `at`.
    fn fold(&self, fold: HistoryFold, at: &Position) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        check_fold(&fold, self.position(), FILE)?;
        let position = writer.write(
            |_| Ok(()),
            |transaction| {
                places::keep(transaction, FILE, Name::Reached, at)?;
                self.write(transaction, fold)
            },
        )?;
        self.position.store(position, Ordering::Release);
        Ok(())
    }

    /// Writes a fold and answers where history stands then.
    fn write(&self, transaction: &Connection, mut fold: HistoryFold) -> Result<u64, StoreError> {
        // INVARIANT: what is summed is not there yet. The position is the file's own, read in the same transaction: a
        // commit that was reported as failed may have gone through.
        let position: i64 =
            transaction.query_row("SELECT upto_seq FROM setup WHERE shard = 0", [], |row| row.get(0)).within(FILE)?;
        let position = read(position, FILE)?;
        fold.lines.retain(|row| row.seq > position);
        fold.voucher_uses.retain(|row| row.line_seq > position);
        self.write_allocations(transaction, &mut fold.allocations)?;
        self.write_orders(transaction, &mut fold.orders)?;
        fold.authorizations.sort_by_key(|row| row.opened_seq);
        let mut into = Inserter::new::<AuthorizationRow>(transaction, FILE, Clash::Replaces, &[])?;
        fold.authorizations.iter().try_for_each(|row| into.put(&[], row))?;
        self.write_audit(transaction, &mut fold.audit)?;
        self.write_requests(transaction, fold.audit.iter().filter(|row| row.seq > position))?;
        self.write_lines(transaction, &mut fold.lines)?;
        self.write_receipts(transaction, fold.receipts)?;
        self.write_vouchers(transaction, fold.vouchers)?;
        self.write_voucher_uses(transaction, &mut fold.voucher_uses)?;
        self.write_resources(transaction, &mut fold.resources)?;
        self.write_notices(transaction, &mut fold.notices)?;
        let reached = position.max(fold.upto_seq);
        transaction.execute("UPDATE setup SET upto_seq = ? WHERE shard = 0", [stored(reached)?]).within(FILE)?;
        Ok(reached)
    }

    fn write_allocations(&self, connection: &Connection, rows: &mut [AllocationRow]) -> Result<(), StoreError> {
        rows.sort_by_key(|row| (self.segment(row.seq), row.account, row.seq));
        let mut into = Inserter::new::<AllocationRow>(connection, FILE, Clash::Replaces, &["segment"])?;
        rows.iter().try_for_each(|row| into.put(&[stored(self.segment(row.seq))?], row))
    }

    fn write_orders(&self, connection: &Connection, rows: &mut [OrderRow]) -> Result<(), StoreError> {
        // Stable: of two rows of one order the later comes second, and takes the first one's place.
        rows.sort_by_key(|row| row.seq);
        let mut into = Inserter::new::<OrderRow>(connection, FILE, Clash::Replaces, &[])?;
        rows.iter().try_for_each(|row| into.put(&[], row))?;
        let mut index = self.index(rows.iter().map(|row| (row.seq, row.account)))?;
        write_index(connection, "order_of (shard, segment, account, seq)", &mut index)
    }

    fn write_audit(&self, connection: &Connection, rows: &mut [AuditRow]) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.seq);
        let mut into = Inserter::new::<AuditRow>(connection, FILE, Clash::Replaces, &[])?;
        rows.iter().try_for_each(|row| into.put(&[], row))?;
        let mut index = self.index(rows.iter().filter_map(|row| Some((row.seq, row.account?))))?;
        write_index(connection, "audit_of (shard, segment, account, seq)", &mut index)?;
        audit::write_spans(connection, self.span_bits(), rows)
    }

    /// Positions by account, as rows of an index.
    fn index(&self, rows: impl Iterator<Item = (u64, Uin)>) -> Result<Vec<[i64; 3]>, StoreError> {
        rows.map(|(seq, account)| Ok([stored(self.segment(seq))?, stored(account.number())?, stored(seq)?])).collect()
    }

    fn segment(&self, seq: u64) -> u64 {
        seq >> self.segment_bits
    }

    fn span_bits(&self) -> u32 {
        self.segment_bits.min(SPAN_BITS)
    }
}

/// Writes rows of an index, `table` with its columns, where they are not there yet.
fn write_index<const N: usize>(connection: &Connection, table: &str, rows: &mut [[i64; N]]) -> Result<(), StoreError> {
    rows.sort_unstable();
    let sql = format!("INSERT OR IGNORE INTO {table} VALUES (0{})", ", ?".repeat(N));
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    for row in rows {
        statement.execute(params_from_iter(row.iter())).within(FILE)?;
    }
    Ok(())
}

/// A text as a number that an index can hold; others may have the same.
fn short_hash(text: &str) -> i64 {
    let mut short = [0; 8];
    short.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..8]);
    i64::from_le_bytes(short)
}
