//! What bills come to, kept while lines are written: one row for each part of a bill in each segment of lines. A fold is
//! summed before it is written, and rows are read, added to and sealed again here: SQLite adds nothing. The file's own
//! position, in the same transaction, keeps lines from being counted twice. Lines and totals lie in two trees, and each
//! says how many lines there are: so neither can lose one unnoticed.

use super::super::{FILE, HistoryFile, tally};
use super::rows::TotalRow;
use super::{OF_BILL, last_line, last_line_sql, line_segments};
use crate::bill::{BillPart, Confirmations, Sums, matches_part, total_rows};
use crate::contract::{Bill, BillTotalRow, LineFilter, LineRow, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter, Stored, columns, read_row, select};
use crate::sqlite::shard::of;
use credere_core::channel::{ActionType, Uin};
use rusqlite::{CachedStatement, Connection, ToSql, params};
use std::collections::{BTreeMap, HashSet};

/// A bill's sums by everything that it is grouped by.
pub(super) fn of_bill(connection: &Connection, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError> {
    let mut parts: BTreeMap<BillPart, Sums> = BTreeMap::new();
    for (_, row) in totals(connection, bill)? {
        let sums = row.sums();
        let all = parts.entry(row.part).or_default();
        *all = all.plus(&sums)?;
    }
    total_rows(parts)
}

impl HistoryFile {
    /// The segments in which a bill has lines, and how many of those match where the totals know: they know nothing of
    /// days, nor of lines that were confirmed one by one.
    pub(super) fn counted(
        &self,
        connection: &Connection,
        bill: Bill,
        filter: &LineFilter,
        confirmations: &Confirmations,
    ) -> Result<BTreeMap<u64, Option<u64>>, StoreError> {
        let single: HashSet<u64> = match filter.confirmed {
            Some(_) => confirmations.single_lines().iter().map(|seq| self.line_segment(*seq)).collect(),
            None => HashSet::new(),
        };
        let mut counts: BTreeMap<u64, Option<u64>> = BTreeMap::new();
        for (segment, row) in totals(connection, bill)? {
            let known = filter.day.is_none() && !single.contains(&segment);
            let count = counts.entry(segment).or_insert(known.then_some(0));
            let BillPart { binding_seq, managing, action, .. } = row.part;
            let confirmed = confirmations.cover_part(binding_seq, action);
            if let Some(count) = count
                && matches_part(filter, managing, action)
                && filter.confirmed.is_none_or(|wanted| wanted == confirmed)
            {
                *count += row.sums().lines;
            }
        }
        Ok(counts)
    }
}

/// Adds lines to totals, bill by bill.
pub(super) struct TotalsWriter<'c> {
    there: CachedStatement<'c>,
    into: Inserter<'c>,
}

impl<'c> TotalsWriter<'c> {
    pub(super) fn new(connection: &'c Connection) -> Result<TotalsWriter<'c>, StoreError> {
        let sql = format!("SELECT {} {}", columns::<TotalRow>(""), of(TotalRow::TABLE, OF_BILL));
        let there = connection.prepare_cached(&sql).within(FILE)?;
        let into = Inserter::new::<TotalRow>(connection, FILE, Clash::Replaces, &["segment"])?;
        Ok(TotalsWriter { there, into })
    }

    /// Adds lines of one bill in one segment to its totals there, which are of `before` lines until now.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where they are of fewer or more: what is missing must not be made up for by what comes.
    pub(super) fn add(&mut self, segment: i64, bill: Bill, before: u64, lines: &[LineRow]) -> Result<(), StoreError> {
        let Bill { account, month } = bill;
        let key = params![segment, stored(account.number())?, month.number()];
        let mut found = self.there.query(key).within(FILE)?;
        let mut there: Vec<TotalRow> = Vec::new();
        while let Some(row) = found.next().within(FILE)? {
            there.push(read_row(row, FILE)?);
        }
        drop(found);
        agree(&there, before)?;
        let mut parts: BTreeMap<Part<'_>, (Option<Uin>, Sums)> = BTreeMap::new();
        for line in lines {
            let part = (line.binding_seq, line.action, &*line.product, &*line.region, &*line.project);
            let (_, sums) = parts.entry(part).or_insert((line.managing, Sums::default()));
            *sums = sums.plus(&Sums::of(line))?;
        }
        for row in &there {
            let BillPart { binding_seq, action, product, region, project, .. } = &row.part;
            if let Some((_, sums)) = parts.get_mut(&(*binding_seq, *action, &**product, &**region, &**project)) {
                *sums = row.sums().plus(sums)?;
            }
        }
        for ((binding_seq, action, product, region, project), (managing, sums)) in parts {
            let (product, region, project) = (product.to_owned(), region.to_owned(), project.to_owned());
            let part = BillPart { binding_seq, managing, action, product, region, project };
            self.into.put(&[segment], &TotalRow::new(account, month, part, &sums))?;
        }
        Ok(())
    }
}

/// A part's binding, type, product, region and project.
type Part<'l> = (u64, ActionType, &'l str, &'l str, &'l str);

pub(super) fn totals_in(connection: &Connection, bill: Bill, segment: i64) -> Result<Vec<TotalRow>, StoreError> {
    let key: [&dyn ToSql; 3] = [&segment, &bound(bill.account.number()), &bill.month.number()];
    select(connection, FILE, OF_BILL, &key)
}

/// Of how many lines some totals are.
pub(super) fn lines_of(totals: &[TotalRow]) -> Result<u64, StoreError> {
    let lines = totals.iter().try_fold(0_u64, |lines, row| lines.checked_add(row.sums().lines));
    lines.ok_or_else(|| tally::gap(TotalRow::TABLE))
}

/// Checks that totals are of as many lines as there are.
fn agree(totals: &[TotalRow], expected: u64) -> Result<(), StoreError> {
    let lines = lines_of(totals)?;
    if lines == expected {
        return Ok(());
    }
    Err(StoreError::corrupt(format!("{FILE}: a bill's totals are of {lines} lines where it has {expected}")))
}

/// A bill's totals, each with its segment, in order of segments. Those of a segment must come to the lines that the bill
/// has there: a total that is missing is damage, not nothing.
fn totals(connection: &Connection, bill: Bill) -> Result<Vec<(u64, TotalRow)>, StoreError> {
    let mut found = Vec::new();
    let mut last = connection.prepare_cached(&last_line_sql()).within(FILE)?;
    for segment in line_segments(connection, bill.month)? {
        let rows = totals_in(connection, bill, bound(segment))?;
        agree(&rows, last_line(&mut last, bill, bound(segment))?)?;
        found.extend(rows.into_iter().map(|row| (segment, row)));
    }
    Ok(found)
}
