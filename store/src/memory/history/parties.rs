//! Allocation records in memory, by account.

use super::skipping;
use crate::contract::{AllocationRow, HistoryFold, PartiesHistory, StoreError};
use crate::memory::MemoryStore;
use credere_core::channel::Uin;
use std::collections::BTreeMap;
use std::ops::Range;

/// Allocation's rows.
#[derive(Default, PartialEq)]
pub(super) struct PartiesRows {
    allocations: BTreeMap<(Uin, u64), AllocationRow>,
}

impl PartiesRows {
    pub(super) fn fold(&mut self, fold: &mut HistoryFold, position: u64) {
        let new = fold.allocations.drain(..).filter(|row| row.seq > position);
        self.allocations.extend(new.map(|row| ((row.account, row.seq), row)));
    }

    pub(super) fn count(&self) -> usize {
        self.allocations.len()
    }

    fn of(&self, account: Uin, seqs: Range<u64>) -> impl DoubleEndedIterator<Item = &AllocationRow> {
        let end = seqs.end.max(seqs.start);
        self.allocations.range((account, seqs.start)..(account, end)).map(|(_, row)| row)
    }
}

impl PartiesHistory for MemoryStore {
    fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError> {
        let rows = &self.inner.lock().rows.parties;
        let newest_first = rows.of(account, seqs).rev();
        Ok(newest_first.skip(skipping(skip)).take(limit).cloned().collect())
    }

    fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.parties.of(account, seqs).count() as u64)
    }
}
