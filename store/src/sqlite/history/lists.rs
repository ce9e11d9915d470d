//! Reading what is listed by account: allocations and orders. A list of one account walks the segments from the newest
//! to the oldest until it has enough.

use super::tally::{self, Kind, List, Marked, Walk};
use super::{FILE, HistoryFile};
use crate::contract::{AllocationRow, AuthorizationRow, OrderRow, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Stored, select};
use credere_core::channel::Uin;
use rusqlite::Connection;
use std::ops::{ControlFlow, Range};

const ALLOCATIONS: Walk =
    Walk { table: "allocation_row", rows: None, within: &["segment", "account"], order: &["seq"] };
const ORDERS: Walk = Walk { table: "order_row", rows: None, within: &[], order: &["seq"] };
const ORDERS_OF: Walk = Walk {
    table: "order_of",
    rows: Some(("LEFT JOIN order_row AS r ON r.seq = o.seq", "r.")),
    within: &["segment", "account"],
    order: &["seq"],
};

pub(super) const ORDERS_IN: Marked =
    Marked { kind: Kind::OrdersIn, table: "order_row", index: "order_by_state", column: "state" };

/// Closed authorizations are counted by so many bits of the positions at which they opened.
const AUTHORIZATION_BITS: u32 = 10;

impl HistoryFile {
    pub(super) fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let (mut found, mut skip) = (Vec::new(), skip);
        for segment in self.segments_of(&seqs) {
            let room = limit.saturating_sub(found.len());
            if room == 0 {
                break;
            }
            let (list, owner) = allocations_in(segment, account);
            let (below, before) = self.allocation_places(&transaction, segment, account, &seqs)?;
            let here = before.saturating_sub(below);
            if here <= skip {
                skip -= here;
                continue;
            }
            let (mut left, end) = ((here - skip).min(room as u64), [bound(seqs.end)]);
            ALLOCATIONS.newest_first(&transaction, list, &owner, Some(&end), skip, |row: AllocationRow| {
                found.push(row);
                left -= 1;
                Ok(if left > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            })?;
            skip = 0;
        }
        Ok(found)
    }

    pub(super) fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let counted = |segment| {
            let (below, before) = self.allocation_places(&transaction, segment, account, &seqs)?;
            Ok(before.saturating_sub(below))
        };
        self.segments_of(&seqs).map(counted).sum()
    }

    /// How many of an account's records in a segment come before these positions, and how many before their end.
    fn allocation_places(
        &self,
        connection: &Connection,
        segment: u64,
        account: Uin,
        seqs: &Range<u64>,
    ) -> Result<(u64, u64), StoreError> {
        let (list, owner) = allocations_in(segment, account);
        let below = ALLOCATIONS.top::<AllocationRow>(connection, list, &owner, Some(&[bound(seqs.start)]))?;
        Ok((below, ALLOCATIONS.top::<AllocationRow>(connection, list, &owner, Some(&[bound(seqs.end)]))?))
    }

    pub(super) fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let tail = "FROM order_row WHERE shard = 0 AND seq = ?";
        let found: Option<OrderRow> = select(&transaction, FILE, "", tail, &[&bound(seq)])?.pop();
        if found.is_none() {
            tally::never_there::<OrderRow>(&transaction, Kind::Orders, "seq", bound(seq))?;
        }
        Ok(found)
    }

    pub(super) fn orders(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let mut page = Page::new(limit, |row: &OrderRow| state.is_none_or(|state| row.state == state));
        let before = before_seq.map(|before| [bound(before)]);
        let before = before.as_ref().map(|before| &before[..]);
        match (account, state) {
            (None, None) => {
                ORDERS.newest_first(&transaction, List::whole(Kind::Orders), &[], before, 0, |row| page.take(row))?;
            }
            (None, Some(state)) => {
                let seqs = 0..before_seq.unwrap_or(self.position().saturating_add(1));
                ORDERS_IN.newest_first(&transaction, self.span_bits(), state, &seqs, |row| page.take(row))?;
            }
            (Some(account), _) => {
                self.walk_segments(
                    &transaction,
                    &ORDERS_OF,
                    Kind::OrdersOf,
                    account,
                    before_seq,
                    before,
                    |row: OrderRow| {
                        belongs(&ORDERS_OF, [row.account], account)?;
                        page.take(row)
                    },
                )?;
            }
        }
        Ok(page.rows)
    }

    pub(super) fn closed_authorization(&self, seq: u64) -> Result<Option<AuthorizationRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let tail = "FROM authorization_row WHERE shard = 0 AND opened_seq = ?";
        let found: Option<AuthorizationRow> = select(&transaction, FILE, "", tail, &[&bound(seq)])?.pop();
        if found.is_none() {
            // They close in any order, so they have no numbers: all that opened near it are counted.
            let tail = "FROM authorization_row WHERE shard = 0 AND opened_seq BETWEEN ? AND ?";
            let first = bound(seq) >> AUTHORIZATION_BITS << AUTHORIZATION_BITS;
            let last = first | ((1 << AUTHORIZATION_BITS) - 1);
            let near: Vec<AuthorizationRow> = select(&transaction, FILE, "", tail, &[&first, &last])?;
            let expected = tally::entries(&transaction, authorizations_in(bound(seq).unsigned_abs())?)?;
            tally::agree("authorization_row", near.len() as u64, expected)?;
        }
        Ok(found)
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
}

/// The closed authorizations that opened near this position.
pub(super) fn authorizations_in(opened_seq: u64) -> Result<List, StoreError> {
    Ok(List::of(Kind::Authorizations, stored(opened_seq >> AUTHORIZATION_BITS)?, 0))
}

fn allocations_in(segment: u64, account: Uin) -> (List, [i64; 2]) {
    let owner = [bound(segment), bound(account.number())];
    (List::of(Kind::AllocationsOf, owner[0], owner[1]), owner)
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
