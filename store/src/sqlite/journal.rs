//! The file `journal.db`: frames, deployment facts and the format's number. It is the only file that a commit without
//! directory changes touches, with one insert and one flush.

use super::SqliteStore;
use super::connect::{self, Access, Tuning};
use super::errors::{Within, bound, read, stored};
use super::places::{self, Name};
use super::rows::{seal, value};
use super::shard::{SHARD, insert as insert_into, of};
use crate::contract::{DirectoryWrite, FORMAT, Journal, StoreError, Visit};
use crate::frame::{Frame, Hash, Position};
use crate::tail::AcceptedLoss;
use credere_core::ledger::Moment;
use parking_lot::{Mutex, RwLock};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const FILE: &str = "journal.db";

/// Pages of 8 KiB: a frame of 1,000 events takes a dozen of them instead of two dozen (measured: 15 % more events a
/// second than with 4 KiB), and a frame of one event costs the same flush.
const PAGE_BYTES: u32 = 8192;

/// 4 MiB of log. Larger logs are moved into the database more rarely and hold up the commit that does it for longer; from
/// 16 MiB down to here the rate does not suffer, and the 99th percentile of an answer comes down by a fifth.
const CHECKPOINT_PAGES: u32 = 500;

/// How much of the journal is read at once: enough to be fast, little enough that a walk over the whole journal never
/// keeps the write-ahead log from being emptied.
const READ_BYTES: usize = 4 << 20;
const READ_FRAMES: usize = 4096;

/// One file holds one shard, so that the frame's last event can be the table's own key: with a key of two
/// columns SQLite would keep the payloads in an index, which costs a quarter of the rate.
const TABLES: &str = "
    CREATE TABLE format (shard INTEGER PRIMARY KEY, number INTEGER NOT NULL, openings INTEGER NOT NULL);
    CREATE TABLE fact (shard INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, name)) WITHOUT ROWID;
    CREATE TABLE frame (shard INTEGER NOT NULL CHECK (shard = 0), first_seq INTEGER NOT NULL,
        last_seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL,
        payload BLOB NOT NULL);";

/// The journal's connections and where it ends. Here as in the other files the writer is dropped last: the last one to
/// close moves the log into the database, if it may write.
pub(super) struct JournalFile {
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    /// Empty after a failed commit, until everything has been opened anew.
    end: RwLock<Option<Position>>,
    /// The last event that is on disk, for the directory's readers; stays what it was when a commit fails.
    durable: AtomicU64,
}

/// The number of the format in this file, if the file has been made completely. Changes nothing.
pub(super) fn format(path: &Path, access: Access) -> Result<Option<u32>, StoreError> {
    let connection = connect::reader(path, FILE, 0, access)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'format'", [], |row| row.get(0))
        .within(FILE)?;
    if tables == 0 {
        return Ok(None);
    }
    connection.query_row(&format!("SELECT number {}", of("format", "")), [], |row| row.get(0)).map(Some).within(FILE)
}

/// Refuses what a build with another format has written.
pub(super) fn check_format(found: u32) -> Result<(), StoreError> {
    if found == FORMAT { Ok(()) } else { Err(StoreError::OtherFormat { found }) }
}

/// Makes an empty journal, all or nothing.
pub(super) fn make(path: &Path) -> Result<(), StoreError> {
    let mut connection = connect::writer(path, &tuning(0, Access::Write))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
    transaction.execute_batch(TABLES).within(FILE)?;
    transaction.execute_batch(places::TABLE).within(FILE)?;
    transaction.execute(&insert_into("INSERT", "format", &["number", "openings"]), [FORMAT, 0]).within(FILE)?;
    transaction.commit().within(FILE)
}

