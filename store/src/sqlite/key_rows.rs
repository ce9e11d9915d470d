//! The rows that say which runs of keys there are: how keys are cut, the groups, and the runs in them. Each says how many of
//! the next kind there are, or where they begin, so that one that is missing is noticed: a key that cannot be found any
//! more would be taken for one that was never used.

use super::errors::Within;
use super::keys::FILE;
use super::rows::{Clash, Fields, Inserter, Stored, select, stored};
use super::shard::delete;
use crate::contract::{KeyHash, StoreError};
use credere_core::ledger::Moment;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

/// The tables of these rows. What is computed from a run's rows is in [`super::key_pages`].
pub(super) const TABLES: &str = "
    CREATE TABLE setup (shard INTEGER PRIMARY KEY, keys_per_group INTEGER NOT NULL, groups INTEGER NOT NULL,
        seal INTEGER NOT NULL);
    CREATE TABLE key_group (shard INTEGER NOT NULL, number INTEGER NOT NULL, lasting INTEGER NOT NULL,
        keys INTEGER NOT NULL, runs INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, number)) WITHOUT ROWID;
    CREATE TABLE key_run (shard INTEGER NOT NULL, number INTEGER NOT NULL, run INTEGER NOT NULL,
        lasting INTEGER NOT NULL, keys INTEGER NOT NULL, last_at INTEGER NOT NULL, first_key BLOB NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, number, run)) WITHOUT ROWID;";

/// Whether keys are kept for long.
pub(super) type Lasting = bool;

/// How keys are cut into groups, and how many groups there are.
pub(super) struct Setup {
    pub(super) keys_per_group: u64,
    pub(super) groups: u64,
}

/// Some runs that share a filter.
pub(super) struct GroupRow {
    pub(super) number: i64,
    pub(super) lasting: Lasting,
    pub(super) keys: u64,
    pub(super) runs: u64,
}

/// A run.
pub(super) struct RunRow {
    pub(super) group: i64,
    pub(super) run: i64,
    pub(super) lasting: Lasting,
    pub(super) keys: u64,
    /// When the newest of its keys was used.
    pub(super) last_at: Moment,
    /// The smallest key, with which its first page begins.
    pub(super) first_key: KeyHash,
}

stored! { Setup: "setup",
    keys_per_group, groups
}

stored! { GroupRow: "key_group",
    number, lasting, keys, runs
}

stored! { RunRow: "key_run",
    group as number, run, lasting, keys, last_at, first_key
}

/// Writes a row, in place of the one that it follows.
pub(super) fn put<T: Stored>(connection: &Connection, row: &T) -> Result<(), StoreError> {
    Inserter::new::<T>(connection, FILE, Clash::Replaces, &[])?.put(&[], row)
}

pub(super) fn setup(connection: &Connection) -> Result<Setup, StoreError> {
    let found: Option<Setup> = select(connection, FILE, "", &[])?.pop();
    found.ok_or_else(|| missing(Setup::TABLE))
}

/// All groups, oldest first.
pub(super) fn groups(connection: &Connection) -> Result<Vec<GroupRow>, StoreError> {
    let rows: Vec<GroupRow> = select(connection, FILE, "ORDER BY number", &[])?;
    if rows.len() as u64 == setup(connection)?.groups { Ok(rows) } else { Err(missing(GroupRow::TABLE)) }
}

pub(super) fn group(connection: &Connection, number: i64) -> Result<Option<GroupRow>, StoreError> {
    Ok(select(connection, FILE, "AND number = ?", &[&number])?.pop())
}

/// A group's runs, newest first. They are all of one kind.
pub(super) fn runs_of(connection: &Connection, number: i64) -> Result<Vec<RunRow>, StoreError> {
    let rows: Vec<RunRow> = select(connection, FILE, "AND number = ? ORDER BY run DESC", &[&number])?;
    let expected = group(connection, number)?.map_or(0, |group| group.runs);
    if rows.len() as u64 == expected { Ok(rows) } else { Err(missing(RunRow::TABLE)) }
}

/// The newest run of a kind.
pub(super) fn newest_run(connection: &Connection, lasting: Lasting) -> Result<Option<RunRow>, StoreError> {
    Ok(select(connection, FILE, "AND lasting = ? ORDER BY number DESC, run DESC LIMIT 1", &[&lasting])?.pop())
}

/// Drops a run with its pages; its group says afterwards how many it has left.
pub(super) fn drop_run(connection: &Connection, row: &RunRow) -> Result<(), StoreError> {
    connection.execute(&delete("key_page", "AND run = ?"), [row.run]).within(FILE)?;
    connection.execute(&delete("key_run", "AND number = ? AND run = ?"), params![row.group, row.run]).within(FILE)?;
    Ok(())
}

/// A row is missing whose keys would be taken for new ones.
pub(super) fn missing(table: &str) -> StoreError {
    StoreError::corrupt(format!("{FILE}: a row of {table} is missing"))
}
