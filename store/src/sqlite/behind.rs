//! Writing to a file whose content can be made again from the journal (history, keys): commits are not flushed one by
//! one, and the log is moved into the database here rather than by SQLite, which keeps silent when that fails.

use super::connect::{self, Access, Tuning};
use super::errors::Within;
use super::places;
use crate::contract::StoreError;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How large the log may grow, in bytes, before it is moved into the database: the larger, the more often a page is changed
/// in the log before it is moved once.
const LOG_BYTES: u64 = 64 << 20;

/// How long a commit waits for readers before it leaves moving the log to the next one.
const PATIENCE: Duration = Duration::from_millis(50);

/// What makes a file of this kind.
pub(super) struct Layout<'a> {
    pub(super) file: &'static str,
    pub(super) page_bytes: u32,
    /// Raised when the tables change; a file of another layout is made anew.
    pub(super) number: i64,
    /// Makes the tables and their first rows.
    pub(super) tables: &'a str,
}

/// The one connection that writes to such a file.
pub(super) struct BehindWriter {
    path: PathBuf,
    file: &'static str,
    connection: Connection,
    /// So many pages the log may have before it is moved,
    log_pages: u64,
    /// for which a commit waits so long for readers.
    patience: Duration,
    /// Something failed: the log is to be made safe before it is used again.
    log_in_doubt: bool,
}

impl BehindWriter {
    /// Opens the file, whose log has been settled, and makes it where it is not there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also for another layout: the file is then to be made anew.
    pub(super) fn open(
        path: &Path,
        layout: &Layout<'_>,
        cache_bytes: u64,
        access: Access,
    ) -> Result<BehindWriter, StoreError> {
        let file = layout.file;
        let page_bytes = layout.page_bytes;
        let tuning = Tuning { file, page_bytes, synchronous: "NORMAL", checkpoint_pages: 0, cache_bytes, access };
        let mut connection = connect::writer(path, &tuning)?;
        make_tables(&mut connection, layout)?;
        if access == Access::Write {
            connect::empty_log(&connection, file, PATIENCE)?;
        }
        let log_pages = LOG_BYTES / u64::from(page_bytes);
        let path = path.to_owned();
        Ok(BehindWriter { path, file, connection, log_pages, patience: PATIENCE, log_in_doubt: false })
    }

    /// The connection, for reading what was committed.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Does `work` in one transaction. After a failure `recover` is called first: whatever a failed transaction has
    /// left in memory is to be read again.
    pub(super) fn write<T>(
        &mut self,
        recover: impl FnOnce(&Connection) -> Result<(), StoreError>,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write_then(recover, work, |done| done)
    }

    /// The same, and hands what comes of it to `committed` right behind the commit.
    pub(super) fn write_then<W, T>(
        &mut self,
        recover: impl FnOnce(&Connection) -> Result<(), StoreError>,
        work: impl FnOnce(&Connection) -> Result<W, StoreError>,
        committed: impl FnOnce(W) -> T,
    ) -> Result<T, StoreError> {
        if self.log_in_doubt {
            connect::settle_log(&self.path, self.file)?;
            connect::empty_log(&self.connection, self.file, PATIENCE)?;
            recover(&self.connection)?;
        }
        self.log_in_doubt = true;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).within(self.file)?;
        let done = work(&transaction)?;
        transaction.commit().within(self.file)?;
        let done = committed(done);
        self.log_in_doubt = false;
        if let Err(error) = self.shorten_log() {
            // What was to be written is written; the next one sees to this first, and fails if it still fails.
            tracing::warn!(%error, "the log of {} could not be moved into the database", self.file);
            self.log_in_doubt = true;
        }
        Ok(done)
    }

    /// Moves the log into the database once it is long.
    fn shorten_log(&self) -> Result<(), StoreError> {
        if connect::log_pages(&self.connection, self.file)? > self.log_pages {
            connect::begin_log_anew(&self.connection, self.file, self.patience)?;
        }
        Ok(())
    }
}

