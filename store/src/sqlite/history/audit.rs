//! Audit entries. To find a stretch of time without an index over times, each span of positions remembers the earliest
//! and the latest moment in it; nothing here assumes that time never goes back.

use super::{FILE, HistoryFile};
use crate::contract::{AuditFilter, AuditRow, StoreError};
use crate::sqlite::errors::{Within, bound, read, stored};
use crate::sqlite::rows::select;
use credere_core::ledger::Moment;
use rusqlite::{Connection, params};
use std::ops::Range;

impl HistoryFile {
    pub(super) fn audit(
        &self,
        filter: &AuditFilter,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let mut found = Vec::new();
        for range in self.ranges(&transaction, filter, before_seq)? {
            let pieces: Vec<Range<u64>> = match filter.account {
                None => vec![range],
                Some(_) => self.by_segment(range),
            };
            for piece in pieces {
                if found.len() >= limit {
                    return Ok(found);
                }
                found.extend(self.audit_within(&transaction, filter, &piece, limit - found.len())?);
            }
        }
        Ok(found)
    }

    /// Matching entries of a stretch of positions (within one segment, where an account is asked for), newest first.
    fn audit_within(
        &self,
        connection: &Connection,
        filter: &AuditFilter,
        range: &Range<u64>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let from = filter.from.map_or(i64::MIN, Moment::micros);
        // Not at or after `to`, so one microsecond before it is the last that counts.
        let to = filter.to.map_or(i64::MAX, |to| to.micros().saturating_sub(1));
        let (first, end, limit) = (bound(range.start), bound(range.end), bound(limit as u64));
        let times = "r.at BETWEEN ?1 AND ?2 AND r.seq >= ?3 AND r.seq < ?4";
        match (filter.account, &filter.action) {
            (Some(account), action) => {
                let tail = format!(
                    "FROM audit_of AS o CROSS JOIN audit_row AS r ON r.seq = o.seq
                    WHERE o.shard = 0 AND o.segment = ?6 AND o.account = ?7 AND o.seq >= ?3 AND o.seq < ?4 AND {times}
                    AND r.action = ifnull(?8, r.action) ORDER BY o.seq DESC LIMIT ?5"
                );
                let (segment, account) = (bound(self.segment(range.start)), bound(account.number()));
                select(connection, FILE, "r.", &tail, &[&from, &to, &first, &end, &limit, &segment, &account, action])
            }
            (None, Some(action)) => {
                let tail = format!(
                    "FROM audit_row AS r INDEXED BY audit_by_action
                    WHERE r.shard = 0 AND r.action = ?6 AND {times} ORDER BY r.seq DESC LIMIT ?5"
                );
                select(connection, FILE, "r.", &tail, &[&from, &to, &first, &end, &limit, action])
            }
            (None, None) => {
                let tail = format!("FROM audit_row AS r WHERE r.shard = 0 AND {times} ORDER BY r.seq DESC LIMIT ?5");
                select(connection, FILE, "r.", &tail, &[&from, &to, &first, &end, &limit])
            }
        }
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
        let from = filter.from.map_or(i64::MIN, Moment::micros);
        let to = filter.to.map_or(i64::MAX, |to| to.micros().saturating_sub(1));
        let mut statement = connection
            .prepare_cached(
                "SELECT span FROM audit_span WHERE shard = 0 AND span <= ? AND last_at >= ? AND first_at <= ?
                ORDER BY span DESC",
            )
            .within(FILE)?;
        let mut rows = statement.query(params![bound(end >> self.span_bits()), from, to]).within(FILE)?;
        let mut ranges: Vec<Range<u64>> = Vec::new();
        while let Some(row) = rows.next().within(FILE)? {
            let span = read(row.get(0).within(FILE)?, FILE)?;
            let first = span << self.span_bits();
            let after = (first + (1 << self.span_bits())).min(end);
            match ranges.last_mut() {
                Some(newer) if newer.start == after => newer.start = first,
                _ => ranges.push(first..after),
            }
        }
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
pub(super) fn write_spans(connection: &Connection, span_bits: u32, rows: &[AuditRow]) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached(
            "INSERT INTO audit_span (shard, span, first_at, last_at) VALUES (0, ?, ?, ?)
            ON CONFLICT DO UPDATE SET first_at = min(first_at, excluded.first_at),
                last_at = max(last_at, excluded.last_at)",
        )
        .within(FILE)?;
    for span in rows.chunk_by(|one, next| one.seq >> span_bits == next.seq >> span_bits) {
        let times = || span.iter().map(|row| row.at.micros());
        if let (Some(first), Some(last)) = (times().min(), times().max()) {
            statement.execute(params![stored(span[0].seq >> span_bits)?, first, last]).within(FILE)?;
        }
    }
    Ok(())
}
