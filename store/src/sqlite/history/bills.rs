//! Bill lines and receipts. Lines come faster than anything else, so their segments are small: a fold is sorted by
//! account and goes into a tree that fits into memory. A line is written once; whether it is confirmed is told by the
//! bill's receipts, which are few and are read once a question. What a bill comes to is in [`super::totals`].

use super::bill_rows::{ReceiptColumns, line_facts};
use super::{FILE, HistoryFile, LINE_BITS};
use crate::bill::{Confirmations, LineFacts, ResourceSums, matches};
use crate::contract::{Bill, LineFilter, LineRow, ReceiptRow, ResourceTotalRow, StoreError};
use crate::sqlite::errors::{Within, bound, read, stored};
use crate::sqlite::rows::{Clash, Inserter, columns, read_row, select};
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use rusqlite::{Connection, Row, params};
use std::ops::{ControlFlow, RangeInclusive};

impl HistoryFile {
    /// What has been confirmed of a bill until now.
    pub(super) fn confirmations(&self, bill: Bill) -> Result<Confirmations, StoreError> {
        confirmations(&self.readers.take(), bill)
    }

    pub(super) fn lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        confirmations: &Confirmations,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let (mut found, mut skip) = (Vec::new(), skip);
        if limit == 0 {
            return Ok(found);
        }
        let mut first = after_seq.map_or(0, |after| self.line_segment(after));
        if skip > 0 {
            for (segment, here) in self.counted(&transaction, bill, filter, confirmations)?.range(first..) {
                let begins_within = after_seq.is_some_and(|after| self.line_segment(after) == *segment);
                let Some(here) = here.filter(|here| *here <= skip && !begins_within) else { break };
                skip -= here;
                first = segment + 1;
            }
        }
        scan(&transaction, bill, first..=u64::MAX, after_seq, |facts, row| {
            let confirmed = confirmations.cover(facts);
            if !matches(filter, facts, confirmed) {
                return Ok(ControlFlow::Continue(()));
            }
            if skip > 0 {
                skip -= 1;
                return Ok(ControlFlow::Continue(()));
            }
            found.push(LineRow { confirmed, ..read_row(row, FILE)? });
            Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(found)
    }

    pub(super) fn line_count(&self, bill: Bill, filter: &LineFilter) -> Result<u64, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let confirmations = confirmations(&transaction, bill)?;
        let mut count = 0;
        for (segment, here) in self.counted(&transaction, bill, filter, &confirmations)? {
            match here {
                Some(here) => count += here,
                None => scan(&transaction, bill, segment..=segment, None, |facts, _| {
                    count += u64::from(matches(filter, facts, confirmations.cover(facts)));
                    Ok(ControlFlow::Continue(()))
                })?,
            }
        }
        Ok(count)
    }

