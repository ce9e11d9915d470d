//! Walking a list from its newest entry to its oldest, in SQL, so that a gap is noticed: entries are numbered, and how many
//! there are is in the [`super::tally`].

use super::FILE;
use super::tally::{List, agree, entries, gap, number_of, seal_of_entry};
use crate::contract::StoreError;
use crate::sqlite::errors::{Within, bound, read};
use crate::sqlite::rows::{Stored, columns, read_row};
use crate::sqlite::shard::SHARD;
use rusqlite::{Connection, Row, params_from_iter};
use std::ops::ControlFlow;

/// A list that is walked from its newest entry to its oldest, in SQL. The entries' table is called `o`.
pub(super) struct Walk {
    /// The table of the entries.
    pub(super) table: &'static str,
    /// Where the rows stand when the entries only point at them, and the rows' prefix.
    pub(super) rows: Option<(&'static str, &'static str)>,
    /// Which entries, beside the shard: columns of the list's key.
    pub(super) within: &'static [&'static str],
    /// What the entries are ordered by.
    pub(super) order: &'static [&'static str],
}

impl Walk {
    fn condition(&self) -> String {
        let within: String = self.within.iter().map(|column| format!(" AND o.{column} = ?")).collect();
        format!("o.shard = {SHARD}{within}")
    }

    /// What an entry that points at a row is sealed over, and its seal, behind the row's columns and the number.
    fn entry(&self) -> String {
        self.within.iter().chain(self.order).chain(&["seal"]).map(|column| format!(", o.{column}")).collect()
    }

    /// Checks an entry that points at a row; its number is in this column, and the rest of it in those after.
    fn check_entry(&self, row: &Row<'_>, first: usize) -> Result<(), StoreError> {
        let end = first + 1 + self.within.len() + self.order.len();
        let values: Vec<i64> = (first..=end).map(|index| row.get(index)).collect::<Result<_, _>>().within(FILE)?;
        match values.as_slice() {
            [number, key @ .., carried] if *carried == seal_of_entry(self.table, *number, key) => Ok(()),
            _ => Err(gap(self.table)),
        }
    }

    /// The number of the first entry that `tail` leads to, once it has been checked.
    fn first<T: Stored>(&self, connection: &Connection, tail: &str, key: &[i64]) -> Result<Option<u64>, StoreError> {
        let shown = match self.rows {
            Some(_) => format!("o.nth{}", self.entry()),
            None => format!("{}, o.nth", columns::<T>("o.")),
        };
        let sql = format!("SELECT {shown} FROM {} AS o WHERE {}{tail} LIMIT 1", self.table, self.condition());
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        let mut rows = statement.query(params_from_iter(key)).within(FILE)?;
        let Some(row) = rows.next().within(FILE)? else { return Ok(None) };
        if self.rows.is_some() {
            self.check_entry(row, 0)?;
            return read(row.get(0).within(FILE)?, FILE).map(Some);
        }
        let _checked: T = read_row(row, FILE)?;
        number_of::<T>(row).map(Some)
    }

    fn key(&self) -> (String, String) {
        let names: Vec<String> = self.order.iter().map(|column| format!("o.{column}")).collect();
        (names.join(", "), vec!["?"; names.len()].join(", "))
    }

    fn ordered(&self, direction: &str) -> String {
        let names: Vec<String> = self.order.iter().map(|column| format!("o.{column} {direction}")).collect();
        names.join(", ")
    }

    /// The number of the newest entry before a place, or of the newest at all: 0 where there is none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the newest entries are missing.
    pub(super) fn top<T: Stored>(
        &self,
        connection: &Connection,
        list: List,
        owner: &[i64],
        before: Option<&[i64]>,
    ) -> Result<u64, StoreError> {
        let (names, marks) = self.key();
        let mut all_before = None;
        if let Some(before) = before {
            let beside = |compare: &str, direction: &str| {
                let order = self.ordered(direction);
                let tail = format!(" AND ({names}) {compare} ({marks}) ORDER BY {order}");
                self.first::<T>(connection, &tail, &[owner, before].concat())
            };
            let (above, below) = (beside(">=", "ASC")?, beside("<", "DESC")?.unwrap_or(0));
            if let Some(above) = above {
                return if above == below.saturating_add(1) { Ok(below) } else { Err(gap(self.table)) };
            }
            all_before = Some(below);
        }
        let tail = format!(" ORDER BY {}", self.ordered("DESC"));
        let newest = self.first::<T>(connection, &tail, owner)?.unwrap_or(0);
        agree(self.table, newest, entries(connection, list)?)?;
        // Where a key is damaged, one way to an entry may find what another does not.
        if all_before.is_some_and(|below| below != newest) { Err(gap(self.table)) } else { Ok(newest) }
    }

    /// Visits a list's rows before a place (or all), newest first, after skipping so many, until the visitor has enough.
    /// Answers whether it had.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where a row is broken or missing; the visitor's own.
    pub(super) fn newest_first<T: Stored>(
        &self,
        connection: &Connection,
        list: List,
        owner: &[i64],
        before: Option<&[i64]>,
        skip: u64,
        mut visit: impl FnMut(T) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<bool, StoreError> {
        let top = self.top::<T>(connection, list, owner, before)?;
        let Some(mut expected) = top.checked_sub(skip) else { return Ok(false) };
        if expected == 0 {
            return Ok(false);
        }
        let (names, marks) = self.key();
        let below = if before.is_some() { format!(" AND ({names}) < ({marks})") } else { String::new() };
        let (join, prefix) = self.rows.unwrap_or(("", "o."));
        let sql = format!(
            "SELECT {}, o.nth{} FROM {} AS o {join} WHERE {}{below} ORDER BY {} LIMIT -1 OFFSET ?",
            columns::<T>(prefix),
            if self.rows.is_some() { self.entry() } else { String::new() },
            self.table,
            self.condition(),
            self.ordered("DESC")
        );
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        let key = [owner, before.unwrap_or_default(), &[bound(skip)]].concat();
        let mut rows = statement.query(params_from_iter(key)).within(FILE)?;
        while let Some(row) = rows.next().within(FILE)? {
            if number_of::<T>(row)? != expected {
                return Err(gap(self.table));
            }
            expected -= 1;
            if self.rows.is_some() {
                self.check_entry(row, T::COLUMNS.len() + 1)?;
            }
            if visit(read_row(row, FILE)?)?.is_break() {
                return Ok(true);
            }
        }
        if expected > 0 {
            return Err(gap(self.table));
        }
        Ok(false)
    }
}
