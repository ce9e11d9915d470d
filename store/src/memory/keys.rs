//! Keys in memory: runs of either kind, the newest last.

use super::MemoryStore;
use crate::contract::{KeyHash, KeyRow, Keys, StoreError};
use credere_core::ledger::Moment;
use std::collections::HashMap;

/// Runs of keys, the newest last, and how far they reach.
#[derive(Default)]
pub(super) struct Runs {
    sealed_seq: u64,
    runs: Vec<HashMap<KeyHash, KeyRow>>,
}

impl Keys for MemoryStore {
    fn sealed_keys_seq(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().runs.sealed_seq)
    }

    fn seal_keys(&self, after_seq: u64, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError> {
        let mut inner = self.inner.lock();
        inner.check_end(upto_seq)?;
        let runs = &mut inner.runs;
        if !(after_seq..=upto_seq).contains(&runs.sealed_seq) {
            return Err(StoreError::corrupt(format!(
                "a run of keys of the events after {after_seq} up to {upto_seq} comes where they are sealed up to {}",
                runs.sealed_seq
            )));
        }
        runs.sealed_seq = upto_seq;
        let (lasting, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.lasting);
        for mut rows in [others, lasting] {
            // Of two uses of one key the later counts: the map keeps what comes last.
            rows.sort_by_key(|row| row.seq);
            if !rows.is_empty() {
                runs.runs.push(rows.into_iter().map(|row| (row.key, row)).collect());
            }
        }
        Ok(())
    }

    fn find_keys(&self, keys: &[KeyHash]) -> Result<Vec<Option<u64>>, StoreError> {
        let runs = &self.inner.lock().runs.runs;
        let newest = |key| runs.iter().filter_map(|run| run.get(key)).map(|row| row.seq).max();
        Ok(keys.iter().map(newest).collect())
    }

    fn forget_keys(&self, before: Moment, lasting_before: Moment) -> Result<(), StoreError> {
        let kept = |row: &KeyRow| row.at >= if row.lasting { lasting_before } else { before };
        self.inner.lock().runs.runs.retain(|run| run.values().any(kept));
        Ok(())
    }

    fn clear_keys(&self) -> Result<(), StoreError> {
        self.inner.lock().runs = Runs::default();
        Ok(())
    }
}
