//! The file `history.db`: rows made for reading, filled behind the commit in large sorted folds. Everything in it can be
//! made again from the journal. No index grows without bound under random
//! inserts: what is ordered by account is cut into segments by journal position, so that a fold touches the newest
//! segment only, and everything else grows at its right edge.

mod audit;
mod lists;
mod rows;

use super::behind::{BehindWriter, Layout};
use super::connect::Pool;
use super::errors::{Within, read, stored};
use super::rows::{Clash, Inserter};
use crate::contract::{AllocationRow, AuditRow, AuthorizationRow, HistoryFold, OrderRow, StoreError};
use parking_lot::Mutex;
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const FILE: &str = "history.db";
const READERS: u32 = 4;

/// Raised when the tables change; history of another layout is made anew.
const LAYOUT: i64 = 1;

/// At most so many bits of a position are within one audit span; see [`audit`].
const SPAN_BITS: u32 = 14;

/// Tables whose key is the journal position are ordered by it themselves, as in the journal. The others have no row
/// number: their key is the table.
const TABLES: &str = "
    CREATE TABLE setup (shard INTEGER PRIMARY KEY, upto_seq INTEGER NOT NULL,
        segment_bits INTEGER NOT NULL);
    CREATE TABLE allocation_row (shard INTEGER NOT NULL, segment INTEGER NOT NULL, account INTEGER NOT NULL,
        seq INTEGER NOT NULL, operator INTEGER NOT NULL, amount INTEGER NOT NULL, total_after INTEGER NOT NULL,
        available_after INTEGER NOT NULL, remark TEXT, at INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;
    CREATE TABLE order_row (shard INTEGER NOT NULL CHECK (shard = 0), seq INTEGER PRIMARY KEY,
        account INTEGER NOT NULL, payer INTEGER NOT NULL, product TEXT NOT NULL, kind TEXT NOT NULL,
        state TEXT NOT NULL, list_amount INTEGER NOT NULL, discount_rate INTEGER NOT NULL,
        voucher_amount INTEGER NOT NULL, amount INTEGER NOT NULL, partner_amount INTEGER NOT NULL,
        refunded_amount INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
        details TEXT NOT NULL, seal INTEGER NOT NULL);
    CREATE INDEX order_by_state ON order_row (shard, state);
    CREATE TABLE order_of (shard INTEGER NOT NULL, segment INTEGER NOT NULL, account INTEGER NOT NULL,
        seq INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;
    CREATE TABLE authorization_row (shard INTEGER NOT NULL CHECK (shard = 0), opened_seq INTEGER PRIMARY KEY,
        account INTEGER NOT NULL, product TEXT NOT NULL, state TEXT NOT NULL, list_amount INTEGER NOT NULL,
        amount INTEGER NOT NULL, partner_amount INTEGER NOT NULL, captured_list_amount INTEGER NOT NULL,
        captured_amount INTEGER NOT NULL, captured_partner_amount INTEGER NOT NULL, opened_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, closed_at INTEGER NOT NULL, seal INTEGER NOT NULL);
    CREATE TABLE audit_row (shard INTEGER NOT NULL CHECK (shard = 0), seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,
        request_id TEXT NOT NULL, actor TEXT NOT NULL, face TEXT NOT NULL, action TEXT NOT NULL, account INTEGER,
        outcome TEXT NOT NULL, code TEXT, detail TEXT NOT NULL, seal INTEGER NOT NULL);
    CREATE INDEX audit_by_action ON audit_row (shard, action);
    CREATE TABLE audit_of (shard INTEGER NOT NULL, segment INTEGER NOT NULL, account INTEGER NOT NULL,
        seq INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;
    CREATE TABLE audit_span (shard INTEGER NOT NULL, span INTEGER NOT NULL, first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL, PRIMARY KEY (shard, span)) WITHOUT ROWID;";

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
    pub(super) fn open(path: &Path, segment_bits: u32, cache_bytes: u64) -> Result<HistoryFile, StoreError> {
        let tables =
            format!("{TABLES} INSERT INTO setup (shard, upto_seq, segment_bits) VALUES (0, 0, {segment_bits});");
        let layout = Layout { file: FILE, page_bytes: 4096, number: LAYOUT, tables: &tables };
        let writer = BehindWriter::open(path, &layout, cache_bytes / 2)?;
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
            readers: Pool::open(path, FILE, READERS, cache_bytes / 2)?,
            writer: Mutex::new(writer),
            position: AtomicU64::new(read(upto, FILE)?),
            segment_bits,
        })
    }

    /// Up to where history has been filled.
    pub(super) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    pub(super) fn fold(&self, mut fold: HistoryFold) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        let position = self.position();
        if fold.upto_seq < position {
            return Err(StoreError::Corrupt(format!(
                "{FILE}: a fold up to event {} comes after one up to event {position}",
                fold.upto_seq
            )));
        }
        writer.write(|_| Ok(()), |transaction| self.write(transaction, &mut fold))?;
        self.position.store(fold.upto_seq, Ordering::Release);
        Ok(())
    }

    fn write(&self, transaction: &Connection, fold: &mut HistoryFold) -> Result<(), StoreError> {
        self.write_allocations(transaction, &mut fold.allocations)?;
        self.write_orders(transaction, &mut fold.orders)?;
        fold.authorizations.sort_by_key(|row| row.opened_seq);
        let mut into = Inserter::new::<AuthorizationRow>(transaction, FILE, Clash::Replaces, &[])?;
        fold.authorizations.iter().try_for_each(|row| into.put(&[], row))?;
        self.write_audit(transaction, &mut fold.audit)?;
        transaction.execute("UPDATE setup SET upto_seq = ? WHERE shard = 0", [stored(fold.upto_seq)?]).within(FILE)?;
        Ok(())
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
        let mut index: Vec<_> = rows.iter().map(|row| (self.segment(row.seq), row.account.number(), row.seq)).collect();
        write_index(connection, "order_of", &mut index)
    }

    fn write_audit(&self, connection: &Connection, rows: &mut [AuditRow]) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.seq);
        let mut into = Inserter::new::<AuditRow>(connection, FILE, Clash::Replaces, &[])?;
        rows.iter().try_for_each(|row| into.put(&[], row))?;
        let of = |row: &AuditRow| row.account.map(|account| (self.segment(row.seq), account.number(), row.seq));
        let mut index: Vec<_> = rows.iter().filter_map(of).collect();
        write_index(connection, "audit_of", &mut index)?;
        audit::write_spans(connection, self.span_bits(), rows)
    }

    fn segment(&self, seq: u64) -> u64 {
        seq >> self.segment_bits
    }

    fn span_bits(&self) -> u32 {
        self.segment_bits.min(SPAN_BITS)
    }
}

fn write_index(connection: &Connection, table: &str, rows: &mut [(u64, u64, u64)]) -> Result<(), StoreError> {
    rows.sort_unstable();
    let sql = format!("INSERT OR IGNORE INTO {table} (shard, segment, account, seq) VALUES (0, ?, ?, ?)");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    for &mut (segment, account, seq) in rows {
        statement.execute(params![stored(segment)?, stored(account)?, stored(seq)?]).within(FILE)?;
    }
    Ok(())
}
