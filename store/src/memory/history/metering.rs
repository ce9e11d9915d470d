//! Resources in memory, by number.

use crate::contract::{HistoryFold, MeteringHistory, ResourceRow, StoreError};
use crate::memory::MemoryStore;
use credere_core::channel::Uin;
use std::collections::BTreeMap;

/// The rows of resources.
#[derive(Default, PartialEq)]
pub(super) struct MeteringRows {
    resources: BTreeMap<u64, ResourceRow>,
}

impl MeteringRows {
    pub(super) fn fold(&mut self, fold: &mut HistoryFold) {
        self.resources.extend(fold.resources.drain(..).map(|row| (row.seq, row)));
    }

    pub(super) fn count(&self) -> usize {
        self.resources.len()
    }
}

impl MeteringHistory for MemoryStore {
    fn resource(&self, name: &str) -> Result<Option<ResourceRow>, StoreError> {
        Ok(self.inner.lock().rows.metering.resources.values().rev().find(|row| row.name == name).cloned())
    }

    fn resources(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ResourceRow>, StoreError> {
        let rows = &self.inner.lock().rows.metering;
        let matches = |row: &&ResourceRow| {
            account.is_none_or(|account| row.account == account) && state.is_none_or(|state| row.state == state)
        };
        let newest_first = rows.resources.range(..before_seq.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        Ok(newest_first.filter(matches).take(limit).cloned().collect())
    }
}