/// Notes in a journal that nobody has open that a loss is accepted. Its log stays beside it: one that is gone would be
/// missed by a recovery that is begun again.
pub(super) fn note_loss(path: &Path, loss: &AcceptedLoss) -> Result<(), StoreError> {
    let mut writer = connect::writer(path, &tuning(0, Access::Write))?;
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).within(FILE)?;
    let mut number = 1;
    while fact(&writer, &AcceptedLoss::fact(number))?.is_some() {
        number += 1;
    }
    write_fact(&mut writer, &AcceptedLoss::fact(number), &loss.to_string())?;
    writer.close().map_err(|(_, error)| error).within(FILE)
}

fn tuning(cache_bytes: u64, access: Access) -> Tuning {
    Tuning {
        file: FILE,
        page_bytes: PAGE_BYTES,
        synchronous: "FULL",
        checkpoint_pages: CHECKPOINT_PAGES,
        cache_bytes,
        access,
    }
}

impl JournalFile {
    /// Opens a journal whose format has been checked and whose log has been settled.
    pub(super) fn open(path: &Path, cache_bytes: u64, access: Access) -> Result<JournalFile, StoreError> {
        let writer = connect::writer(path, &tuning(cache_bytes / 2, access))?;
        if access == Access::Write {
            settle(&writer, FILE, &format!("UPDATE format SET openings = openings + 1 WHERE shard = {SHARD}"))?;
        }
        let reader = connect::reader(path, FILE, cache_bytes / 2, access)?;
        let end = newest(&writer)?;
        Ok(JournalFile {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            end: RwLock::new(Some(end)),
            durable: AtomicU64::new(end.seq),
        })
    }

    pub(super) fn last(&self) -> Result<Position, StoreError> {
        self.end.read().ok_or_else(|| StoreError::io("a commit has failed, the store must be opened anew"))
    }

    /// The last event that is known to be on disk.
    pub(super) fn durable(&self) -> &AtomicU64 {
        &self.durable
    }

    /// The newest frame with directory changes.
    pub(super) fn directory_place(&self) -> Result<Position, StoreError> {
        places::kept(&self.reader.lock(), FILE, Name::Directory)
    }

    /// Appends a frame after `directory` has done its part, which is absent where the frame changes nothing there;
    /// nothing else is appended meanwhile.
    pub(super) fn append(
        &self,
        frame: &Frame,
        directory: Option<impl FnOnce() -> Result<(), StoreError>>,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        let last = self.last()?;
        if !frame.follows(&last) {
            return Err(StoreError::corrupt(format!(
                "a frame of events {} to {} does not follow event {}",
                frame.first_seq, frame.last_seq, last.seq
            )));
        }
        let appended = match directory {
            None => insert(&writer, frame),
            Some(change) => change().and_then(|()| insert_with_place(&mut writer, frame)),
        };
        if appended.is_ok() {
            self.durable.store(frame.last_seq, Ordering::Release);
        }
        // After a failure nobody knows where the journal ends.
        *self.end.write() = appended.is_ok().then(|| frame.position());
        appended
    }

    pub(super) fn frames_after(&self, after: &Position) -> Result<Vec<Frame>, StoreError> {
        frames_after(&self.reader.lock(), after)
    }

    /// The frame that holds the event at `seq`, if there is one.
    pub(super) fn frame_with(&self, seq: u64) -> Result<Option<Frame>, StoreError> {
        let reader = self.reader.lock();
        let sql = "SELECT first_seq, last_seq, at, prev, hash, payload FROM frame WHERE last_seq >= ? \
                   ORDER BY last_seq LIMIT 1";
        let mut statement = reader.prepare_cached(sql).within(FILE)?;
        let mut rows = statement.query([bound(seq)]).within(FILE)?;
        let Some(row) = rows.next().within(FILE)? else { return Ok(None) };
        let frame = read_frame(row)?;
        let before = Position { seq: frame.first_seq.saturating_sub(1), hash: frame.prev };
        if !frame.follows(&before) {
            return Err(StoreError::corrupt(format!("{FILE}: the frame with event {seq} is not what was written")));
        }
        Ok((frame.first_seq <= seq).then_some(frame))
    }