    pub(super) fn lines_by_seq(&self, bill: Bill, seqs: &[u64]) -> Result<Vec<LineRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let confirmations = confirmations(&transaction, bill)?;
        let (account, month) = (bound(bill.account.number()), bill.month.number());
        let mut seqs = seqs.to_vec();
        seqs.sort_unstable();
        seqs.dedup();
        let mut found = Vec::new();
        for seq in seqs {
            let tail = "FROM line_row WHERE shard = 0 AND segment = ? AND account = ? AND month = ? AND seq = ?";
            let segment = bound(self.line_segment(seq));
            let line: Option<LineRow> =
                select(&transaction, FILE, "", tail, &[&segment, &account, &month, &bound(seq)])?.pop();
            found.extend(line.map(|line| LineRow { confirmed: confirmations.cover(&LineFacts::of(&line)), ..line }));
        }
        Ok(found)
    }

    /// By resource nothing is kept: there may be as many resources as lines, and writing the lines would take twice as
    /// long. So this reads the whole bill.
    pub(super) fn resource_totals(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ResourceTotalRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let confirmations = confirmations(&transaction, bill)?;
        let mut sums = ResourceSums::new(after, limit);
        scan(&transaction, bill, 0..=u64::MAX, None, |_, row| {
            let line: LineRow = read_row(row, FILE)?;
            let facts = LineFacts::of(&line);
            if matches(filter, &facts, confirmations.cover(&facts)) {
                sums.add(&line)?;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        sums.rows()
    }

    pub(super) fn bill_months(&self, account: Uin) -> Result<Vec<Month>, StoreError> {
        let connection = self.readers.take();
        let sql = "SELECT m.month FROM (SELECT DISTINCT month FROM line_segment WHERE shard = 0) AS m
            WHERE EXISTS (SELECT 1 FROM bill AS b WHERE b.shard = 0 AND b.month = m.month AND b.account = ?)
            ORDER BY m.month DESC";
        let mut statement = connection.prepare_cached(sql).within(FILE)?;
        let months = statement.query_map([bound(account.number())], |row| row.get(0)).within(FILE)?;
        months.map(|month| Ok(Month::from_number(month.within(FILE)?))).collect()
    }

    pub(super) fn billed_accounts(
        &self,
        month: Month,
        after: Option<Uin>,
        limit: usize,
    ) -> Result<Vec<Uin>, StoreError> {
        let connection = self.readers.take();
        let sql = "SELECT account FROM bill WHERE shard = 0 AND month = ? AND account > ? ORDER BY account LIMIT ?";
        let mut statement = connection.prepare_cached(sql).within(FILE)?;
        let after = after.map_or(-1, |after| bound(after.number()));
        let mut rows = statement.query(params![month.number(), after, bound(limit as u64)]).within(FILE)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().within(FILE)? {
            let number = read(row.get(0).within(FILE)?, FILE)?;
            let account = Uin::new(number)
                .map_err(|_| StoreError::Corrupt(format!("{FILE}: a bill is said to be of account {number}")))?;
            found.push(account);
        }
        Ok(found)
    }

    pub(super) fn receipts(&self, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError> {
        receipts(&self.readers.take(), bill)
    }

    pub(super) fn line_segment(&self, seq: u64) -> u64 {
        seq >> self.segment_bits.min(LINE_BITS)
    }

    /// Writes lines that are not there yet, with all that is kept about them.
    pub(super) fn write_lines(&self, connection: &Connection, rows: &mut Vec<LineRow>) -> Result<(), StoreError> {
        rows.sort_by_key(|row| (self.line_segment(row.seq), row.account, row.month, row.seq));
        rows.dedup_by_key(|row| (row.account, row.month, row.seq));
        let mut into = Inserter::new::<LineRow>(connection, FILE, Clash::Replaces, &["segment"])?;
        rows.iter().try_for_each(|row| into.put(&[stored(self.line_segment(row.seq))?], row))?;
        let mut bills: Vec<_> = rows.iter().map(|row| [row.month.number().into(), row.account.number()]).collect();
        remember(connection, "bill (shard, month, account)", &mut bills)?;
        let place = |row: &LineRow| [row.month.number().into(), self.line_segment(row.seq)];
        remember(connection, "line_segment (shard, month, segment)", &mut rows.iter().map(place).collect())?;
        self.write_totals(connection, rows)
    }

    pub(super) fn write_receipts(&self, connection: &Connection, rows: Vec<ReceiptRow>) -> Result<(), StoreError> {
        let mut into = Inserter::new::<ReceiptColumns>(connection, FILE, Clash::Replaces, &[])?;
        rows.into_iter().try_for_each(|row| into.put(&[], &ReceiptColumns::new(row)?))
    }
}

/// Visits the lines of a bill in these segments, oldest first, with what a filter looks at.
fn scan(
    connection: &Connection,
    bill: Bill,
    segments: RangeInclusive<u64>,
    after_seq: Option<u64>,
    mut visit: impl FnMut(&LineFacts, &Row<'_>) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    // The plus keeps SQLite from looking for lines by the range of segments, and sorting them, instead of one by one.
    let sql = format!(
        "SELECT {} FROM line_segment AS s
        CROSS JOIN line_row AS l ON l.shard = 0 AND l.segment = +s.segment AND l.account = ? AND l.month = s.month
        WHERE s.shard = 0 AND s.month = ? AND s.segment BETWEEN ? AND ? AND l.seq > ? ORDER BY s.segment, l.seq",
        columns::<LineRow>("l.")
    );
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let (account, month) = (bound(bill.account.number()), bill.month.number());
    let (first, last, after) = (bound(*segments.start()), bound(*segments.end()), after_seq.map_or(-1, bound));
    let mut rows = statement.query(params![account, month, first, last, after]).within(FILE)?;
    while let Some(row) = rows.next().within(FILE)? {
        if visit(&line_facts(row, FILE)?, row)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// What has been confirmed of a bill.
fn confirmations(connection: &Connection, bill: Bill) -> Result<Confirmations, StoreError> {
    Ok(Confirmations::of(&receipts(connection, bill)?))
}

fn receipts(connection: &Connection, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError> {
    let tail = "FROM receipt_row WHERE shard = 0 AND month = ? AND account = ? ORDER BY seq";
    let parameters: [&dyn rusqlite::ToSql; 2] = [&bill.month.number(), &bound(bill.account.number())];
    let rows: Vec<ReceiptColumns> = select(connection, FILE, "", tail, &parameters)?;
    Ok(rows.into_iter().map(|row| row.receipt).collect())
}

/// Writes pairs, each once, where they are not there yet.
fn remember(connection: &Connection, table: &str, pairs: &mut Vec<[u64; 2]>) -> Result<(), StoreError> {
    pairs.sort_unstable();
    pairs.dedup();
    let sql = format!("INSERT OR IGNORE INTO {table} VALUES (0, ?, ?)");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    for &[one, two] in pairs.iter() {
        statement.execute([stored(one)?, stored(two)?]).within(FILE)?;
    }
    Ok(())
}
