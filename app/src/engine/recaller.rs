//! What became of keys that have left memory: the store knows at which record each was used, and the journal what was asked
//! and what came of it. Whole frames are read for that, on a thread of its own: whoever repeats what is long past waits for
//! it, and nobody else does.

use super::keys::{KeyEntry, key_in};
use super::recovery;
use super::request::Submission;
use super::state::{Shared, Watch};
use crate::failure::Failure;
use credere_core::book::{KeyHash, Record};
use credere_core::ledger::Shard;
use credere_store::contract::{ShardStore, StoreError};
use credere_store::frame::Frame;
use crossbeam_channel::{Receiver, Sender};
use std::sync::Arc;

/// A request with keys that were used at these records.
pub(super) struct Repeat {
    pub(super) submission: Submission,
    pub(super) seqs: Vec<u64>,
}

/// Looks the keys of each request up, and hands it back with what became of them.
pub(super) fn run(shared: Arc<Shared>, repeats: &Receiver<Repeat>, recalled: &Sender<Submission>) {
    let shared = Watch(shared);
    for Repeat { mut submission, seqs } in repeats {
        match recall(&*shared.store, seqs) {
            Ok(entries) => {
                submission.recalled.extend(entries);
                // At the end of a writer that broke nobody takes it back.
                let _ = recalled.send(submission);
            }
            Err(error) => {
                // Nothing was decided yet, so nothing is unknown.
                tracing::error!(%error, "what became of a key cannot be read");
                (submission.reply)(Err(Failure::NotReady));
            }
        }
    }
}

/// The keys that were used at these records.
///
/// # Errors
/// [`StoreError::Corrupt`] also where a record is not there, or has no key.
fn recall(store: &dyn ShardStore, mut seqs: Vec<u64>) -> Result<Vec<(KeyHash, KeyEntry)>, StoreError> {
    seqs.sort_unstable();
    let (mut entries, mut at_hand): (_, Option<(Frame, Vec<Record>)>) = (Vec::with_capacity(seqs.len()), None);
    for seq in seqs {
        let (frame, records) = match at_hand.take_if(|(frame, _)| frame.last_seq >= seq) {
            Some(same) => same,
            None => {
                let frame = store.frame_with(seq)?.ok_or_else(|| without_key(seq))?;
                let records = recovery::decode(&frame)?;
                (frame, records)
            }
        };
        entries.push(entry(store.id(), seq, &frame, &records).ok_or_else(|| without_key(seq))?);
        at_hand = Some((frame, records));
    }
    Ok(entries)
}

fn entry(shard: Shard, seq: u64, frame: &Frame, records: &[Record]) -> Option<(KeyHash, KeyEntry)> {
    let place = usize::try_from(seq.checked_sub(frame.first_seq)?).ok()?;
    let (used, answer) = key_in(shard, records.get(place)?, seq)?;
    Some((used.key, KeyEntry { content: used.content, seq, at: frame.at, answer }))
}

fn without_key(seq: u64) -> StoreError {
    StoreError::corrupt(format!("the journal has no key at event {seq}, where one was used"))
}
