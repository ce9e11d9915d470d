//! What became of keys that have left memory: the store knows at which record each was used, and the journal what was asked
//! and what came of it. Whole frames are read for that, on a thread of its own: whoever repeats what is long past waits for
//! it, those with few keys before those with many, and nobody who asks for something new does.

use super::keys::{KeyEntry, key_in};
use super::past::RecordReader;
use super::request::Submission;
use super::state::{Shared, Watch};
use crate::clock::ticks;
use crate::failure::Failure;
use credere_core::book::KeyHash;
use credere_store::contract::StoreError;
use crossbeam_channel::{Receiver, Sender};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

/// How long repeats are still looked up at the end of the server.
const AT_THE_END: Duration = Duration::from_secs(5);

/// A request with keys, and the records that they were used at.
pub(super) struct Repeat {
    pub(super) submission: Submission,
    pub(super) uses: Vec<(KeyHash, u64)>,
}

impl Repeat {
    /// Tells whoever asked that what became of it cannot be told: something was done under one of the keys.
    pub(super) fn given_up(self, why: &str) {
        (self.submission.reply)(Err(Failure::OutcomeUnknown(format!("a key was used before, and {why}"))));
    }
}

/// Looks the keys of each request up, and hands it back with what became of them.
pub(super) fn run(shared: Arc<Shared>, repeats: &Receiver<Repeat>, recalled: &Sender<Submission>) {
    let shared = Watch(shared);
    let ends_at = OnceCell::new();
    let go_on = || match shared.stopping.load(SeqCst) {
        true if ticks() > *ends_at.get_or_init(|| ticks() + AT_THE_END) => Err(StoreError::io("the server stops")),
        _ => Ok(()),
    };
    while let Ok(first) = repeats.recv() {
        let mut journal = RecordReader::of(&*shared.store);
        let mut came = 0_u64;
        // Those with few keys first, of equally many those that came first.
        let mut placed = |repeat: Repeat| {
            came += 1;
            ((repeat.uses.len(), came), repeat)
        };
        let mut waiting = BTreeMap::from([placed(first)]);
        while let Some((_, Repeat { mut submission, mut uses })) = waiting.pop_first() {
            match recall(&mut journal, &mut uses, &go_on) {
                Ok(entries) => {
                    submission.recalled.extend(entries);
                    // At the end of a writer that broke nobody takes it back.
                    let _ = recalled.send(submission);
                }
                Err(error) => {
                    tracing::error!(%error, "what became of a key cannot be read");
                    Repeat { submission, uses }.given_up(&error.to_string());
                }
            }
            waiting.extend(repeats.try_iter().map(&mut placed));
        }
    }
}

/// What became of keys that were used at these records, read as long as `go_on` agrees.
///
/// # Errors
/// [`StoreError::Corrupt`] also where a record is not there, or has another key; that of `go_on`.
fn recall(
    journal: &mut RecordReader<'_>,
    uses: &mut [(KeyHash, u64)],
    go_on: &dyn Fn() -> Result<(), StoreError>,
) -> Result<Vec<(KeyHash, KeyEntry)>, StoreError> {
    uses.sort_unstable_by_key(|(_, seq)| *seq);
    let mut entries = Vec::with_capacity(uses.len());
    for (key, seq) in uses {
        go_on()?;
        entries.push((*key, key_used_at(journal, key, *seq)?));
    }
    Ok(entries)
}

/// What became of a key that was used at this record.
///
/// # Errors
/// [`StoreError::Corrupt`] also where the record is not there, or has another key.
pub(crate) fn key_used_at(journal: &mut RecordReader<'_>, key: &KeyHash, seq: u64) -> Result<KeyEntry, StoreError> {
    let shard = journal.shard();
    let found = journal.record_at(seq)?.and_then(|(at, record)| Some((at, key_in(shard, record, seq)?)));
    match found {
        Some((at, (used, answer))) if used.key == *key => Ok(KeyEntry { content: used.content, seq, at, answer }),
        _ => Err(StoreError::corrupt(format!("the journal has another key at event {seq} than was used there"))),
    }
}
