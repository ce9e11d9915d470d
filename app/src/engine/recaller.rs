//! What became of keys that have left memory: the store knows at which record each was used, and the journal what was asked
//! and what came of it. Whole frames are read for that, on a thread of its own: whoever repeats what is long past waits for
//! it, those with few keys before those with many, and nobody who asks for something new does.

use super::keys::{KeyEntry, key_in};
use super::recovery;
use super::request::Submission;
use super::state::{Shared, Watch};
use crate::clock::ticks;
use crate::failure::Failure;
use credere_core::book::{KeyHash, Record};
use credere_store::contract::{ShardStore, StoreError};
use credere_store::frame::Frame;
use crossbeam_channel::{Receiver, Sender};
use std::cell::OnceCell;
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
        let (mut waiting, mut journal) = (vec![first], Reader::of(&*shared.store));
        while let Some(place) = (0..waiting.len()).min_by_key(|place| waiting[*place].uses.len()) {
            let Repeat { mut submission, mut uses } = waiting.remove(place);
            match journal.recall(&mut uses, &go_on) {
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
            waiting.extend(repeats.try_iter());
        }
    }
}

/// Reads single records of the journal, and keeps the last frame at hand.
pub(crate) struct Reader<'s> {
    store: &'s dyn ShardStore,
    at_hand: Option<(Frame, Vec<Record>)>,
}

impl Reader<'_> {
    pub(crate) fn of(store: &dyn ShardStore) -> Reader<'_> {
        Reader { store, at_hand: None }
    }

    /// What became of keys that were used at these records, read as long as `go_on` agrees.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also where a record is not there, or has another key; that of `go_on`.
    pub(crate) fn recall(
        &mut self,
        uses: &mut [(KeyHash, u64)],
        go_on: &dyn Fn() -> Result<(), StoreError>,
    ) -> Result<Vec<(KeyHash, KeyEntry)>, StoreError> {
        uses.sort_unstable_by_key(|(_, seq)| *seq);
        let mut entries = Vec::with_capacity(uses.len());
        for (key, seq) in uses {
            go_on()?;
            entries.push((*key, self.entry(key, *seq)?));
        }
        Ok(entries)
    }

    fn entry(&mut self, key: &KeyHash, seq: u64) -> Result<KeyEntry, StoreError> {
        let other = || StoreError::corrupt(format!("the journal has another key at event {seq} than was used there"));
        let has = |(frame, _): &mut (Frame, _)| (frame.first_seq..=frame.last_seq).contains(&seq);
        let (frame, records) = match self.at_hand.take_if(has) {
            Some(same) => same,
            None => {
                let frame = self.store.frame_with(seq)?.ok_or_else(other)?;
                let records = recovery::decode(&frame)?;
                (frame, records)
            }
        };
        let (frame, records) = self.at_hand.insert((frame, records));
        let place = usize::try_from(seq - frame.first_seq).map_err(|_| other())?;
        let found = records.get(place).and_then(|record| key_in(self.store.id(), record, seq));
        let (used, answer) = found.filter(|(used, _)| used.key == *key).ok_or_else(other)?;
        Ok(KeyEntry { content: used.content, seq, at: frame.at, answer })
    }
}