/// Makes the tables in an empty file, all or nothing; refuses tables of another layout.
fn make_tables(connection: &mut Connection, layout: &Layout<'_>) -> Result<(), StoreError> {
    let Layout { file, number, tables, .. } = *layout;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).within(file)?;
    if found == number {
        return Ok(());
    }
    let first: Option<String> =
        connection.query_row("SELECT name FROM sqlite_schema LIMIT 1", [], |row| row.get(0)).optional().within(file)?;
    if found != 0 || first.is_some() || connection.is_readonly("main").within(file)? {
        return Err(StoreError::corrupt(format!("{file}: layout {found} is not layout {number}")));
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).within(file)?;
    transaction.execute_batch(places::TABLE).within(file)?;
    transaction.execute_batch(tables).within(file)?;
    transaction.pragma_update(None, "user_version", number).within(file)?;
    transaction.commit().within(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout<'_> =
        Layout { file: "some.db", page_bytes: 4096, number: 1, tables: "CREATE TABLE some (body BLOB NOT NULL);" };

    /// A file whose log is moved from so many pages on where nobody reads it, and where it is.
    fn made(folder: &Path, log_pages: u64) -> (BehindWriter, PathBuf) {
        let path = folder.join(LAYOUT.file);
        let writer = BehindWriter::open(&path, &LAYOUT, 1 << 20, Access::Write).unwrap();
        (BehindWriter { log_pages, patience: Duration::ZERO, ..writer }, path)
    }

    fn put(writer: &mut BehindWriter) -> Result<(), StoreError> {
        let insert = |connection: &Connection| {
            let rows = connection.execute("INSERT INTO some VALUES (zeroblob(3000))", []).within(LAYOUT.file)?;
            assert_eq!(rows, 1);
            Ok(())
        };
        writer.write(|_| Ok(()), insert)
    }

    #[test]
    fn a_log_that_is_long_is_moved_and_written_from_its_beginning_again() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, path) = made(folder.path(), 20);
        let mut longest = 0;
        for _ in 0..500 {
            put(&mut writer).unwrap();
            longest = longest.max(connect::log_bytes(&path));
        }
        // Some pages beyond: those of the commit that makes it long.
        assert!(longest < 30 * 4200, "{longest} bytes");
        assert!(connect::log_bytes(&path) >= 20 * 4096, "it is left as long as it is");
    }

    #[test]
    fn a_log_that_somebody_reads_grows_until_they_are_done() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, path) = made(folder.path(), 20);
        put(&mut writer).unwrap();
        let reader = connect::reader(&path, LAYOUT.file, 1 << 20, Access::Write).unwrap();
        let reading = reader.unchecked_transaction().unwrap();
        let rows = |connection: &Connection| -> i64 {
            connection.query_row("SELECT count(*) FROM some", [], |row| row.get(0)).unwrap()
        };
        assert_eq!(rows(&reading), 1);
        (0..30).for_each(|_| put(&mut writer).unwrap());
        assert!(connect::log_pages(&writer.connection, LAYOUT.file).unwrap() > 30);
        assert_eq!(rows(&reading), 1);
        drop(reading);
        put(&mut writer).unwrap();
        put(&mut writer).unwrap();
        assert!(connect::log_pages(&writer.connection, LAYOUT.file).unwrap() < 20);
        assert_eq!(rows(&reader), 33);
    }

    #[test]
    fn after_a_failure_what_is_in_memory_is_read_again_first() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, _) = made(folder.path(), 20);
        let failing = |_: &Connection| Err::<(), _>(StoreError::io("it fails"));
        assert!(writer.write(|_| Ok(()), failing).is_err());
        let mut again = false;
        let recover = |_: &Connection| {
            again = true;
            Ok(())
        };
        writer.write(recover, |_| Ok(())).unwrap();
        assert!(again);
        writer.write(|_| panic!("nothing has failed since"), |_| Ok(())).unwrap();
    }
}
