//! Allocation records, numbered by account in each segment: how many there are before a position is told without reading
//! them.

use super::tally::{Kind, List, Tallies};
use super::walk::Walk;
use super::{FILE, HistoryFile};
use crate::contract::{AllocationRow, PartiesHistory, StoreError};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::{bound, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, stored};
use credere_core::channel::Uin;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::ops::{ControlFlow, Range};

pub(super) const TABLES: &str = "
    CREATE TABLE allocation_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, operator INTEGER NOT NULL, amount INTEGER NOT NULL, total_after INTEGER NOT NULL,
        available_after INTEGER NOT NULL, remark TEXT, at INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;";

const ALLOCATIONS: Walk =
    Walk { table: "allocation_row", rows: None, within: &["segment", "account"], order: &["seq"] };

impl PartiesHistory for SqliteStore {
    fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError> {
        self.read_history(|history, connection| {
            let (mut found, mut skip) = (Vec::new(), skip);
            for segment in history.segments_of(&seqs) {
                let room = limit.saturating_sub(found.len());
                if room == 0 {
                    break;
                }
                let (list, owner) = allocations_in(segment, account);
                let (below, before) = history.allocation_places(connection, segment, account, &seqs)?;
                let here = before.saturating_sub(below);
                if here <= skip {
                    skip -= here;
                    continue;
                }
                let (mut left, end) = ((here - skip).min(room as u64), [bound(seqs.end)]);
                ALLOCATIONS.newest_first(connection, list, &owner, Some(&end), skip, |row: AllocationRow| {
                    found.push(row);
                    left -= 1;
                    Ok(if left > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
                })?;
                skip = 0;
            }
            Ok(found)
        })
    }

    fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError> {
        self.read_history(|history, connection| {
            let counted = |segment| {
                let (below, before) = history.allocation_places(connection, segment, account, &seqs)?;
                Ok(before.saturating_sub(below))
            };
            history.segments_of(&seqs).map(counted).sum()
        })
    }
}

impl HistoryFile {
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

    pub(super) fn write_allocations(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut [AllocationRow],
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| (self.segment(row.seq), row.account, row.seq));
        let mut into = Inserter::new::<AllocationRow>(connection, FILE, Clash::Replaces, &["nth", "segment"])?;
        for row in rows {
            let segment = stored(self.segment(row.seq))?;
            let nth = tallies.next(List::of(Kind::AllocationsOf, segment, stored(row.account.number())?))?;
            into.put(&[nth, segment], row)?;
        }
        Ok(())
    }
}

fn allocations_in(segment: u64, account: Uin) -> (List, [i64; 2]) {
    let owner = [bound(segment), bound(account.number())];
    (List::of(Kind::AllocationsOf, owner[0], owner[1]), owner)
}

stored! { AllocationRow: "allocation_row",
    account, seq, operator, amount, total_after, available_after, remark, at
}
