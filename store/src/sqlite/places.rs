//! Places in the journal that a file keeps by name, each with the hash of the frame that ends there: so a file knows not
//! only how far its journal was when it was written, but which journal it was. Written in the transaction of what is
//! told about, and so as durable as that.

use super::errors::{Within, read, stored};
use super::rows::{seal, value};
use super::shard::{SHARD, insert, of};
use crate::contract::StoreError;
use crate::frame::{Hash, Position};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

/// The table; every file that keeps places has it.
pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS place (shard INTEGER NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL,
        hash BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, name)) WITHOUT ROWID;";

/// A place's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// In a file that follows the journal: up to where it has.
    Reached,
    /// In the journal: the newest frame with directory changes.
    Directory,
    /// In the directory: the newest frame whose changes it has.
    Frame,
    /// In the directory: the frame before that one.
    Before,
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Name::Reached => "reached",
            Name::Directory => "directory",
            Name::Frame => "frame",
            Name::Before => "before",
        }
    }
}

/// Keeps a place, instead of the one kept before.
pub(super) fn keep(connection: &Connection, file: &'static str, name: Name, at: &Position) -> Result<(), StoreError> {
    let sql = insert("INSERT OR REPLACE", "place", &["name", "seq", "hash", "seal"]);
    let (seq, name) = (stored(at.seq)?, name.text());
    let mut statement = connection.prepare_cached(&sql).within(file)?;
    statement.execute(params![name, seq, &at.hash[..], seal_of(name, seq, &at.hash)]).within(file)?;
    Ok(())
}

/// The SQL that keeps a place in a table that was made just now.
pub(super) fn first(name: Name, at: &Position) -> Result<String, StoreError> {
    let (seq, name) = (stored(at.seq)?, name.text());
    let hash: String = at.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let seal = seal_of(name, seq, &at.hash);
    Ok(format!(
        " INSERT INTO place (shard, name, seq, hash, seal) VALUES ({SHARD}, '{name}', {seq}, x'{hash}', {seal});"
    ))
}

/// A place that was kept; the journal's beginning where none was.
///
/// # Errors
/// [`StoreError::Corrupt`] where it is not what was written.
pub(super) fn kept(connection: &Connection, file: &'static str, name: Name) -> Result<Position, StoreError> {
    let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'place'";
    if !connection.prepare_cached(table).within(file)?.exists([]).within(file)? {
        return Ok(Position::default());
    }
    Ok(find(connection, file, name)?.unwrap_or_default())
}

/// Up to where a file has followed the journal. Such a file says so from the beginning.
///
/// # Errors
/// [`StoreError::Corrupt`] also where it is not said.
pub(super) fn reached(connection: &Connection, file: &'static str) -> Result<Position, StoreError> {
    let missing = || StoreError::corrupt(format!("{file}: how far it has followed the journal is not there"));
    find(connection, file, Name::Reached)?.ok_or_else(missing)
}

fn find(connection: &Connection, file: &'static str, name: Name) -> Result<Option<Position>, StoreError> {
    let sql = format!("SELECT seq, hash, seal {}", of("place", "AND name = ?"));
    let mut statement = connection.prepare_cached(&sql).within(file)?;
    let row: Option<(i64, Hash, i64)> = statement
        .query_row([name.text()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
        .within(file)?;
    match row {
        Some((seq, hash, carried)) if carried != seal_of(name.text(), seq, &hash) => {
            Err(StoreError::corrupt(format!("{file}: the place `{}` does not match its seal", name.text())))
        }
        row => row.map(|(seq, hash, _)| Ok(Position { seq: read(seq, file)?, hash })).transpose(),
    }
}

fn seal_of(name: &str, seq: i64, hash: &Hash) -> i64 {
    seal("place", &[value::text(name), ValueRef::Integer(seq), ValueRef::Blob(hash)])
}
