//! History and keys in memory: ordered maps, read backwards, and runs of keys.

use super::MemoryStore;
use crate::contract::{
    AllocationRow, AuditFilter, AuditRow, AuthorizationRow, History, HistoryFold, KeyHash, KeyRow, Keys, OrderRow,
    StoreError,
};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// History's rows and how far they reach.
#[derive(Default)]
pub(super) struct Rows {
    seq: u64,
    allocations: BTreeMap<(Uin, u64), AllocationRow>,
    orders: BTreeMap<u64, OrderRow>,
    authorizations: BTreeMap<u64, AuthorizationRow>,
    audit: BTreeMap<u64, AuditRow>,
}

/// Runs of keys, the newest last, and how far they reach.
#[derive(Default)]
pub(super) struct Runs {
    sealed_seq: u64,
    runs: Vec<HashMap<KeyHash, KeyRow>>,
}

impl Rows {
    fn allocations_of(&self, account: Uin, seqs: Range<u64>) -> impl DoubleEndedIterator<Item = &AllocationRow> {
        let end = seqs.end.max(seqs.start);
        self.allocations.range((account, seqs.start)..(account, end)).map(|(_, row)| row)
    }
}

impl History for MemoryStore {
    fn history_seq(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.seq)
    }

    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError> {
        let rows = &mut self.inner.lock().rows;
        if fold.upto_seq < rows.seq {
            return Err(StoreError::Corrupt(format!(
                "a fold up to event {} comes after one up to event {}",
                fold.upto_seq, rows.seq
            )));
        }
        rows.seq = fold.upto_seq;
        rows.allocations.extend(fold.allocations.into_iter().map(|row| ((row.account, row.seq), row)));
        rows.orders.extend(fold.orders.into_iter().map(|row| (row.seq, row)));
        rows.authorizations.extend(fold.authorizations.into_iter().map(|row| (row.opened_seq, row)));
        rows.audit.extend(fold.audit.into_iter().map(|row| (row.seq, row)));
        Ok(())
    }

    fn clear_history(&self) -> Result<(), StoreError> {
        self.inner.lock().rows = Rows::default();
        Ok(())
    }

    fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let newest_first = rows.allocations_of(account, seqs).rev();
        Ok(newest_first.skip(skip).take(limit).cloned().collect())
    }

    fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.allocations_of(account, seqs).count() as u64)
    }

    fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError> {
        Ok(self.inner.lock().rows.orders.get(&seq).cloned())
    }

    fn orders(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let matches = |row: &&OrderRow| {
            account.is_none_or(|account| row.account == account) && state.is_none_or(|state| row.state == state)
        };
        let newest_first = rows.orders.range(..before_seq.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        Ok(newest_first.filter(matches).take(limit).cloned().collect())
    }

    fn closed_authorization(&self, opened_seq: u64) -> Result<Option<AuthorizationRow>, StoreError> {
        Ok(self.inner.lock().rows.authorizations.get(&opened_seq).cloned())
    }

    fn audit(&self, filter: &AuditFilter, before_seq: Option<u64>, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let matches = |row: &&AuditRow| {
            filter.account.is_none_or(|account| row.account == Some(account))
                && filter.action.as_ref().is_none_or(|action| row.action == *action)
                && filter.from.is_none_or(|from| row.at >= from)
                && filter.to.is_none_or(|to| row.at < to)
        };
        let newest_first = rows.audit.range(..before_seq.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        Ok(newest_first.filter(matches).take(limit).cloned().collect())
    }
}

impl Keys for MemoryStore {
    fn sealed_keys_seq(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().runs.sealed_seq)
    }

    fn seal_keys(&self, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError> {
        let runs = &mut self.inner.lock().runs;
        if upto_seq < runs.sealed_seq {
            return Err(StoreError::Corrupt(format!(
                "a run of keys up to event {upto_seq} comes after one up to event {}",
                runs.sealed_seq
            )));
        }
        runs.sealed_seq = upto_seq;
        if !rows.is_empty() {
            runs.runs.push(rows.into_iter().map(|row| (row.key, row)).collect());
        }
        Ok(())
    }

    fn find_keys(&self, keys: &[KeyHash]) -> Result<Vec<Option<KeyRow>>, StoreError> {
        let runs = &self.inner.lock().runs.runs;
        Ok(keys.iter().map(|key| runs.iter().rev().find_map(|run| run.get(key)).cloned()).collect())
    }

    fn forget_keys(&self, before: Moment) -> Result<(), StoreError> {
        self.inner.lock().runs.runs.retain(|run| run.values().any(|row| row.at >= before));
        Ok(())
    }

    fn clear_keys(&self) -> Result<(), StoreError> {
        self.inner.lock().runs = Runs::default();
        Ok(())
    }
}
