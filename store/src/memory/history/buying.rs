//! Orders and closed authorizations in memory, by number.

use crate::contract::{AuthorizationRow, BuyingHistory, HistoryFold, OrderFilter, OrderRow, StoreError};
use crate::memory::MemoryStore;
use std::collections::BTreeMap;

/// The rows of purchases.
#[derive(Default, PartialEq)]
pub(super) struct BuyingRows {
    orders: BTreeMap<u64, OrderRow>,
    authorizations: BTreeMap<u64, AuthorizationRow>,
}

impl BuyingRows {
    pub(super) fn fold(&mut self, fold: &mut HistoryFold) {
        self.orders.extend(fold.orders.drain(..).map(|row| (row.seq, row)));
        self.authorizations.extend(fold.authorizations.drain(..).map(|row| (row.opened_seq, row)));
    }

    pub(super) fn count(&self) -> usize {
        self.orders.len() + self.authorizations.len()
    }
}

impl BuyingHistory for MemoryStore {
    fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError> {
        Ok(self.inner.lock().rows.buying.orders.get(&seq).cloned())
    }

    fn orders(
        &self,
        wanted: OrderFilter<'_>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError> {
        let rows = &self.inner.lock().rows.buying;
        let newest_first = rows.orders.range(..before_seq.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        Ok(newest_first.filter(|row| wanted.matches(row)).take(limit).cloned().collect())
    }

    fn closed_authorization(&self, opened_seq: u64) -> Result<Option<AuthorizationRow>, StoreError> {
        Ok(self.inner.lock().rows.buying.authorizations.get(&opened_seq).cloned())
    }
}
