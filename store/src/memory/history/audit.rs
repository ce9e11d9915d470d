//! Audit entries in memory, by position.

use crate::contract::{AuditFilter, AuditHistory, AuditRow, HistoryFold, StoreError};
use crate::memory::MemoryStore;
use std::collections::BTreeMap;

/// The rows of the audit.
#[derive(Default, PartialEq)]
pub(super) struct AuditRows {
    entries: BTreeMap<u64, AuditRow>,
}

impl AuditRows {
    pub(super) fn fold(&mut self, fold: &mut HistoryFold, position: u64) {
        let new = fold.audit.drain(..).filter(|row| row.seq > position);
        self.entries.extend(new.map(|row| (row.seq, row)));
    }

    pub(super) fn count(&self) -> usize {
        self.entries.len()
    }
}

impl AuditHistory for MemoryStore {
    fn audit_of_request(&self, request_id: &str) -> Result<Option<AuditRow>, StoreError> {
        Ok(self.inner.lock().rows.audit.entries.values().rev().find(|row| row.request_id == request_id).cloned())
    }

    fn audit(&self, filter: &AuditFilter, before_seq: Option<u64>, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        let rows = &self.inner.lock().rows.audit;
        let newest_first = rows.entries.range(..before_seq.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        Ok(newest_first.filter(|row| filter.matches(row)).take(limit).cloned().collect())
    }
}
