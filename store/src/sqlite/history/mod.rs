//! The file `history.db`: rows made for reading, filled behind the commit in large sorted folds. Everything in it can be
//! made again from the journal. No index grows without bound under random inserts: what is ordered by account is cut into
//! segments by journal position, so that a fold touches the newest segment only, and everything else grows at its right
//! edge. Each area has its tables, and how they are written and read, in a file of its own.

mod audit;
mod bills;
mod buying;
mod lists;
mod marked;
mod members;
mod metering;
mod parties;
mod standing;
mod tables;
mod tally;
mod vouchers;
mod walk;

use super::behind::{BehindWriter, Layout};
use super::compare::SecondHistory;
use super::connect::{Access, Pool};
use super::errors::Within;
use super::places::{self, Name};
use super::rows::{Fields, Stored, seal, select, stored};
use super::{READERS_OF_LISTS, SqliteStore, open_history};
use crate::bill::check_fold;
use crate::contract::{Comparison, History, HistoryFold, StoreError};
use crate::frame::Position;
use crate::sqlite::shard::SHARD;
use bills::{Change, Known, PageCache};
use parking_lot::{MappedRwLockReadGuard, Mutex, RwLock};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use tables::{LAYOUT, TABLES};
use tally::Tallies;

pub(super) const FILE: &str = "history.db";

/// At most so many bits of a position are within one audit span; see [`audit`].
const SPAN_BITS: u32 = 14;

/// History's connections and its position.
pub(super) struct HistoryFile {
    readers: Pool,
    writer: Mutex<BehindWriter>,
    position: AtomicU64,
    segment_bits: u32,
    /// What is known of bill lines as of the last commit.
    known: RwLock<Known>,
    /// Pages of bills that were read lately.
    pages: PageCache,
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
            "{} INSERT INTO setup (shard, segment_bits, seal) VALUES ({SHARD}, {segment_bits}, {});{}",
            TABLES.concat(),
            seal(Setup::TABLE, &Setup { segment_bits }.values()?),
            places::first(Name::Reached, &Position::default())?
        );
        let layout = Layout { file: FILE, page_bytes: 4096, number: LAYOUT, tables: &tables };
        // Pages that were read take a third of what is for reading.
        let share = cache_bytes / 6;
        let writer = BehindWriter::open(path, &layout, 3 * share, access)?;
        let position = places::reached(writer.connection(), FILE)?.seq;
        let Setup { segment_bits } = setup(writer.connection())?;
        if !(1..=40).contains(&segment_bits) {
            return Err(StoreError::corrupt(format!("{FILE}: segments of {segment_bits} bits")));
        }
        let known = Known::load(writer.connection(), segment_bits, position)?;
        Ok(HistoryFile {
            known: RwLock::new(known),
            readers: Pool::open(path, FILE, READERS_OF_LISTS, 2 * share, access)?,
            pages: PageCache::of(share),
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
        writer.write_then(
            |_| Ok(()),
            |transaction| {
                // The file's own, read in the same transaction: a commit that was reported as failed may have gone through.
                let position = places::reached(transaction, FILE)?.seq;
                let change = self.write(transaction, fold, position)?;
                if at.seq > position {
                    places::keep(transaction, FILE, Name::Reached, at)?;
                }
                // Nobody looks at what is known from here on until it goes with what is committed.
                Ok((position.max(at.seq), change, self.known.write()))
            },
            |(position, change, mut known)| {
                known.apply(change);
                self.position.store(position, Ordering::Release);
            },
        )
    }

    /// Writes a fold into a history that is filled up to `position`.
    fn write(&self, transaction: &Connection, mut fold: HistoryFold, position: u64) -> Result<Change, StoreError> {
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
        let reached = (position, fold.upto_seq.max(position));
        let change = self.write_lines(&mut tallies, transaction, fold.lines, reached)?;
        self.write_receipts(&mut tallies, transaction, fold.receipts)?;
        self.write_vouchers(&mut tallies, transaction, fold.vouchers)?;
        self.write_voucher_uses(&mut tallies, transaction, &mut fold.voucher_uses)?;
        self.write_resources(&mut tallies, transaction, &mut fold.resources, position)?;
        self.write_notices(&mut tallies, transaction, &mut fold.notices)?;
        self.write_invitations(&mut tallies, transaction, &mut fold.invitations)?;
        tallies.write()?;
        Ok(change)
    }

    fn segment(&self, seq: u64) -> u64 {
        seq >> self.segment_bits
    }

    fn span_bits(&self) -> u32 {
        self.segment_bits.min(SPAN_BITS)
    }
}

impl SqliteStore {
    fn history(&self) -> Result<MappedRwLockReadGuard<'_, HistoryFile>, StoreError> {
        self.part("history", |files| files.history.as_ref())
    }

    /// Reads history as it stands at one moment.
    fn read_history<T>(
        &self,
        read: impl FnOnce(&HistoryFile, &Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let history = self.history()?;
        let connection = history.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        read(&history, &transaction)
    }
}

impl History for SqliteStore {
    fn history_seq(&self) -> Result<u64, StoreError> {
        if self.has_none(FILE) { Ok(0) } else { Ok(self.history()?.position()) }
    }

    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError> {
        let at = self.files()?.journal.position_at(fold.upto_seq)?;
        self.history()?.fold(fold, &at)
    }

    fn clear_history(&self) -> Result<(), StoreError> {
        self.make_anew(
            FILE,
            |files| files.history = None,
            |files| {
                files.history = Some(open_history(&self.folder, &self.options)?);
                Ok(())
            },
        )
    }

    fn compare_history(&self, scratch: &Path) -> Result<Option<Box<dyn Comparison + '_>>, StoreError> {
        if self.has_none(FILE) {
            return Ok(None);
        }
        let (second, bits) = (scratch.join(FILE), self.history()?.segment_bits);
        let expected = HistoryFile::open(&second, bits, self.options.cache_share(23), Access::Write)?;
        Ok(Some(Box::new(SecondHistory::new(self, self.folder.file(FILE), expected, second))))
    }
}

/// How history's segments are cut.
struct Setup {
    segment_bits: u32,
}

stored! { Setup: "setup",
    segment_bits
}

fn setup(connection: &Connection) -> Result<Setup, StoreError> {
    let found: Option<Setup> = select(connection, FILE, "", &[])?.pop();
    found.ok_or_else(|| tally::gap(Setup::TABLE))
}

/// A text as a number that an index can hold; others may have the same.
fn short_hash(text: &str) -> i64 {
    let mut short = [0; 8];
    short.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..8]);
    i64::from_le_bytes(short)
}
