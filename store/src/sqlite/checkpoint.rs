//! Moving the journal's log into the database beside the commits that write it. Done within a commit, as SQLite does it by
//! itself, it would hold up that commit, and all that wait for it, for as long as the disk takes for many megabytes.

use super::connect::{self, Tuning};
use super::errors::{Within, read};
use crate::contract::StoreError;
use parking_lot::Mutex;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// So few pages are moved while commits wait: a log begins anew only where all of it has been moved. A log that is left to
/// grow begins anew more rarely, and holds up commits for longer (measured: 48 ms instead of 35 at the 99th percentile).
const REST_PAGES: u64 = 64;

/// Commits add to the log while it is moved, so it is moved again, each time less, so often at most.
const PASSES: usize = 4;

/// The thread that moves a log, with a connection of its own. It ends when this is dropped.
pub(super) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts it for the database at `path`, whose commits all hold `writer`.
    pub(super) fn start(
        path: &Path,
        tuning: &Tuning,
        writer: Arc<Mutex<Connection>>,
    ) -> Result<Checkpointer, StoreError> {
        let (file, connection) = (tuning.file, connect::writer(path, tuning)?);
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new().name("checkpoint".to_owned());
        let thread = thread.spawn(move || run(&connection, file, &writer, &woken)).within(file)?;
        Ok(Checkpointer { wake: Some(wake), thread: Some(thread) })
    }

    /// Has the log moved soon.
    pub(super) fn wake(&self) {
        // Where one waits already, that one moves this as well.
        let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that moves the journal's log has ended in a panic");
        }
    }
}

fn run(connection: &Connection, file: &'static str, writer: &Mutex<Connection>, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        // The log stays as it is, and is moved with the next one.
        if let Err(error) = empty(connection, file, writer) {
            tracing::warn!(%error, "the journal's log cannot be moved into the database");
        }
    }
}

fn empty(connection: &Connection, file: &'static str, writer: &Mutex<Connection>) -> Result<(), StoreError> {
    for _ in 0..PASSES {
        if pass(connection, file)? <= REST_PAGES {
            break;
        }
    }
    let _no_commit = writer.lock();
    pass(connection, file).map(drop)
}

/// Moves what nobody reads any more; answers how many pages the log has beyond that.
fn pass(connection: &Connection, file: &'static str) -> Result<u64, StoreError> {
    let sql = "PRAGMA wal_checkpoint(PASSIVE)";
    let (log, moved) = connection.query_row(sql, [], |row| Ok((row.get(1)?, row.get(2)?))).within(file)?;
    let (log, moved): (u64, u64) = (read(log, file)?, read(moved, file)?);
    Ok(log.saturating_sub(moved))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::connect::Access;

    #[test]
    fn a_log_is_in_the_database_once_it_was_moved_and_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let tuning = Tuning {
            file: "journal.db",
            page_bytes: 4096,
            synchronous: "FULL",
            checkpoint_pages: 0,
            cache_bytes: 0,
            access: Access::Write,
        };
        let writer = Arc::new(Mutex::new(connect::writer(&path, &tuning).unwrap()));
        writer.lock().execute_batch("CREATE TABLE held (bytes BLOB NOT NULL)").unwrap();
        let add = || writer.lock().execute("INSERT INTO held VALUES (zeroblob(1000000))", []).unwrap();
        let size = || std::fs::metadata(&path).unwrap().len();
        for round in 1..=3 {
            let checkpointer = Checkpointer::start(&path, &tuning, writer.clone()).unwrap();
            for _ in 0..4 {
                add();
            }
            let before = size();
            checkpointer.wake();
            // It does what it was woken for before it ends.
            drop(checkpointer);
            assert!(before < size() && size() >= round * 4_000_000, "round {round}: {before} bytes, then {}", size());
        }
        assert!(connect::log_bytes(&path) < 8_000_000, "the log was begun anew");
    }
}
