//! What bills come to, kept while lines are written: one row for each part of a bill in each segment of lines. A fold is
//! summed before it is written, and rows are read, added to and sealed again here: SQLite adds nothing. The file's own
//! position, in the same transaction, keeps lines from being counted twice.

use super::bill_rows::TotalRow;
use super::bills::{line_segments, lines_in};
use super::tally;
use super::{FILE, HistoryFile};
use crate::bill::{BillPart, Confirmations, Sums, matches_part, total_rows};
use crate::contract::{Bill, BillTotalRow, LineFilter, LineRow, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter, Stored, columns, read_row, select, value};
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::Month;
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use std::collections::{BTreeMap, HashSet};

/// A total's key: the segment, whose bill, which month, and the part's binding, type, product, region and project.
type Key<'l> = (u64, Uin, Month, u64, ActionType, &'l str, &'l str, &'l str);

impl HistoryFile {
    pub(super) fn bill_totals(&self, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let mut parts: BTreeMap<BillPart, Sums> = BTreeMap::new();
        for (_, row) in totals(&transaction, bill)? {
            let sums = row.sums();
            let all = parts.entry(row.part).or_default();
            *all = all.plus(&sums)?;
        }
        total_rows(parts)
    }

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

    /// Adds lines, sorted or not, to the totals.
    pub(super) fn write_totals(&self, connection: &Connection, lines: &[LineRow]) -> Result<(), StoreError> {
        let mut totals: BTreeMap<Key<'_>, (Option<Uin>, Sums)> = BTreeMap::new();
        for line in lines {
            let LineRow { seq, account, month, binding_seq, action, .. } = *line;
            let texts = (line.product.as_str(), line.region.as_str(), line.project.as_str());
            let key = (self.line_segment(seq), account, month, binding_seq, action, texts.0, texts.1, texts.2);
            let (_, sums) = totals.entry(key).or_insert((line.managing, Sums::default()));
            *sums = sums.plus(&Sums::of(line))?;
        }
        let mut into = Inserter::new::<TotalRow>(connection, FILE, Clash::Replaces, &["segment"])?;
        let sql = format!(
            "SELECT {} FROM bill_total WHERE shard = 0 AND segment = ? AND account = ? AND month = ?
            AND binding_seq = ? AND action = ? AND product = ? AND region = ? AND project = ?",
            columns::<TotalRow>("")
        );
        let mut there = connection.prepare_cached(&sql).within(FILE)?;
        for ((segment, account, month, binding_seq, action, product, region, project), (managing, sums)) in totals {
            let (segment, binding) = (stored(segment)?, stored(binding_seq)?);
            let (owner, kind) = (stored(account.number())?, ToSqlOutput::Borrowed(value::action(action)));
            let key = params![segment, owner, month.number(), binding, kind, product, region, project];
            let before: Option<TotalRow> =
                there.query_row(key, |row| Ok(read_row(row, FILE))).optional().within(FILE)?.transpose()?;
            let sums = match before {
                Some(before) => before.sums().plus(&sums)?,
                None => sums,
            };
            let (product, region, project) = (product.to_owned(), region.to_owned(), project.to_owned());
            let part = BillPart { binding_seq, managing, action, product, region, project };
            into.put(&[segment], &TotalRow::new(account, month, part, &sums))?;
        }
        Ok(())
    }
}

/// A bill's totals, each with its segment, in order of segments. Those of a segment must come to the lines that the bill
/// has there: a total that is missing is damage, not nothing.
fn totals(connection: &Connection, bill: Bill) -> Result<Vec<(u64, TotalRow)>, StoreError> {
    let tail = "FROM bill_total WHERE shard = 0 AND segment = ? AND account = ? AND month = ?";
    let mut found = Vec::new();
    for segment in line_segments(connection, bill.month)? {
        let place = bound(segment);
        let key: [&dyn ToSql; 3] = [&place, &bound(bill.account.number()), &bill.month.number()];
        let rows: Vec<TotalRow> = select(connection, FILE, "", tail, &key)?;
        let lines = rows.iter().try_fold(0_u64, |lines, row| lines.checked_add(row.sums().lines));
        let lines = lines.ok_or_else(|| tally::gap(TotalRow::TABLE))?;
        let expected = tally::entries(connection, lines_in(place, bill))?;
        if lines != expected {
            let text = format!("{FILE}: a bill's totals are of {lines} lines where it has {expected}");
            return Err(StoreError::Corrupt(text));
        }
        found.extend(rows.into_iter().map(|row| (segment, row)));
    }
    Ok(found)
}
