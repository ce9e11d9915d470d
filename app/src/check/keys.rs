//! Which idempotency keys should be in the store: those of the records up to where keys have been sealed, but for those
//! that are old enough to be forgotten.

use crate::engine::{KEYS_KEPT, LASTING_KEPT, RecordReader, key_in, key_used_at};
use credere_core::book::Record;
use credere_core::ledger::Moment;
use credere_store::contract::{KeyRow, Keys, ShardStore, StoreError};

/// Keys that are asked for at once.
const AT_ONCE: usize = 4_096;

/// Keys of records, on their way to be compared.
pub(super) struct ExpectedKeys {
    sealed_seq: u64,
    waiting: Vec<KeyRow>,
    newest: Moment,
    /// Keys that were not found, with when each was used and whether it is kept for longer: whether they should be there
    /// is known at the end.
    oldest_kept: [Option<(u64, Moment)>; 2],
    found: u64,
}

impl ExpectedKeys {
    pub(super) fn new(store: &dyn Keys) -> Result<ExpectedKeys, StoreError> {
        let sealed_seq = store.sealed_keys_seq()?;
        let (newest, oldest_kept) = (Moment::default(), [None; 2]);
        Ok(ExpectedKeys { sealed_seq, waiting: Vec::new(), newest, oldest_kept, found: 0 })
    }

    /// Takes the next record in.
    pub(super) fn take(
        &mut self,
        store: &dyn ShardStore,
        seq: u64,
        at: Moment,
        record: &Record,
    ) -> Result<(), StoreError> {
        let Some((key, answer)) = key_in(store.id(), record, seq).filter(|_| seq <= self.sealed_seq) else {
            return Ok(());
        };
        self.newest = self.newest.max(at);
        self.waiting.push(answer.key_row(&key.key, seq, at));
        if self.waiting.len() >= AT_ONCE { self.compare(store) } else { Ok(()) }
    }

    /// Compares the rest; answers how many keys were found.
    pub(super) fn finish(mut self, store: &dyn ShardStore) -> Result<u64, StoreError> {
        self.compare(store)?;
        for (missing, kept) in self.oldest_kept.into_iter().zip([KEYS_KEPT, LASTING_KEPT]) {
            if let Some((seq, at)) = missing.filter(|(_, at)| *at >= self.newest.plus_seconds(-kept)) {
                let text = format!("keys.db: the key of record {seq} is missing, used at {} us", at.micros());
                return Err(StoreError::corrupt(text));
            }
        }
        Ok(self.found)
    }

    fn compare(&mut self, store: &dyn ShardStore) -> Result<(), StoreError> {
        let mut journal = RecordReader::of(store);
        let hashes: Vec<_> = self.waiting.iter().map(|row| row.key).collect();
        for (found, row) in store.find_keys(&hashes)?.into_iter().zip(self.waiting.drain(..)) {
            match found {
                // A key that was forgotten may have been used again, and a later record may keep a fuller answer.
                Some(found) if found > row.seq => drop(key_used_at(&mut journal, &row.key, found)?),
                Some(found) if found == row.seq => self.found += 1,
                Some(found) => {
                    let text = format!("keys.db: the key of record {} is said to be of record {found}", row.seq);
                    return Err(StoreError::corrupt(text));
                }
                None => {
                    let newest = &mut self.oldest_kept[usize::from(row.lasting)];
                    *newest = (*newest).max(Some((row.seq, row.at)));
                }
            }
        }
        Ok(())
    }
}
