//! Bill lines and receipts. Lines come faster than anything else, so their segments are small: a fold is sorted by
//! account and goes into a tree that fits into memory. A line is written once; whether it is confirmed is told by the
//! bill's receipts, which are few and are read once a question. Every line that is passed is checked, also one that a
//! filter does not want: what it looks at may be the damage. What a bill comes to is in [`super::totals`].

mod rows;
mod totals;

use super::tally::{self, Kind, List, Tallies};
use super::walk::Walk;
use super::{FILE, HistoryFile};
use crate::bill::{Confirmations, LineFacts, ResourceSums, matches};
use crate::contract::{
    Bill, BillTotalRow, BillsHistory, LineFilter, LineRow, ReceiptRow, ResourceTotalRow, StoreError,
};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::{Within, bound, read, stored};
use crate::sqlite::rows::{Clash, Inserter, columns, each, read_row, select};
use crate::sqlite::shard::of;
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use rows::{BillOf, LineSegment, ReceiptColumns};
use rusqlite::{CachedStatement, Connection, OptionalExtension, ToSql, params};
use std::ops::ControlFlow;
use totals::{TotalsWriter, lines_of, totals_in};

/// The columns of sums have no type: they are whole numbers, or bytes where those are too small, and SQLite is to leave
/// them as they are.
pub(super) const TABLES: &str = "
    CREATE TABLE line_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        month INTEGER NOT NULL, seq INTEGER NOT NULL, day INTEGER NOT NULL, managing INTEGER,
        binding_seq INTEGER NOT NULL, action INTEGER NOT NULL, payer INTEGER NOT NULL, partner INTEGER,
        product TEXT NOT NULL,
        region TEXT NOT NULL, project TEXT NOT NULL, resource TEXT NOT NULL, order_seq INTEGER,
        period_start INTEGER NOT NULL, period_end INTEGER NOT NULL, list_amount INTEGER NOT NULL,
        discount_rate INTEGER NOT NULL, voucher_amount INTEGER NOT NULL, amount INTEGER NOT NULL,
        partner_amount INTEGER NOT NULL, posted_at INTEGER NOT NULL, details TEXT NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, segment, account, month, seq)) WITHOUT ROWID;
    CREATE TABLE line_segment (shard INTEGER NOT NULL, nth INTEGER NOT NULL, month INTEGER NOT NULL,
        segment INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, month, segment)) WITHOUT ROWID;
    CREATE TABLE bill (shard INTEGER NOT NULL, month INTEGER NOT NULL, account INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, month, account)) WITHOUT ROWID;
    CREATE TABLE bill_total (shard INTEGER NOT NULL, segment INTEGER NOT NULL, account INTEGER NOT NULL,
        month INTEGER NOT NULL, binding_seq INTEGER NOT NULL, managing INTEGER, action INTEGER NOT NULL,
        product TEXT NOT NULL, region TEXT NOT NULL, project TEXT NOT NULL, lines INTEGER NOT NULL,
        list_amount NOT NULL, voucher_amount NOT NULL, amount NOT NULL, partner_amount NOT NULL,
        seal INTEGER NOT NULL,
        PRIMARY KEY (shard, segment, account, month, binding_seq, action, product, region, project)) WITHOUT ROWID;
    CREATE TABLE receipt_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, month INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, operator INTEGER NOT NULL, parts BLOB NOT NULL, line_seqs BLOB NOT NULL,
        lines INTEGER NOT NULL, returned INTEGER NOT NULL, available_after INTEGER, at INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, month, account, seq)) WITHOUT ROWID;";

/// What belongs to a bill in one segment.
const OF_BILL: &str = "AND segment = ? AND account = ? AND month = ?";

const RECEIPTS_OF: Walk = Walk { table: "receipt_row", rows: None, within: &["month", "account"], order: &["seq"] };

const SEGMENTS: Walk = Walk { table: "line_segment", rows: None, within: &["month"], order: &["segment"] };

