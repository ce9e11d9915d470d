//! Audit entries. To find a stretch of time without an index over times, each span of positions remembers the earliest
//! and the latest moment in it; nothing here assumes that time never goes back.

mod requests;

use super::lists::{Page, belongs};
use super::marked::Marked;
use super::tally::{self, Kind, List, Tallies};
use super::walk::Walk;
use super::{FILE, HistoryFile};
use crate::contract::{AuditFilter, AuditHistory, AuditRow, StoreError};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::{bound, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, select, stored};
use credere_core::ledger::Moment;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::ops::{ControlFlow, Range};

pub(super) const TABLES: &str = "
    CREATE TABLE audit_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        request_id TEXT NOT NULL, actor TEXT NOT NULL, by_whom TEXT, face TEXT NOT NULL, action TEXT NOT NULL, account INTEGER,
        outcome TEXT NOT NULL, code TEXT, detail TEXT NOT NULL, seal INTEGER NOT NULL);
    CREATE INDEX audit_by_action ON audit_row (action, shard);
    CREATE TABLE audit_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;
    CREATE TABLE audit_span (shard INTEGER NOT NULL, nth INTEGER NOT NULL, span INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, span)) WITHOUT ROWID;
    CREATE TABLE request (shard INTEGER NOT NULL, part INTEGER NOT NULL, hash INTEGER NOT NULL,
        seq INTEGER NOT NULL, PRIMARY KEY (shard, part, hash, seq)) WITHOUT ROWID;";

const AUDIT: Walk = Walk { table: "audit_row", rows: None, within: &[], order: &["seq"] };
const AUDIT_OF: Walk = Walk {
    table: "audit_of",
    rows: Some(("LEFT JOIN audit_row AS r ON r.seq = o.seq", "r.")),
    within: &["segment", "account"],
    order: &["seq"],
};
const AUDIT_IN: Marked = Marked { kind: Kind::AuditIn, table: "audit_row", index: "audit_by_action", column: "action" };
const SPANS: Walk = Walk { table: "audit_span", rows: None, within: &[], order: &["span"] };

/// The moments of the entries in a span.
struct Span {
    span: u64,
    first_at: Moment,
    last_at: Moment,
}

stored! { Span: "audit_span",
    span, first_at, last_at
}

impl AuditHistory for SqliteStore {
    fn audit_of_request(&self, request_id: &str) -> Result<Option<AuditRow>, StoreError> {
        self.read_history(|history, connection| history.audit_of_request(connection, request_id))
    }

    fn audit(&self, filter: &AuditFilter, before_seq: Option<u64>, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        self.read_history(|history, connection| {
            let mut page = Page::new(limit, |row: &AuditRow| filter.matches(row));
            for range in history.ranges(connection, filter, before_seq)? {
                let pieces: Vec<Range<u64>> = match filter.account {
                    None => vec![range],
                    Some(_) => history.by_segment(range),
                };
                for piece in pieces {
                    if page.rows.len() >= limit {
                        return Ok(page.rows);
                    }
                    history.audit_within(connection, filter, &piece, |row| page.take(row))?;
                }
            }
            Ok(page.rows)
        })
    }
}

