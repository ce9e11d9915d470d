//! Opening a database file: how it is tuned, how its page cache is capped, how readers share connections, and how a
//! write-ahead log is made safe after a failure. Knows no table.

use super::errors::Within;
use crate::contract::StoreError;
use parking_lot::{Condvar, Mutex};
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement waits for a lock. Nobody else writes, so that is only ever a moment.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// A log that a long read has let grow is cut back to this when it starts again.
const LOG_LIMIT_BYTES: i64 = 64 << 20;

/// How a database file is written.
pub(super) struct Tuning {
    /// The file's name, for messages.
    pub(super) file: &'static str,
    /// Bytes a page; fixed when the file is made.
    pub(super) page_bytes: u32,
    /// `FULL` where a commit must survive a power cut, `NORMAL` where it may be repeated.
    pub(super) synchronous: &'static str,
    /// After how many pages in the write-ahead log a commit moves them into the database; 0 for never by itself.
    pub(super) checkpoint_pages: u32,
    /// Cap of the writer's page cache.
    pub(super) cache_bytes: u64,
}

/// Opens a database for writing, and makes it where it is not there.
pub(super) fn writer(path: &Path, tuning: &Tuning) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).within(tuning.file)?;
    connection.pragma_update(None, "page_size", tuning.page_bytes).within(tuning.file)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).within(tuning.file)?;
    if mode != "wal" {
        return Err(StoreError::Io(format!("{}: this file system does not bear a write-ahead log", tuning.file)));
    }
    connection.pragma_update(None, "synchronous", tuning.synchronous).within(tuning.file)?;
    connection
        .pragma_update_and_check(None, "wal_autocheckpoint", tuning.checkpoint_pages, |_| Ok(()))
        .within(tuning.file)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_LIMIT_BYTES, |_| Ok(())).within(tuning.file)?;
    settle_in(&connection, tuning.file, tuning.cache_bytes)?;
    Ok(connection)
}

/// Opens a database for reading only. It must be there.
pub(super) fn reader(path: &Path, file: &'static str, cache_bytes: u64) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).within(file)?;
    settle_in(&connection, file, cache_bytes)?;
    Ok(connection)
}

fn settle_in(connection: &Connection, file: &'static str, cache_bytes: u64) -> Result<(), StoreError> {
    // A negative cache size counts KiB. SQLite needs a few pages whatever happens.
    let kib = i64::try_from(cache_bytes / 1024).unwrap_or(i64::MAX).max(64);
    connection.pragma_update(None, "cache_size", -kib).within(file)?;
    // Finds a damaged page when it is read rather than when it has misled somebody; costs next to nothing.
    connection.pragma_update(None, "cell_size_check", true).within(file)?;
    connection.busy_timeout(LOCK_PATIENCE).within(file)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Moves the write-ahead log into the database and empties it, waiting at most `patience` for those who are reading.
/// Answers whether that went through: somebody who goes on reading (a backup) may be in the way, or the disk have no
/// room for it, and neither is a failure, the log just stays.
pub(super) fn empty_log(connection: &Connection, file: &'static str, patience: Duration) -> Result<bool, StoreError> {
    connection.busy_timeout(patience).within(file)?;
    let busy: Result<i64, _> = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    connection.busy_timeout(LOCK_PATIENCE).within(file)?;
    match busy.within(file) {
        Ok(busy) => Ok(busy == 0),
        Err(StoreError::Full(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes what the write-ahead log of `database` seems to hold truly durable. To be called before the log is trusted: at
/// every opening, and after every failed commit, while nobody writes to it.
///
/// When a flush fails, the kernel may mark the pages clean that it could not write: reading the log still shows them,
/// the next flush reports success, and the disk holds something else. SQLite would take such frames for committed, and
/// a crash in the middle of moving them into the database would leave half of them there with nothing to repair it
/// from. Writing the same bytes to the same places again makes the pages dirty again, so that the flush below either
/// puts them on the disk or fails. Whoever else reads the log meanwhile sees no difference.
pub(super) fn settle_log(database: &Path, file: &'static str) -> Result<(), StoreError> {
    let mut log = match OpenOptions::new().read(true).write(true).open(beside(database, "-wal")) {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).within(file),
    };
    let mut chunk = vec![0; 1 << 20];
    let mut at = 0;
    loop {
        log.seek(SeekFrom::Start(at)).within(file)?;
        let read = log.read(&mut chunk).within(file)?;
        if read == 0 {
            break;
        }
        log.seek(SeekFrom::Start(at)).within(file)?;
        log.write_all(&chunk[..read]).within(file)?;
        at += read as u64;
    }
    log.sync_all().within(file)
}

/// How large the write-ahead log of `database` is, in bytes.
pub(super) fn log_bytes(database: &Path) -> u64 {
    std::fs::metadata(beside(database, "-wal")).map_or(0, |metadata| metadata.len())
}

/// Removes a database with its log. All its connections must be closed.
pub(super) fn remove(database: &Path, file: &'static str) -> Result<(), StoreError> {
    for path in [beside(database, "-wal"), beside(database, "-shm"), database.to_owned()] {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).within(file),
            _ => {}
        }
    }
    Ok(())
}

/// Gives a database with its log another name, `<name>.damaged`, in place of one that has it already. All its connections
/// must be closed.
pub(super) fn set_aside(database: &Path, file: &'static str) -> Result<(), StoreError> {
    let aside = beside(database, ".damaged");
    remove(&aside, file)?;
    for ending in ["-wal", "-shm", ""] {
        match std::fs::rename(beside(database, ending), beside(&aside, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).within(file),
            _ => {}
        }
    }
    Ok(())
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).within(&folder.display().to_string())
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A few connections for reading, so that a read never waits for a write, and seldom for another read.
pub(super) struct Pool {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Pool {
    /// Opens `count` connections that share `cache_bytes`.
    pub(super) fn open(path: &Path, file: &'static str, count: u32, cache_bytes: u64) -> Result<Pool, StoreError> {
        let share = cache_bytes / u64::from(count.max(1));
        let idle = (0..count).map(|_| reader(path, file, share)).collect::<Result<_, _>>()?;
        Ok(Pool { idle: Mutex::new(idle), returned: Condvar::new() })
    }

    /// Takes a connection, waiting for one to come back where all are out.
    pub(super) fn take(&self) -> Taken<'_> {
        let mut idle = self.idle.lock();
        loop {
            if let Some(connection) = idle.pop() {
                return Taken { pool: self, connection: Some(connection) };
            }
            self.returned.wait(&mut idle);
        }
    }
}

/// A connection that goes back to its pool by itself.
pub(super) struct Taken<'p> {
    pool: &'p Pool,
    connection: Option<Connection>,
}

impl Deref for Taken<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("the connection leaves only when this is dropped")
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.idle.lock().push(connection);
            self.pool.returned.notify_one();
        }
    }
}
