//! Notices in memory, by number.

use crate::contract::{HistoryFold, NoticeFilter, NoticeKey, NoticeRow, StandingHistory, StoreError};
use crate::memory::MemoryStore;
use std::collections::BTreeMap;

/// The rows of notices.
#[derive(Default, PartialEq)]
pub(super) struct StandingRows {
    notices: BTreeMap<NoticeKey, NoticeRow>,
}

impl StandingRows {
    pub(super) fn fold(&mut self, fold: &mut HistoryFold, position: u64) {
        let new = fold.notices.drain(..).filter(|row| row.key.seq > position);
        self.notices.extend(new.map(|row| (row.key, row)));
    }

    pub(super) fn count(&self) -> usize {
        self.notices.len()
    }
}

impl StandingHistory for MemoryStore {
    fn notices(
        &self,
        filter: &NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let rows = &self.inner.lock().rows.standing;
        let before = before.unwrap_or(NoticeKey { seq: u64::MAX, place: 0 });
        let newest_first = rows.notices.range(..before).rev().map(|(_, row)| row);
        Ok(newest_first.filter(|row| filter.matches(row)).take(limit).cloned().collect())
    }
}
