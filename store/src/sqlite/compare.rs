//! Comparing history with a second one that was filled from the journal: every table, row by row in the order of its key,
//! so that nothing is held but one row of each. The second one lies in a folder of its own and is thrown away.

use super::SqliteStore;
use super::connect::{self, Access};
use super::errors::{Within, read};
use super::history::{FILE, HistoryFile};
use crate::contract::{Comparison, HistoryFold, StoreError};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::path::{Path, PathBuf};

/// Rows between two reports of progress.
const REPORT_EVERY: u64 = 4_096;

/// A second history, and where the first one is.
pub(super) struct SecondHistory<'s> {
    store: &'s SqliteStore,
    actual: PathBuf,
    expected: HistoryFile,
    scratch: PathBuf,
}

/// A table's name, and the columns of its key.
struct Table {
    name: String,
    key: Vec<String>,
}

impl SecondHistory<'_> {
    pub(super) fn new(
        store: &SqliteStore,
        actual: PathBuf,
        expected: HistoryFile,
        scratch: PathBuf,
    ) -> SecondHistory<'_> {
        SecondHistory { store, actual, expected, scratch }
    }
}

impl Comparison for SecondHistory<'_> {
    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError> {
        let at = self.store.files()?.journal.position_at(fold.upto_seq)?;
        self.expected.fold(fold, &at)
    }

    fn finish(self: Box<Self>, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, StoreError> {
        let expected = open(&self.scratch, Access::Write)?;
        let actual = open(&self.actual, self.store.folder.access())?;
        let tables = tables(&expected)?;
        if tables.iter().map(|table| &table.name).ne(self::tables(&actual)?.iter().map(|table| &table.name)) {
            return Err(StoreError::corrupt(format!("{FILE}: has other tables than it should")));
        }
        let mut total = 0;
        for table in &tables {
            total += count(&expected, table)?;
        }
        let mut done = 0;
        for table in &tables {
            compare(&actual, &expected, table, &mut |rows| {
                if rows.is_multiple_of(REPORT_EVERY) {
                    progress((done + rows).min(total), total);
                }
            })
            .map(|rows| done += rows)?;
        }
        // What the tables do not show: pages that belong to none, and indexes that point elsewhere.
        connect::check_structure(&actual, FILE)?;
        progress(total, total);
        Ok(done)
    }
}

fn open(path: &Path, access: Access) -> Result<Connection, StoreError> {
    let connection = connect::reader(path, FILE, 8 << 20, access)?;
    // One moment of it, also when somebody goes on writing.
    connection.execute_batch("BEGIN").within(FILE)?;
    Ok(connection)
}

/// All tables, in order of name.
fn tables(connection: &Connection) -> Result<Vec<Table>, StoreError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut statement = connection.prepare(sql).within(FILE)?;
    let names = statement.query_map([], |row| row.get(0)).within(FILE)?;
    let mut found = Vec::new();
    for name in names {
        let name: String = name.within(FILE)?;
        let mut columns =
            connection.prepare("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk").within(FILE)?;
        let key = columns.query_map([&name], |row| row.get(0)).within(FILE)?;
        let key = key.collect::<Result<_, _>>().within(FILE)?;
        found.push(Table { name, key });
    }
    Ok(found)
}

fn count(connection: &Connection, table: &Table) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) FROM {}", table.name);
    read(connection.query_row(&sql, [], |row| row.get(0)).within(FILE)?, FILE)
}

/// Compares one table; answers how many rows it has.
fn compare(
    actual: &Connection,
    expected: &Connection,
    table: &Table,
    reached: &mut dyn FnMut(u64),
) -> Result<u64, StoreError> {
    let sql = format!("SELECT * FROM {} ORDER BY {}", table.name, table.key.join(", "));
    let (mut actual, mut expected) = (actual.prepare(&sql).within(FILE)?, expected.prepare(&sql).within(FILE)?);
    let names: Vec<String> = expected.column_names().map(str::to_owned).collect();
    if !actual.column_names().eq(&names) {
        return Err(StoreError::corrupt(format!("{FILE}: {} has other columns than it should", table.name)));
    }
    let (mut is, mut should) = (actual.query([]).within(FILE)?, expected.query([]).within(FILE)?);
    let mut rows = 0;
    loop {
        match (is.next().within(FILE)?, should.next().within(FILE)?) {
            (None, None) => return Ok(rows),
            (None, Some(row)) => return Err(wrong(table, &names, row, "is missing")),
            (Some(row), None) => return Err(wrong(table, &names, row, "is not in the journal")),
            (Some(one), Some(other)) => {
                if let Some(column) = first_difference(one, other, &names)? {
                    return Err(wrong(table, &names, other, &format!("is missing or has another `{column}`")));
                }
            }
        }
        rows += 1;
        reached(rows);
    }
}

/// The first column in which two rows differ.
fn first_difference<'n>(one: &Row<'_>, other: &Row<'_>, names: &'n [String]) -> Result<Option<&'n str>, StoreError> {
    for (index, name) in names.iter().enumerate() {
        if one.get_ref(index).within(FILE)? != other.get_ref(index).within(FILE)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Names a row by its key.
fn wrong(table: &Table, names: &[String], row: &Row<'_>, what: &str) -> StoreError {
    let mut key = String::new();
    for (index, name) in names.iter().enumerate().filter(|(_, name)| table.key.contains(name) && *name != "shard") {
        let value = match row.get_ref(index) {
            Ok(ValueRef::Integer(number)) => number.to_string(),
            Ok(ValueRef::Text(text)) => format!("`{}`", String::from_utf8_lossy(text)),
            _ => "?".to_owned(),
        };
        let comma = if key.is_empty() { "" } else { ", " };
        key.push_str(&format!("{comma}{name} {value}"));
    }
    StoreError::corrupt(format!("{FILE}: the row of {} at {key} {what}", table.name))
}
