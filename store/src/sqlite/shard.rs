//! Of which shard the files of a folder are, said here and nowhere else in a statement. Every row has the shard first in its
//! key, so that a database with many of them keeps the same keys; a folder has one, and its files are made for that one.

use crate::contract::ShardId;

/// The shard's number.
pub(super) const SHARD: ShardId = ShardId::FIRST;

/// `FROM` a table the shard's rows, as far as the rest goes: `AND seq = ?`, `ORDER BY seq`, or nothing.
pub(super) fn of(table: &str, rest: &str) -> String {
    format!("FROM {table} WHERE shard = {SHARD} {rest}")
}

/// Deletes from a table the shard's rows, as far as the rest goes.
pub(super) fn delete(table: &str, rest: &str) -> String {
    format!("DELETE {}", of(table, rest))
}

/// Writes a row of the shard with these columns into a table; `verb` says what happens where its key is there already.
pub(super) fn insert(verb: &str, table: &str, columns: &[&str]) -> String {
    format!("{verb} INTO {table} (shard, {}) VALUES ({SHARD}{})", columns.join(", "), ", ?".repeat(columns.len()))
}