impl HistoryFile {
    pub(super) fn write_audit(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut [AuditRow],
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.seq);
        let before = tallies.count(List::whole(Kind::Audit))?;
        let mut into = Inserter::new::<AuditRow>(connection, FILE, Clash::Replaces, &["nth"])?;
        for row in rows.iter() {
            into.put(&[tallies.next(List::whole(Kind::Audit))?], row)?;
            AUDIT_IN.sum_up(tallies, self.span_bits(), row.seq, None, &row.action)?;
        }
        let mut index = self.index(rows.iter().filter_map(|row| Some((row.seq, row.account?))))?;
        let list = |row: &[i64; 3]| List::of(Kind::AuditOf, row[0], row[1]);
        tallies.index("audit_of", ["segment", "account", "seq"], &mut index, list)?;
        self.write_requests(tallies, connection, before, rows)?;
        write_spans(tallies, connection, self.span_bits(), rows)
    }

    /// Visits the entries of a stretch of positions (within one segment, where an account is asked for), newest first.
    fn audit_within(
        &self,
        connection: &Connection,
        filter: &AuditFilter,
        range: &Range<u64>,
        mut take: impl FnMut(AuditRow) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let end = [bound(range.end)];
        let within = |row: AuditRow, take: &mut dyn FnMut(AuditRow) -> Result<ControlFlow<()>, StoreError>| {
            if row.seq < range.start { Ok(ControlFlow::Break(())) } else { take(row) }
        };
        match (filter.account, &filter.action) {
            (Some(account), _) => {
                let owner = [bound(self.segment(range.start)), bound(account.number())];
                let list = List::of(Kind::AuditOf, owner[0], owner[1]);
                AUDIT_OF.newest_first(connection, list, &owner, Some(&end), 0, |row: AuditRow| {
                    row.account.map_or_else(|| Err(tally::gap("audit_of")), |of| belongs(&AUDIT_OF, [of], account))?;
                    within(row, &mut take)
                })?;
            }
            (None, Some(action)) => {
                AUDIT_IN.newest_first(connection, self.span_bits(), action, range, take)?;
            }
            (None, None) => {
                let list = List::whole(Kind::Audit);
                AUDIT.newest_first(connection, list, &[], Some(&end), 0, |row| within(row, &mut take))?;
            }
        }
        Ok(())
    }

    /// The stretches of positions that may hold matching times, newest first.
    fn ranges(
        &self,
        connection: &Connection,
        filter: &AuditFilter,
        before_seq: Option<u64>,
    ) -> Result<Vec<Range<u64>>, StoreError> {
        let end = before_seq.unwrap_or(u64::MAX).min(self.position().saturating_add(1));
        if filter.from.is_none() && filter.to.is_none() {
            return Ok(std::iter::once(0..end).collect());
        }
        let mut ranges: Vec<Range<u64>> = Vec::new();
        let beyond = [bound((end >> self.span_bits()) + 1)];
        SPANS.newest_first(connection, List::whole(Kind::AuditSpans), &[], Some(&beyond), 0, |span: Span| {
            let begins = filter.from.is_none_or(|from| span.last_at >= from);
            if begins && filter.to.is_none_or(|to| span.first_at < to) {
                let first = span.span << self.span_bits();
                let after = (first + (1 << self.span_bits())).min(end);
                match ranges.last_mut() {
                    Some(newer) if newer.start == after => newer.start = first,
                    _ => ranges.push(first..after),
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(ranges)
    }

    /// A stretch of positions cut at the segments' borders, newest first.
    fn by_segment(&self, range: Range<u64>) -> Vec<Range<u64>> {
        let Some(last) = range.end.checked_sub(1).filter(|&last| last >= range.start) else { return Vec::new() };
        let piece = |segment: u64| {
            let first = segment << self.segment_bits;
            first.max(range.start)..(first + (1 << self.segment_bits)).min(range.end)
        };
        (self.segment(range.start)..=self.segment(last)).rev().map(piece).collect()
    }
}

/// Widens the spans that the rows lie in. The rows are in order of position.
fn write_spans(
    tallies: &mut Tallies<'_>,
    connection: &Connection,
    span_bits: u32,
    rows: &[AuditRow],
) -> Result<(), StoreError> {
    let mut into = Inserter::new::<Span>(connection, FILE, Clash::Replaces, &["nth"])?;
    for rows in rows.chunk_by(|one, next| one.seq >> span_bits == next.seq >> span_bits) {
        let times = || rows.iter().map(|row| row.at);
        let (Some(mut first_at), Some(mut last_at)) = (times().min(), times().max()) else { continue };
        let span = rows[0].seq >> span_bits;
        let nth = match tally::number_in::<Span>(connection, "span", stored(span)?)? {
            Some(nth) => {
                let there: Option<Span> = select(connection, FILE, "AND span = ?", &[&stored(span)?])?.pop();
                if let Some(there) = there {
                    (first_at, last_at) = (first_at.min(there.first_at), last_at.max(there.last_at));
                }
                nth
            }
            None => tallies.next(List::whole(Kind::AuditSpans))?,
        };
        into.put(&[nth], &Span { span, first_at, last_at })?;
    }
    Ok(())
}

stored! { AuditRow: "audit_row",
    seq, at, request_id, actor, by as by_whom, face, action, account, outcome, code, detail
}
