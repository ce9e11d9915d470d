//! Reading what is listed by account: allocations and orders. A list of one account walks the segments from the newest
//! to the oldest until it has enough.

use super::{FILE, HistoryFile};
use crate::contract::{AllocationRow, AuthorizationRow, OrderRow, StoreError};
use crate::sqlite::errors::{Within, bound, read};
use crate::sqlite::rows::select;
use credere_core::channel::Uin;
use rusqlite::{Connection, params};
use std::ops::Range;

impl HistoryFile {
    pub(super) fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError> {
        let (connection, account) = (self.readers.take(), bound(account.number()));
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let (from, before) = (bound(seqs.start), bound(seqs.end));
        let tail = "FROM allocation_row WHERE shard = 0 AND segment = ? AND account = ? AND seq >= ? AND seq < ?
            ORDER BY seq DESC LIMIT ? OFFSET ?";
        let within = |segment, skip: u64, limit: usize| {
            let (segment, limit, skip) = (bound(segment), bound(limit as u64), bound(skip));
            select(&transaction, FILE, "", tail, &[&segment, &account, &from, &before, &limit, &skip])
        };
        let counted = |segment| count(&transaction, bound(segment), account, from, before);
        across(self.segments_of(&seqs), skip, limit, counted, within)
    }

    pub(super) fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError> {
        let (connection, account) = (self.readers.take(), bound(account.number()));
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let (from, before) = (bound(seqs.start), bound(seqs.end));
        self.segments_of(&seqs).map(|segment| count(&transaction, bound(segment), account, from, before)).sum()
    }

    pub(super) fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError> {
        let tail = "FROM order_row WHERE shard = 0 AND seq = ?";
        Ok(select(&self.readers.take(), FILE, "", tail, &[&bound(seq)])?.pop())
    }

    pub(super) fn orders(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError> {
        let connection = self.readers.take();
        let before = bound(before_seq.unwrap_or(u64::MAX));
        let Some(account) = account else {
            let limit = bound(limit as u64);
            return match state {
                None => {
                    let tail = "FROM order_row WHERE shard = 0 AND seq < ? ORDER BY seq DESC LIMIT ?";
                    select(&connection, FILE, "", tail, &[&before, &limit])
                }
                Some(state) => {
                    let tail = "FROM order_row INDEXED BY order_by_state
                        WHERE shard = 0 AND state = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
                    select(&connection, FILE, "", tail, &[&state, &before, &limit])
                }
            };
        };
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let account = bound(account.number());
        let tail = "FROM order_of AS o CROSS JOIN order_row AS r ON r.seq = o.seq
            WHERE o.shard = 0 AND o.segment = ? AND o.account = ? AND o.seq < ? AND r.state = ifnull(?, r.state)
            ORDER BY o.seq DESC LIMIT ?";
        let within = |segment, _: u64, limit: usize| {
            let limit = bound(limit as u64);
            select(&transaction, FILE, "r.", tail, &[&bound(segment), &account, &before, &state, &limit])
        };
        across(self.segments_before(before_seq), 0, limit, |_| Ok(0), within)
    }

    pub(super) fn closed_authorization(&self, seq: u64) -> Result<Option<AuthorizationRow>, StoreError> {
        let tail = "FROM authorization_row WHERE shard = 0 AND opened_seq = ?";
        Ok(select(&self.readers.take(), FILE, "", tail, &[&bound(seq)])?.pop())
    }

    /// The segments that hold any of these positions, newest first.
    pub(super) fn segments_of(&self, seqs: &Range<u64>) -> impl Iterator<Item = u64> + use<> {
        let oldest = self.segment(seqs.start);
        self.segments_before(Some(seqs.end)).take_while(move |segment| *segment >= oldest)
    }

    /// The segments that hold positions before the given one, newest first.
    pub(super) fn segments_before(&self, before_seq: Option<u64>) -> impl Iterator<Item = u64> + use<> {
        let newest = before_seq.map_or(u64::MAX, |before| before.saturating_sub(1)).min(self.position());
        (0..=self.segment(newest)).rev()
    }
}

/// A page of a list that lies in several segments: `within` reads so many of a segment's rows after skipping so many, and
/// `count` tells how many there are, so that whole segments can be skipped. It is asked only where something is skipped.
pub(super) fn across<T>(
    segments: impl Iterator<Item = u64>,
    skip: u64,
    limit: usize,
    count: impl Fn(u64) -> Result<u64, StoreError>,
    within: impl Fn(u64, u64, usize) -> Result<Vec<T>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let (mut found, mut skip) = (Vec::new(), skip);
    for segment in segments {
        if found.len() >= limit {
            break;
        }
        if skip > 0 {
            let here = count(segment)?;
            if here <= skip {
                skip -= here;
                continue;
            }
        }
        found.extend(within(segment, skip, limit - found.len())?);
        skip = 0;
    }
    Ok(found)
}

fn count(connection: &Connection, segment: i64, account: i64, from: i64, before: i64) -> Result<u64, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT count(*) FROM allocation_row
                WHERE shard = 0 AND segment = ? AND account = ? AND seq >= ? AND seq < ?",
        )
        .within(FILE)?;
    read(statement.query_row(params![segment, account, from, before], |row| row.get(0)).within(FILE)?, FILE)
}