/// Which accounts have a bill in a month is counted by so many bits of their numbers.
const BUCKET_BITS: u32 = 10;

/// At most so many bits of a position are within one segment of bill lines. Their segments are smaller than the others
/// because there are far more of them: the 50 MB of one segment stay in memory while it is filled, and a fold changes at
/// most the few thousand pages that it has. Asking for one account costs some microseconds for each of a month's segments.
const LINE_BITS: u32 = 18;

/// So many lines are read before they are passed on to a visitor.
const VISIT_LINES: usize = 1_000;

impl BillsHistory for SqliteStore {
    fn lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError> {
        self.read_history(|history, connection| {
            let confirmations = confirmations(connection, bill)?;
            history.lines(connection, bill, filter, &confirmations, after_seq, skip, limit)
        })
    }

    fn line_count(&self, bill: Bill, filter: &LineFilter) -> Result<u64, StoreError> {
        self.read_history(|history, connection| {
            let confirmations = confirmations(connection, bill)?;
            let mut count = 0;
            for (segment, here) in history.counted(connection, bill, filter, &confirmations)? {
                match here {
                    Some(here) => count += here,
                    None => {
                        scan(connection, bill, segment, None, |line| {
                            let facts = LineFacts::of(&line);
                            count += u64::from(matches(filter, &facts, confirmations.cover(&facts)));
                            Ok(ControlFlow::Continue(()))
                        })?;
                    }
                }
            }
            Ok(count)
        })
    }

    fn visit_lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        visit: &mut dyn FnMut(LineRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // Read once, so that a receipt that comes in between is not told of half the lines.
        let (confirmations, mut after_seq) =
            (self.read_history(|_, connection| confirmations(connection, bill))?, None);
        loop {
            // Nothing is held while the visitor works: it may take its time, and ask the store something else.
            let lines = self.read_history(|history, connection| {
                history.lines(connection, bill, filter, &confirmations, after_seq, 0, VISIT_LINES)
            })?;
            let Some(last) = lines.last() else { return Ok(()) };
            after_seq = Some(last.seq);
            lines.into_iter().try_for_each(&mut *visit)?;
        }
    }

    fn lines_by_seq(&self, bill: Bill, seqs: &[u64]) -> Result<Vec<LineRow>, StoreError> {
        self.read_history(|history, connection| {
            let confirmations = confirmations(connection, bill)?;
            let (account, month) = (bound(bill.account.number()), bill.month.number());
            let mut seqs = seqs.to_vec();
            seqs.sort_unstable();
            seqs.dedup();
            let mut found = Vec::new();
            for seq in seqs {
                let tail = "AND segment = ? AND account = ? AND month = ? AND seq = ?";
                let segment = history.line_segment(seq);
                let key: [&dyn ToSql; 4] = [&bound(segment), &account, &month, &bound(seq)];
                let line: Option<LineRow> = select(connection, FILE, tail, &key)?.pop();
                match line {
                    Some(line) => {
                        found.push(LineRow { confirmed: confirmations.cover(&LineFacts::of(&line)), ..line });
                    }
                    // It is on no bill, or on another one; on this one there is no hole where it would be.
                    None => {
                        scan(connection, bill, segment, Some(seq), |_| Ok(ControlFlow::Break(())))?;
                    }
                }
            }
            Ok(found)
        })
    }

