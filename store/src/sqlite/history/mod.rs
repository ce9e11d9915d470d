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
mod tally;
mod totals;
mod vouchers;

use super::READERS_OF_LISTS;
use super::behind::{BehindWriter, Layout};
use super::connect::{Access, Pool};
use super::errors::stored;
use super::places::{self, Name};
use super::rows::{Clash, Fields, Inserter, Stored, seal, select, value};
use crate::bill::check_fold;
use crate::contract::{AllocationRow, AuditRow, AuthorizationRow, HistoryFold, OrderRow, StoreError};
use crate::frame::Position;
use credere_core::channel::Uin;
use lists::ORDERS_IN;
use parking_lot::Mutex;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use tables::{LAYOUT, TABLES};
use tally::{Kind, List, Tallies};

pub(super) const FILE: &str = "history.db";

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
        let tables = format!(
            "{TABLES} INSERT INTO setup (shard, segment_bits, seal) VALUES (0, {segment_bits}, {});{}",
            seal(Setup::TABLE, &Setup { segment_bits }.values()?),
            places::first(Name::Reached, &Position::default())?
        );
        let layout = Layout { file: FILE, page_bytes: 4096, number: LAYOUT, tables: &tables };
        let writer = BehindWriter::open(path, &layout, cache_bytes / 2, access)?;
        let position = places::reached(writer.connection(), FILE)?.seq;
        let Setup { segment_bits } = setup(writer.connection())?;
        if !(1..=40).contains(&segment_bits) {
            return Err(StoreError::Corrupt(format!("{FILE}: segments of {segment_bits} bits")));
        }
        Ok(HistoryFile {
            readers: Pool::open(path, FILE, READERS_OF_LISTS, cache_bytes / 2, access)?,
            writer: Mutex::new(writer),
            position: AtomicU64::new(position),
            segment_bits,
        })
    }

    /// Up to where history has been filled.
    pub(super) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// Writes a fold that ends at `at`.
    pub(super) fn fold(&self, fold: HistoryFold, at: &Position) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        check_fold(&fold, self.position(), FILE)?;
        let position = writer.write(
            |_| Ok(()),
            |transaction| {
                // The file's own, read in the same transaction: a commit that was reported as failed may have gone through.
                let position = places::reached(transaction, FILE)?.seq;
                self.write(transaction, fold, position)?;
                if at.seq > position {
                    places::keep(transaction, FILE, Name::Reached, at)?;
                }
                Ok(position.max(at.seq))
            },
        )?;
        self.position.store(position, Ordering::Release);
        Ok(())
    }

    /// Writes a fold into a history that is filled up to `position`.
    fn write(&self, transaction: &Connection, mut fold: HistoryFold, position: u64) -> Result<(), StoreError> {
        // INVARIANT: what is summed, and what is numbered, is not there yet.
        fold.allocations.retain(|row| row.seq > position);
        fold.audit.retain(|row| row.seq > position);
        fold.lines.retain(|row| row.seq > position);
        fold.receipts.retain(|row| row.seq > position);
        fold.voucher_uses.retain(|row| row.line_seq > position);
        fold.notices.retain(|row| row.key.seq > position);
        let mut tallies = Tallies::new(transaction)?;
        self.write_allocations(&mut tallies, transaction, &mut fold.allocations)?;
        self.write_orders(&mut tallies, transaction, &mut fold.orders, position)?;
        self.write_authorizations(&mut tallies, transaction, &mut fold.authorizations)?;
        self.write_audit(&mut tallies, transaction, &mut fold.audit)?;
        self.write_lines(&mut tallies, transaction, &mut fold.lines)?;
        self.write_receipts(&mut tallies, transaction, fold.receipts)?;
        self.write_vouchers(&mut tallies, transaction, fold.vouchers)?;
        self.write_voucher_uses(&mut tallies, transaction, &mut fold.voucher_uses)?;
        self.write_resources(&mut tallies, transaction, &mut fold.resources, position)?;
        self.write_notices(&mut tallies, transaction, &mut fold.notices)?;
        tallies.write()
    }

    fn write_allocations(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut [AllocationRow],
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| (self.segment(row.seq), row.account, row.seq));
        let mut into = Inserter::new::<AllocationRow>(connection, FILE, Clash::Replaces, &["nth", "segment"])?;
        for row in rows {
            let segment = stored(self.segment(row.seq))?;
            let nth = tallies.next(List::of(Kind::AllocationsOf, segment, stored(row.account.number())?))?;
            into.put(&[nth, segment], row)?;
        }
        Ok(())
    }

    fn write_orders(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut Vec<OrderRow>,
        position: u64,
    ) -> Result<(), StoreError> {
        last_of_each(rows, |row| row.seq);
        let mut into = Inserter::new::<OrderRow>(connection, FILE, Clash::Replaces, &["nth"])?;
        let mut new = Vec::new();
        for row in rows.iter() {
            let there =
                if row.seq <= position { tally::marked_in(connection, &ORDERS_IN, stored(row.seq)?)? } else { None };
            let before = there.as_ref().map(|(_, state)| state.as_str());
            tallies.mark(&ORDERS_IN, self.span_bits(), row.seq, before, &row.state)?;
            let nth = match there {
                Some((nth, _)) => nth,
                None => {
                    new.push((row.seq, row.account));
                    tallies.next(List::whole(Kind::Orders))?
                }
            };
            into.put(&[nth], row)?;
        }
        let mut index = self.index(new.into_iter())?;
        let list = |row: &[i64; 3]| List::of(Kind::OrdersOf, row[0], row[1]);
        tallies.index("order_of", ["segment", "account", "seq"], &mut index, list)
    }

    /// A closed authorization never changes; one that is there already is from a fold that is written again.
    fn write_authorizations(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut [AuthorizationRow],
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.opened_seq);
        let mut into = Inserter::new::<AuthorizationRow>(connection, FILE, Clash::Stays, &[])?;
        for row in rows.iter() {
            if into.put_new(&[], row)? {
                tallies.next(lists::authorizations_in(row.opened_seq)?)?;
            }
        }
        Ok(())
    }

    fn write_audit(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut [AuditRow],
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.seq);
        let before = tallies.count(List::whole(Kind::Audit))?;
        let mut into = Inserter::new::<AuditRow>(connection, FILE, Clash::Replaces, &["nth"])?;
        for row in rows.iter() {
            into.put(&[tallies.next(List::whole(Kind::Audit))?], row)?;
            tallies.mark(&audit::AUDIT_IN, self.span_bits(), row.seq, None, &row.action)?;
        }
        let mut index = self.index(rows.iter().filter_map(|row| Some((row.seq, row.account?))))?;
        let list = |row: &[i64; 3]| List::of(Kind::AuditOf, row[0], row[1]);
        tallies.index("audit_of", ["segment", "account", "seq"], &mut index, list)?;
        self.write_requests(tallies, connection, before, rows)?;
        audit::write_spans(tallies, connection, self.span_bits(), rows)
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

/// Leaves of rows with one key the last, in order of the key: it is the newest.
fn last_of_each<T>(rows: &mut Vec<T>, key: impl Fn(&T) -> u64) {
    // Stable, and from the end: of those with one key the first that is met stays.
    rows.reverse();
    rows.sort_by_key(&key);
    rows.dedup_by_key(|row| key(row));
}

/// How history's segments are cut.
struct Setup {
    segment_bits: u32,
}

impl Stored for Setup {
    const TABLE: &'static str = "setup";
    const COLUMNS: &'static [&'static str] = &["segment_bits"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![value::small(self.segment_bits)])
    }

    fn read(fields: &mut Fields<'_>) -> Result<Setup, StoreError> {
        Ok(Setup { segment_bits: fields.small()? })
    }
}

fn setup(connection: &Connection) -> Result<Setup, StoreError> {
    let found: Option<Setup> = select(connection, FILE, "", "FROM setup WHERE shard = 0", &[])?.pop();
    found.ok_or_else(|| tally::gap(Setup::TABLE))
}

/// A text as a number that an index can hold; others may have the same.
fn short_hash(text: &str) -> i64 {
    let mut short = [0; 8];
    short.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..8]);
    i64::from_le_bytes(short)
}
