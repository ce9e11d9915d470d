//! Opening a database file: how it is tuned, how its page cache is capped, how readers share connections, and how a
//! write-ahead log is made safe after a failure. Knows no table.

use super::errors::Within;
use crate::contract::StoreError;
use parking_lot::{Condvar, Mutex};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement waits for a lock. Nobody else writes, so that is only ever a moment.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// A log that a long read has let grow is cut back to this when it starts again: well above what it grows to otherwise.
const LOG_LIMIT_BYTES: i64 = 128 << 20;

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// To be written to, and mended where that is needed.
    Write,
    /// To be looked at and left exactly as it is.
    Look,
}

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
    /// With [`Access::Look`] the connection only reads, and every attempt to write fails.
    pub(super) access: Access,
}

/// Opens a database for writing, and makes it where it is not there, for the server's own user alone.
pub(super) fn writer(path: &Path, tuning: &Tuning) -> Result<Connection, StoreError> {
    if tuning.access == Access::Look {
        return reader(path, tuning.file, tuning.cache_bytes, Access::Look);
    }
    make_private(path, tuning.file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).within(tuning.file)?;
    connection.pragma_update(None, "page_size", tuning.page_bytes).within(tuning.file)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).within(tuning.file)?;
    if mode != "wal" {
        return Err(StoreError::io(format!("{}: this file system does not bear a write-ahead log", tuning.file)));
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
pub(super) fn reader(
    path: &Path,
    file: &'static str,
    cache_bytes: u64,
    access: Access,
) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // A file whose log is empty is read as it lies there: SQLite would make a log and its index beside it. Nobody writes
    // meanwhile, the folder is claimed.
    let connection = if access == Access::Look && log_bytes(path) == 0 {
        Connection::open_with_flags(unchanging(path)?, flags | OpenFlags::SQLITE_OPEN_URI)
    } else {
        Connection::open_with_flags(path, flags)
    };
    let connection = connection.within(file)?;
    settle_in(&connection, file, cache_bytes)?;
    Ok(connection)
}

/// The address under which SQLite takes a file for one that does not change.
fn unchanging(path: &Path) -> Result<String, StoreError> {
    let path = std::path::absolute(path).within(&path.display().to_string())?;
    let mut address = "file://".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address.push_str("?immutable=1");
    Ok(address)
}

/// Nobody but the server's own user has business in these files: names and addresses are in them.
pub(super) const PRIVATE: u32 = 0o600;

/// Makes a database where there is none, and sees to it that it and what belongs to it is private, whatever the umask
/// says. SQLite makes logs with the permissions of their database.
pub(super) fn make_private(database: &Path, file: &str) -> Result<(), StoreError> {
    // The file is not opened where it is there already: closing it would let go of the locks that SQLite holds on it.
    match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(database) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error).within(file),
        _ => {}
    }
    for ending in ["", "-wal", "-shm"] {
        set_mode(&beside(database, ending), PRIVATE).within(file)?;
    }
    Ok(())
}

/// Gives a file or folder these permissions, where it is there and has others.
pub(super) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o7777 == mode => Ok(()),
        Ok(_) => std::fs::set_permissions(path, Permissions::from_mode(mode)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn settle_in(connection: &Connection, file: &'static str, cache_bytes: u64) -> Result<(), StoreError> {
    // A negative cache size counts KiB. SQLite needs a few pages whatever happens.
    let kib = i64::try_from(cache_bytes / 1024).unwrap_or(i64::MAX).max(64);
    connection.pragma_update(None, "cache_size", -kib).within(file)?;
    // Finds a damaged page when it is read rather than when it has misled somebody; costs next to nothing.
    connection.pragma_update(None, "cell_size_check", true).within(file)?;
    // A plan never hangs on what is asked for. Otherwise SQLite may make it anew for each value, which costs many times
    // what running it does.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).within(file)?;
    connection.busy_timeout(LOCK_PATIENCE).within(file)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Lets SQLite look for damage in a file's own structure: pages, and indexes that do not agree with their tables.
///
/// # Errors
/// [`StoreError::Corrupt`] with the first thing found.
pub(super) fn check_structure(connection: &Connection, file: &'static str) -> Result<(), StoreError> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).within(file)?;
    if found == "ok" { Ok(()) } else { Err(StoreError::corrupt(format!("{file}: {found}"))) }
}

/// Moves the write-ahead log into the database and empties it, waiting at most `patience` for those who are reading.
/// Answers whether that went through: somebody who goes on reading (a backup) may be in the way, or the disk have no
/// room for it, and neither is a failure, the log just stays.
pub(super) fn empty_log(connection: &Connection, file: &'static str, patience: Duration) -> Result<bool, StoreError> {
    move_log(connection, file, "PRAGMA wal_checkpoint(TRUNCATE)", patience)
}

/// The same, but leaves the log as long as it is, to be written from its beginning again: what need not be made longer is
/// written to in half the time.
pub(super) fn begin_log_anew(
    connection: &Connection,
    file: &'static str,
    patience: Duration,
) -> Result<bool, StoreError> {
    move_log(connection, file, "PRAGMA wal_checkpoint(RESTART)", patience)
}

/// Pages in the write-ahead log.
pub(super) fn log_pages(connection: &Connection, file: &'static str) -> Result<u64, StoreError> {
    let pages: i64 = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1)).within(file)?;
    // Told to be fewer than none where there is no log.
    Ok(pages.max(0).unsigned_abs())
}

fn move_log(connection: &Connection, file: &'static str, how: &str, patience: Duration) -> Result<bool, StoreError> {
    connection.busy_timeout(patience).within(file)?;
    let busy: Result<i64, _> = connection.query_row(how, [], |row| row.get(0));
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

/// Moves the log of a database that nobody has open into the database and removes it, so that the one file is all of
/// it.
pub(super) fn fold_log(database: &Path, file: &'static str) -> Result<(), StoreError> {
    if !has_log(database) {
        return Ok(());
    }
    let tuning = Tuning {
        file,
        page_bytes: 4096,
        synchronous: "FULL",
        checkpoint_pages: 0,
        cache_bytes: 0,
        access: Access::Write,
    };
    let connection = writer(database, &tuning)?;
    if !empty_log(&connection, file, LOCK_PATIENCE)? {
        return Err(StoreError::io(format!("{file}: its log cannot be emptied")));
    }
    connection.close().map_err(|(_, error)| error).within(file)
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

/// Gives a database with its log another name, in place of one that has it already. All its connections must be closed.
pub(super) fn move_to(database: &Path, aside: &Path, file: &'static str) -> Result<(), StoreError> {
    remove(aside, file)?;
    for ending in ["-wal", "-shm", ""] {
        match std::fs::rename(beside(database, ending), beside(aside, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).within(file),
            _ => {}
        }
    }
    Ok(())
}

/// Whether there is a write-ahead log beside a database, an empty one too.
pub(super) fn has_log(database: &Path) -> bool {
    beside(database, "-wal").exists()
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).within(&folder.display().to_string())
}

/// The name of what belongs to a database and ends like this.
pub(super) fn beside(database: &Path, ending: &str) -> PathBuf {
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
    pub(super) fn open(
        path: &Path,
        file: &'static str,
        count: u32,
        cache_bytes: u64,
        access: Access,
    ) -> Result<Pool, StoreError> {
        let share = cache_bytes / u64::from(count.max(1));
        let idle = (0..count).map(|_| reader(path, file, share, access)).collect::<Result<_, _>>()?;
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