    fn bill_totals(&self, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError> {
        self.read_history(|_, connection| totals::of_bill(connection, bill))
    }

    /// By resource nothing is kept: there may be as many resources as lines, and writing the lines would take twice as
    /// long. So this reads the whole bill.
    fn resource_totals(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ResourceTotalRow>, StoreError> {
        self.read_history(|_, connection| {
            let confirmations = confirmations(connection, bill)?;
            let mut sums = ResourceSums::new(after, limit);
            for segment in line_segments(connection, bill.month)? {
                scan(connection, bill, segment, None, |line| {
                    let facts = LineFacts::of(&line);
                    if matches(filter, &facts, confirmations.cover(&facts)) {
                        sums.add(&line)?;
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
            }
            sums.rows()
        })
    }

    fn bill_months(&self, account: Uin) -> Result<Vec<Month>, StoreError> {
        self.read_history(|_, connection| {
            let number = bound(account.number());
            let bucket = number >> BUCKET_BITS;
            let (first, last) = (bucket << BUCKET_BITS, ((bucket + 1) << BUCKET_BITS) - 1);
            let mut found = Vec::new();
            for month in months(connection)? {
                let tail = "AND month = ? AND account = ?";
                let bill: Option<BillOf> = select(connection, FILE, tail, &[&month.number(), &number])?.pop();
                if bill.is_some() {
                    found.push(month);
                    continue;
                }
                let tail = "AND month = ? AND account BETWEEN ? AND ?";
                let near: Vec<BillOf> = select(connection, FILE, tail, &[&month.number(), &first, &last])?;
                tally::agree("bill", near.len() as u64, tally::entries(connection, bills_in(month, number))?)?;
            }
            Ok(found)
        })
    }

    fn billed_accounts(&self, month: Month, after: Option<Uin>, limit: usize) -> Result<Vec<Uin>, StoreError> {
        self.read_history(|_, connection| {
            let after = after.map_or(-1, |after| bound(after.number()));
            let first = after.saturating_add(1) >> BUCKET_BITS;
            let tail = "AND month = ? AND account >= ? ORDER BY account";
            let mut found = Vec::new();
            // Whole buckets are read, so that they can be counted.
            let mut buckets: Vec<(i64, u64)> = Vec::new();
            let mut last = i64::MAX;
            let key: [&dyn ToSql; 2] = [&month.number(), &(first << BUCKET_BITS)];
            each(connection, FILE, tail, &key, |BillOf { account, .. }| {
                let number = bound(account.number());
                let bucket = number >> BUCKET_BITS;
                match buckets.last_mut() {
                    Some((open, count)) if *open == bucket => *count += 1,
                    Some((open, _)) if found.len() >= limit => {
                        last = *open;
                        return Ok(ControlFlow::Break(()));
                    }
                    _ => buckets.push((bucket, 1)),
                }
                if number > after && found.len() < limit {
                    found.push(account);
                }
                Ok(ControlFlow::Continue(()))
            })?;
            let expected = tally::between(connection, Kind::Bills, i64::from(month.number()), first, last)?;
            if buckets == expected { Ok(found) } else { Err(tally::gap("bill")) }
        })
    }

    fn receipts(&self, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError> {
        self.read_history(|_, connection| receipts(connection, bill))
    }
}

impl HistoryFile {
    #[expect(clippy::too_many_arguments, reason = "which lines of which bill, what is known of them, and how many")]
    fn lines(
        &self,
        connection: &Connection,
        bill: Bill,
        filter: &LineFilter,
        confirmations: &Confirmations,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError> {
        let (mut found, mut skip) = (Vec::new(), skip);
        if limit == 0 {
            return Ok(found);
        }
        let mut first = after_seq.map_or(0, |after| self.line_segment(after));
        if skip > 0 {
            for (segment, here) in self.counted(connection, bill, filter, confirmations)?.range(first..) {
                let begins_within = after_seq.is_some_and(|after| self.line_segment(after) == *segment);
                let Some(here) = here.filter(|here| *here <= skip && !begins_within) else { break };
                skip -= here;
                first = segment + 1;
            }
        }
        for segment in line_segments(connection, bill.month)?.into_iter().filter(|segment| *segment >= first) {
            let after = after_seq.filter(|after| self.line_segment(*after) == segment);
            let walked = scan(connection, bill, segment, after, |line| {
                let facts = LineFacts::of(&line);
                let confirmed = confirmations.cover(&facts);
                if !matches(filter, &facts, confirmed) {
                    return Ok(ControlFlow::Continue(()));
                }
                if skip > 0 {
                    skip -= 1;
                    return Ok(ControlFlow::Continue(()));
                }
                found.push(LineRow { confirmed, ..line });
                Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            })?;
            if walked {
                break;
            }
        }
        Ok(found)
    }

    pub(super) fn line_segment(&self, seq: u64) -> u64 {
        seq >> self.segment_bits.min(LINE_BITS)
    }

    /// Writes lines that are not there yet, with all that is kept about them.
    pub(super) fn write_lines(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut Vec<LineRow>,
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| (self.line_segment(row.seq), row.account, row.month, row.seq));
        rows.dedup_by_key(|row| (row.account, row.month, row.seq));
        let mut into = Inserter::new::<LineRow>(connection, FILE, Clash::Replaces, &["nth", "segment"])?;
        let mut totals = TotalsWriter::new(connection)?;
        let mut last = connection.prepare_cached(&last_line_sql()).within(FILE)?;
        let same = |one: &LineRow, next: &LineRow| {
            (self.line_segment(one.seq), one.account, one.month)
                == (self.line_segment(next.seq), next.account, next.month)
        };
        let mut bills = Vec::new();
        for lines in rows.chunk_by(same) {
            let LineRow { seq, account, month, .. } = lines[0];
            let (segment, bill) = (stored(self.line_segment(seq))?, Bill { account, month });
            let before = last_line(&mut last, bill, segment)?;
            totals.add(segment, bill, before, lines)?;
            for (nth, line) in (stored(before)? + 1..).zip(lines) {
                into.put(&[nth, segment], line)?;
            }
            // Where it has lines in the segment it has a bill.
            if before == 0 {
                bills.push((month, account));
            }
        }
        bills.sort_unstable();
        bills.dedup();
        let mut into = Inserter::new::<BillOf>(connection, FILE, Clash::Stays, &[])?;
        for (month, account) in bills {
            if into.put_new(&[], &BillOf { month, account })? {
                tallies.next(bills_in(month, stored(account.number())?))?;
            }
        }
        let mut segments: Vec<_> = rows.iter().map(|row| (row.month, self.line_segment(row.seq))).collect();
        segments.sort_unstable();
        segments.dedup();
        let mut into = Inserter::new::<LineSegment>(connection, FILE, Clash::Fails, &["nth"])?;
        for (month, segment) in segments {
            let sql = format!("SELECT 1 {}", of("line_segment", "AND month = ? AND segment = ?"));
            let there = connection
                .prepare_cached(&sql)
                .and_then(|mut statement| statement.exists(params![month.number(), bound(segment)]));
            if !there.within(FILE)? {
                let nth = tallies.next(List::whole(Kind::LineSegments).in_month(month.number()))?;
                into.put(&[nth], &LineSegment { month, segment })?;
            }
        }
        Ok(())
    }

    pub(super) fn write_receipts(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        mut rows: Vec<ReceiptRow>,
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.seq);
        let mut into = Inserter::new::<ReceiptColumns>(connection, FILE, Clash::Replaces, &["nth"])?;
        for row in rows {
            let (list, _) = receipts_in(Bill { account: row.account, month: row.month });
            into.put(&[tallies.next(list)?], &ReceiptColumns::new(row)?)?;
        }
        Ok(())
    }
}

/// The bills of a month whose accounts are near this one.
fn bills_in(month: Month, account: i64) -> List {
    List::of(Kind::Bills, i64::from(month.number()), account >> BUCKET_BITS)
}

fn receipts_in(bill: Bill) -> (List, [i64; 2]) {
    let (month, account) = (bill.month.number(), bound(bill.account.number()));
    (List::of(Kind::ReceiptsOf, 0, account).in_month(month), [i64::from(month), account])
}

/// The months that have lines, newest first.
fn months(connection: &Connection) -> Result<Vec<Month>, StoreError> {
    let rows: Vec<LineSegment> = select(connection, FILE, "ORDER BY month DESC", &[])?;
    let mut found: Vec<Month> = rows.into_iter().map(|row| row.month).collect();
    found.dedup();
    let expected = tally::months(connection, Kind::LineSegments)?;
    if found == expected { Ok(found) } else { Err(tally::gap("line_segment")) }
}

/// The segments in which a month has lines, oldest first.
pub(super) fn line_segments(connection: &Connection, month: Month) -> Result<Vec<u64>, StoreError> {
    let mut found = Vec::new();
    let list = List::whole(Kind::LineSegments).in_month(month.number());
    SEGMENTS.newest_first(connection, list, &[month.number().into()], None, 0, |row: LineSegment| {
        found.push(row.segment);
        Ok(ControlFlow::Continue(()))
    })?;
    found.reverse();
    Ok(found)
}

/// Visits the lines of a bill in one segment, oldest first, after one of them or all, until the visitor has enough: answers whether it
/// had.
fn scan(
    connection: &Connection,
    bill: Bill,
    segment: u64,
    after_seq: Option<u64>,
    mut visit: impl FnMut(LineRow) -> Result<ControlFlow<()>, StoreError>,
) -> Result<bool, StoreError> {
    let (account, month, segment) = (bound(bill.account.number()), bill.month.number(), bound(segment));
    let lines = |rest: &str| {
        let which = format!("{OF_BILL} {rest}");
        format!("SELECT {}, nth {}", columns::<LineRow>(""), of("line_row", &which))
    };
    let after = after_seq.map_or(-1, bound);
    let mut passed = 0;
    if after_seq.is_some() {
        let sql = lines("AND seq <= ? ORDER BY seq DESC LIMIT 1");
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        let mut rows = statement.query(params![segment, account, month, after]).within(FILE)?;
        if let Some(row) = rows.next().within(FILE)? {
            let _checked: LineRow = read_row(row, FILE)?;
            passed = tally::number_of::<LineRow>(row)?;
        }
    }
    let sql = lines("AND seq > ? ORDER BY seq");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut rows = statement.query(params![segment, account, month, after]).within(FILE)?;
    while let Some(row) = rows.next().within(FILE)? {
        passed += 1;
        if tally::number_of::<LineRow>(row)? != passed {
            return Err(tally::gap("line_row"));
        }
        if visit(read_row(row, FILE)?)?.is_break() {
            return Ok(true);
        }
    }
    let expected = lines_of(&totals_in(connection, bill, segment)?)?;
    tally::agree("line_row", passed, expected)?;
    Ok(false)
}

/// The SQL that asks for the number of a bill's last line in a segment.
fn last_line_sql() -> String {
    format!("SELECT nth {}", of("line_row", &format!("{OF_BILL} ORDER BY seq DESC LIMIT 1")))
}

/// The same, from a statement of that; 0 where it has none.
pub(super) fn last_line(statement: &mut CachedStatement<'_>, bill: Bill, segment: i64) -> Result<u64, StoreError> {
    let key = params![segment, bound(bill.account.number()), bill.month.number()];
    let nth: Option<i64> = statement.query_row(key, |row| row.get(0)).optional().within(FILE)?;
    read(nth.unwrap_or(0), FILE)
}

/// What has been confirmed of a bill.
fn confirmations(connection: &Connection, bill: Bill) -> Result<Confirmations, StoreError> {
    Ok(Confirmations::of(&receipts(connection, bill)?))
}

/// A bill's receipts, oldest first.
fn receipts(connection: &Connection, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError> {
    let (list, owner) = receipts_in(bill);
    let mut found = Vec::new();
    RECEIPTS_OF.newest_first(connection, list, &owner, None, 0, |row: ReceiptColumns| {
        found.push(row.receipt);
        Ok(ControlFlow::Continue(()))
    })?;
    found.reverse();
    Ok(found)
}