    /// The position at which a frame ends.
    pub(super) fn position_at(&self, seq: u64) -> Result<Position, StoreError> {
        if seq == 0 {
            return Ok(Position::default());
        }
        match hash_at(&self.reader.lock(), seq)? {
            Some(hash) => Ok(Position { seq, hash }),
            None => Err(StoreError::corrupt(format!("{FILE}: no frame ends at event {seq}"))),
        }
    }

    pub(super) fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        fact(&self.reader.lock(), name)
    }

    /// Leaves flushing to whoever closes the folder.
    pub(super) fn hurry(&self) -> Result<(), StoreError> {
        self.writer.lock().pragma_update(None, "synchronous", "OFF").within(FILE)
    }

    pub(super) fn fix_fact(&self, name: &str, fixed: &str) -> Result<String, StoreError> {
        let mut writer = self.writer.lock();
        self.last()?;
        let fixed = write_fact(&mut writer, name, fixed);
        if fixed.is_err() {
            // A failed flush leaves the same doubt here as after a failed append.
            *self.end.write() = None;
        }
        fixed
    }
}

impl Journal for SqliteStore {
    fn last(&self) -> Result<Position, StoreError> {
        self.files()?.journal.last()
    }

    fn append(&self, frame: &Frame, directory: &[DirectoryWrite]) -> Result<(), StoreError> {
        let files = self.files()?;
        let changes = (!directory.is_empty()).then_some(|| files.directory.write(frame, directory));
        files.journal.append(frame, changes)
    }

    fn frame_with(&self, seq: u64) -> Result<Option<Frame>, StoreError> {
        self.files()?.journal.frame_with(seq)
    }

    fn frames(&self, after_seq: u64, upto_seq: u64, visit: Visit<'_, Frame>) -> Result<(), StoreError> {
        let mut place = self.files()?.journal.position_at(after_seq)?;
        while place.seq < upto_seq {
            // Nothing is held while the visitor works: it may take its time.
            let frames = self.files()?.journal.frames_after(&place)?;
            let Some(last) = frames.last() else { return Ok(()) };
            place = last.position();
            frames.into_iter().take_while(|frame| frame.last_seq <= upto_seq).try_for_each(&mut *visit)?;
        }
        Ok(())
    }
}

fn write_fact(writer: &mut Connection, name: &str, fixed: &str) -> Result<String, StoreError> {
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
    if let Some(holds) = fact(&transaction, name)? {
        return Ok(holds);
    }
    let seal = seal("fact", &[value::text(name), value::text(fixed)]);
    transaction
        .execute(&insert_into("INSERT", "fact", &["name", "value", "seal"]), params![name, fixed, seal])
        .within(FILE)?;
    transaction.commit().within(FILE)?;
    Ok(fixed.to_owned())
}

/// One statement outside a transaction is a transaction of its own: one flush, and no statement more than needed.
fn insert(writer: &Connection, frame: &Frame) -> Result<(), StoreError> {
    let sql = insert_into("INSERT", "frame", &["first_seq", "last_seq", "at", "prev", "hash", "payload"]);
    let mut statement = writer.prepare_cached(&sql).within(FILE)?;
    let (first_seq, last_seq) = (stored(frame.first_seq)?, stored(frame.last_seq)?);
    statement
        .execute(params![first_seq, last_seq, frame.at.micros(), &frame.prev[..], &frame.hash[..], &frame.payload[..]])
        .within(FILE)?;
    Ok(())
}

/// Inserts a frame and keeps its place as the newest with directory changes: an older directory is known by that. Such
/// commits have cost a flush more already; the place costs a page and none.
fn insert_with_place(writer: &mut Connection, frame: &Frame) -> Result<(), StoreError> {
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
    insert(&transaction, frame)?;
    places::keep(&transaction, FILE, Name::Directory, &frame.position())?;
    transaction.commit().within(FILE)
}

