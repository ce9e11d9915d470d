//! Credentials and platform keys in the directory: rows that are made by one frame and taken back by a later one, and bear
//! the stamps of both.

use super::FILE;
use super::counts::{self, Part};
use super::rows::Stamped;
use crate::contract::StoreError;
use crate::sqlite::errors::{Within, stored};
use crate::sqlite::rows::{Clash, Inserter, Stored, seal, select};
use crate::sqlite::shard::SHARD;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params};

/// The rows that have not been revoked, oldest first, out of all that there should be.
pub(super) fn valid<R>(
    connection: &Connection,
    which: &str,
    key: &[&dyn ToSql],
    part: Part<'_>,
    last: i64,
) -> Result<Vec<R>, StoreError>
where
    Stamped<R>: Stored,
{
    let rows: Vec<Stamped<R>> = select(connection, FILE, &format!("{which} ORDER BY seq, rowid"), key)?;
    counts::agree(<Stamped<R> as Stored>::TABLE, rows.len() as u64, counts::of(connection, part)?)?;
    Ok(rows.into_iter().filter_map(|row| row.valid(last)).collect())
}

/// Writes a row that must not be there yet.
pub(super) fn add<T: Stored>(connection: &Connection, row: &T) -> Result<(), StoreError> {
    Inserter::new::<T>(connection, FILE, Clash::Fails, &[])?.put(&[], row)
}

/// Marks a row as taken back and seals it anew, unless it was taken back before.
pub(super) fn revoke<R>(connection: &Connection, column: &str, name: &str, seq: u64) -> Result<(), StoreError>
where
    Stamped<R>: Stored,
{
    let tail = format!("AND {column} = ?");
    let row: Option<Stamped<R>> = select(connection, FILE, &tail, &[&name])?.pop();
    match row.filter(|row| row.revoked_seq.is_none()) {
        Some(row) => mark(connection, Stamped { revoked_seq: Some(seq), ..row }),
        None => Ok(()),
    }
}

/// Makes valid again what was taken back later than `last`.
pub(super) fn restore<R>(connection: &Connection, last: i64) -> Result<(), StoreError>
where
    Stamped<R>: Stored,
{
    let rows: Vec<Stamped<R>> = select(connection, FILE, "AND revoked_seq > ?", &[&last])?;
    rows.into_iter().try_for_each(|row| mark(connection, Stamped { revoked_seq: None, ..row }))
}

/// Writes whether a row is taken back, with the seal that goes with it. The row keeps its place.
fn mark<R>(connection: &Connection, row: Stamped<R>) -> Result<(), StoreError>
where
    Stamped<R>: Stored,
{
    let (table, key) = (<Stamped<R> as Stored>::TABLE, <Stamped<R> as Stored>::COLUMNS[0]);
    let values = row.values()?;
    let name = values.first().copied().unwrap_or(ValueRef::Null);
    let sql = format!("UPDATE {table} SET revoked_seq = ?, seal = ? WHERE shard = {SHARD} AND {key} = ?");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let revoked_seq = row.revoked_seq.map(stored).transpose()?;
    statement.execute(params![revoked_seq, seal(table, &values), ToSqlOutput::Borrowed(name)]).within(FILE)?;
    Ok(())
}
