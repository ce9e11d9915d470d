//! What lists have in common: one of an account walks the segments from the newest to the oldest until it has enough.

use super::HistoryFile;
use super::tally::{self, Kind, List};
use super::walk::Walk;
use crate::contract::StoreError;
use crate::sqlite::errors::{bound, stored};
use crate::sqlite::rows::Stored;
use credere_core::channel::Uin;
use rusqlite::Connection;
use std::ops::{ControlFlow, Range};

impl HistoryFile {
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

    /// Walks an account's list from one segment to the next, newest first, until the visitor has enough.
    #[expect(clippy::too_many_arguments, reason = "which list, from where, and who looks at it")]
    pub(super) fn walk_segments<T: Stored>(
        &self,
        connection: &Connection,
        walk: &Walk,
        kind: Kind,
        account: Uin,
        before_seq: Option<u64>,
        before: Option<&[i64]>,
        mut visit: impl FnMut(T) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        for segment in self.segments_before(before_seq) {
            let owner = [bound(segment), bound(account.number())];
            let list = List::of(kind, owner[0], owner[1]);
            if walk.newest_first(connection, list, &owner, before, 0, &mut visit)? {
                break;
            }
        }
        Ok(())
    }

    /// Positions by account, as rows of an index.
    pub(super) fn index(&self, rows: impl Iterator<Item = (u64, Uin)>) -> Result<Vec<[i64; 3]>, StoreError> {
        rows.map(|(seq, account)| Ok([stored(self.segment(seq))?, stored(account.number())?, stored(seq)?])).collect()
    }
}

/// Checks that a row that a list points at is of whose list it is.
pub(super) fn belongs<const N: usize>(walk: &Walk, of: [Uin; N], account: Uin) -> Result<(), StoreError> {
    if of.contains(&account) { Ok(()) } else { Err(tally::gap(walk.table)) }
}

/// A page of the rows that match, as they come.
pub(super) struct Page<T, F> {
    pub(super) rows: Vec<T>,
    skip: u64,
    limit: usize,
    matches: F,
}

impl<T, F: Fn(&T) -> bool> Page<T, F> {
    pub(super) fn new(limit: usize, matches: F) -> Page<T, F> {
        Page { rows: Vec::new(), skip: 0, limit, matches }
    }

    /// The page after so many rows that match.
    pub(super) fn after(self, skip: u64) -> Page<T, F> {
        Page { skip, ..self }
    }

    /// Takes a row if it is wanted; breaks once the page is full.
    pub(super) fn take(&mut self, row: T) -> Result<ControlFlow<()>, StoreError> {
        if self.rows.len() < self.limit && (self.matches)(&row) {
            match self.skip.checked_sub(1) {
                Some(rest) => self.skip = rest,
                None => self.rows.push(row),
            }
        }
        Ok(if self.rows.len() < self.limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    }
}

/// Leaves of rows with one key the last, in order of the key: it is the newest.
pub(super) fn last_of_each<T>(rows: &mut Vec<T>, key: impl Fn(&T) -> u64) {
    // Stable, and from the end: of those with one key the first that is met stays.
    rows.reverse();
    rows.sort_by_key(&key);
    rows.dedup_by_key(|row| key(row));
}
