//! Making durable what was decided, and then answering: nothing is answered before it is on disk. A large commit is made by
//! the appender, while the writer decides the next one on a book that is ahead of the disk; a small one by the writer
//! itself, since handing it over takes longer.

use super::deciding::Draft;
use super::follower::Fold;
use super::keys::{Answer, Sealing};
use super::request::{Outcome, Reply};
use super::snapshotter::Image;
use super::state::{Shared, Watch};
use crate::clock::Reading;
use crate::failure::Failure;
use crate::shares::Share;
use credere_core::book::Record;
use credere_store::contract::{Fault, StoreError};
use credere_store::frame::{Frame, Position};
use crossbeam_channel::{Receiver, Sender};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, mpsc};

/// What was decided, with whoever waits for it.
pub(super) struct Commit {
    pub(super) draft: Draft,
    /// Who is answered once it is durable.
    pub(super) waiting: Vec<Waiting>,
    /// The reading of the machine's clock that is accepted once it is on disk that it was.
    pub(super) accepted: Option<Reading>,
    /// The book as it stands behind this commit, where a snapshot of it is due.
    pub(super) image: Option<Image>,
    /// The generation of keys that ends with this commit.
    pub(super) sealing: Option<Sealing>,
}

/// Somebody who waits, and for what.
pub(super) struct Waiting {
    pub(super) reply: Reply,
    pub(super) outcomes: Vec<Outcome>,
    /// The place among the operations that wait.
    pub(super) place: Share,
}

/// Whoever is told of a commit.
#[derive(Clone)]
pub(super) struct Followers {
    pub(super) folds: mpsc::Sender<Fold>,
    pub(super) snapshots: mpsc::Sender<(Position, Image)>,
    pub(super) seals: mpsc::Sender<Sealing>,
}

impl Commit {
    /// A commit whose records carry this time, of nothing so far.
    pub(super) fn of(draft: Draft) -> Commit {
        Commit { draft, waiting: Vec::new(), accepted: None, image: None, sealing: None }
    }

    /// Tells everybody that nobody knows what became of it.
    fn failed(self, shared: &Shared, error: &StoreError) {
        if self.image.is_some() {
            shared.snapshots.dropped();
        }
        for Waiting { reply, .. } in self.waiting {
            reply(Err(Failure::OutcomeUnknown(error.to_string())));
        }
    }

    /// Tells everybody that it was not made: what was decided for it is on no disk. Only of what was done before, and was to
    /// be told again, nobody knows.
    pub(super) fn given_up(self, error: &StoreError) {
        for Waiting { reply, outcomes, .. } in self.waiting {
            let again = outcomes.iter().any(|outcome| outcome.replayed);
            reply(Err(if again { Failure::OutcomeUnknown(error.to_string()) } else { Failure::NotReady }));
        }
    }
}

/// Appends what comes behind `after`, and tells of each where the journal ends, or that it failed. Nothing more comes after
/// a failure before the writer has built the book anew.
pub(super) fn run(
    shared: Arc<Shared>,
    followers: &Followers,
    commits: &Receiver<(Position, Commit)>,
    done: &Sender<Result<Position, StoreError>>,
) {
    let shared = Watch(shared);
    for (after, commit) in commits {
        let made = make(&shared, followers, after, commit);
        if done.send(made).is_err() {
            return;
        }
    }
}

/// Makes one commit, and answers where the journal ends behind it.
///
/// # Errors
/// [`StoreError`]: everybody who waited is told that the outcome is unknown, and the book must be built anew.
pub(super) fn make(
    shared: &Shared,
    followers: &Followers,
    after: Position,
    mut commit: Commit,
) -> Result<Position, StoreError> {
    let appended = append(shared, &followers.folds, after, &mut commit.draft);
    let at = match appended {
        Ok(at) => at,
        Err(error) => {
            shared.fails(&error);
            commit.failed(shared, &error);
            return Err(error);
        }
    };
    let Commit { waiting, accepted, image, sealing, .. } = commit;
    // Before anybody is told, and only once that it was accepted is on disk.
    let done = |outcome: &Outcome| !outcome.replayed && matches!(outcome.answer, Answer::Done(_));
    if let Some(reading) = accepted
        && waiting.iter().flat_map(|one| &one.outcomes).any(done)
    {
        shared.clock.accept(reading);
    }
    // Who is answered has its place again already: what it asks for next is not turned away for what was done.
    for Waiting { reply, outcomes, place } in waiting {
        drop(place);
        reply(Ok(outcomes));
    }
    // Those that follow end only after the writer.
    if let Some(sealing) = sealing {
        let _ = followers.seals.send(sealing);
    }
    if let Some(image) = image {
        let _ = followers.snapshots.send((at, image));
    }
    Ok(at)
}

/// Answers where the journal ends behind it.
fn append(
    shared: &Shared,
    folds: &mpsc::Sender<Fold>,
    after: Position,
    draft: &mut Draft,
) -> Result<Position, StoreError> {
    let records = std::mem::take(&mut draft.records);
    if records.is_empty() {
        return Ok(after);
    }
    let count = records.len() as u64;
    let payload = Record::payload(&records).map_err(|error| StoreError::corrupt(Fault::of(error)))?;
    let frame = Frame::seal(&after, count, draft.at, payload);
    shared.store.append(&frame, &draft.directory)?;
    shared.counts.commits.fetch_add(1, Relaxed);
    shared.counts.records.fetch_add(count, Relaxed);
    shared.durable.send_modify(|durable| durable.seq = frame.last_seq);
    shared.history_waits_for(frame.last_seq);
    let _ = folds.send(Fold::Records { first_seq: frame.first_seq, at: draft.at, records });
    Ok(frame.position())
}