/// Commits a little something. It settles what the log ends with: where somebody else (a backup) keeps the log's index
/// alive, a failed commit may be in the log and not in the index, and only a next commit over it makes sure that no
/// later start finds it after all. It also shows that the disk can be written to again. The log is not moved into the
/// database here: after [`connect::settle_log`] it is as safe as that, and on a disk that was full there may be room
/// for a commit and none for that.
pub(super) fn settle(writer: &Connection, file: &'static str, write: &str) -> Result<(), StoreError> {
    writer.execute(write, []).within(file)?;
    Ok(())
}

/// Frames after a position, as many as are read at once; none when there are no more.
///
/// # Errors
/// [`StoreError::Corrupt`] at the first frame that does not follow.
pub(super) fn frames_after(connection: &Connection, after: &Position) -> Result<Vec<Frame>, StoreError> {
    let sql = "SELECT first_seq, last_seq, at, prev, hash, payload FROM frame WHERE last_seq > ? ORDER BY last_seq";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let mut rows = statement.query([bound(after.seq)]).within(FILE)?;
    let (mut frames, mut bytes, mut place) = (Vec::new(), 0, *after);
    while frames.len() < READ_FRAMES && bytes < READ_BYTES {
        let Some(row) = rows.next().within(FILE)? else { break };
        let frame = read_frame(row)?;
        if !frame.follows(&place) {
            return Err(StoreError::corrupt(format!(
                "{FILE}: the chain is broken after event {}: the next frame says events {} to {}",
                place.seq, frame.first_seq, frame.last_seq
            )));
        }
        place = frame.position();
        bytes += frame.payload.len();
        frames.push(frame);
    }
    Ok(frames)
}

/// The hash of the frame that ends at `seq`, if one does.
pub(super) fn hash_at(connection: &Connection, seq: u64) -> Result<Option<Hash>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT hash FROM frame WHERE last_seq = ?").within(FILE)?;
    statement.query_row([bound(seq)], |row| row.get(0)).optional().within(FILE)
}

/// Where the journal ends, as the connection sees it.
pub(super) fn newest(connection: &Connection) -> Result<Position, StoreError> {
    let sql = "SELECT first_seq, last_seq, at, prev, hash, payload FROM frame ORDER BY last_seq DESC LIMIT 1";
    let mut statement = connection.prepare(sql).within(FILE)?;
    let mut rows = statement.query([]).within(FILE)?;
    let Some(row) = rows.next().within(FILE)? else { return Ok(Position::default()) };
    let frame = read_frame(row)?;
    let before = Position { seq: frame.first_seq.saturating_sub(1), hash: frame.prev };
    if !frame.follows(&before) {
        return Err(StoreError::corrupt(format!("{FILE}: the last frame is not what was written")));
    }
    Ok(frame.position())
}

fn read_frame(row: &Row<'_>) -> Result<Frame, StoreError> {
    Ok(Frame {
        first_seq: read(row.get(0).within(FILE)?, FILE)?,
        last_seq: read(row.get(1).within(FILE)?, FILE)?,
        at: Moment::from_micros(row.get(2).within(FILE)?),
        prev: row.get(3).within(FILE)?,
        hash: row.get(4).within(FILE)?,
        payload: row.get(5).within(FILE)?,
    })
}

pub(super) fn fact(connection: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT value, seal {}", of("fact", "AND name = ?"))).within(FILE)?;
    let row: Option<(String, i64)> =
        statement.query_row([name], |row| Ok((row.get(0)?, row.get(1)?))).optional().within(FILE)?;
    match row {
        Some((held, carried)) if carried != seal("fact", &[value::text(name), value::text(&held)]) => {
            Err(StoreError::corrupt(format!("{FILE}: the fact `{name}` does not match its seal")))
        }
        row => Ok(row.map(|(held, _)| held)),
    }
}
