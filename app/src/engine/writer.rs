//! The writer: decides everything that waits, in order, appends it in one commit, then answers. Nothing is answered
//! before it is on disk, and when a commit fails nothing is tried again blindly: whoever waits is told that the outcome
//! is unknown, and the book is built anew from the store before the next decision.

use super::deciding::{Deciding, Found};
use super::follower::Fold;
use super::keys::{Answer, KeyEntry, KeyMemory, Sealing};
use super::recovery;
use super::request::{Outcome, Request, Submission, Work};
use super::snapshotter::Image;
use super::state::{Durable, Shared};
use crate::clock::{Jump, Reading};
use crate::failure::Failure;
use crate::progress::Quiet;
use credere_core::book::{Command, KeyUse, deployment};
use credere_core::ledger::Moment;
use credere_store::contract::StoreError;
use credere_store::frame::{Frame, Position};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, mpsc};
use std::time::Duration;

pub(super) struct Writer {
    shared: Arc<Shared>,
    keys: KeyMemory,
    position: Position,
    followers: Followers,
    /// The snapshot since which the book counts what changed; absent when the next one must be whole.
    changes_since: Option<u64>,
}

/// Whoever is told of a commit.
pub(super) struct Followers {
    pub(super) folds: mpsc::Sender<Fold>,
    pub(super) snapshots: mpsc::Sender<Image>,
    pub(super) seals: mpsc::Sender<Sealing>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, keys: KeyMemory, position: Position, followers: Followers) -> Writer {
        let changes_since = Some(shared.snapshot_seq.load(Relaxed)).filter(|seq| *seq > 0);
        Writer { shared, keys, position, followers, changes_since }
    }

    /// Works until every sender is gone and nothing waits any more.
    pub(super) fn run(mut self, inbox: &mpsc::Receiver<Submission>) {
        // A start may have replayed a long tail, and while that is too long nothing is written that would ask for one.
        self.snapshot_if_due();
        let mut held: Option<Submission> = None;
        while let Some(first) = held.take().or_else(|| inbox.recv().ok()) {
            let mut cost = first.request.cost();
            let mut ends = first.request.moves_clock();
            let mut batch = vec![first];
            while !ends && cost < self.shared.options.commit_max {
                let Ok(next) = inbox.try_recv() else { break };
                if next.request.begins_anew() {
                    held = Some(next);
                    break;
                }
                cost += next.request.cost();
                ends = next.request.moves_clock();
                batch.push(next);
            }
            if !self.serve(batch) {
                // Whoever still waits is told that the server is not ready.
                drop(held);
                return;
            }
        }
    }

    /// Answers whether there is a book to go on with.
    fn serve(&mut self, batch: Vec<Submission>) -> bool {
        let mut requests = Vec::with_capacity(batch.len());
        // Who was answered waits no longer.
        let (mut replies, mut places) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for Submission { request, reply, place } in batch {
            requests.push(request);
            replies.push(reply);
            places.push(place);
        }
        let (at, accepted) = match self.time_of(&requests) {
            Ok(time) => time,
            Err(Jump { .. }) => {
                replies.into_iter().for_each(|reply| reply(Err(Failure::ClockJumped)));
                return true;
            }
        };
        let found = match self.find_older(&requests) {
            Ok(found) => found,
            Err(error) => {
                // Nothing was decided yet, so nothing is unknown.
                tracing::error!(%error, "remembered keys cannot be read");
                replies.into_iter().for_each(|reply| reply(Err(Failure::NotReady)));
                return true;
            }
        };
        match self.commit(requests, at, &found) {
            Ok(outcomes) => {
                // Before anybody is told, and only once that it was accepted is on disk.
                let done = |outcome: &Outcome| !outcome.replayed && matches!(outcome.answer, Answer::Done(_));
                if let Some(reading) = accepted
                    && outcomes.iter().flatten().any(done)
                {
                    self.shared.clock.accept(reading);
                }
                for (reply, outcome) in replies.into_iter().zip(outcomes) {
                    reply(Ok(outcome));
                }
                self.after_commit();
                true
            }
            Err(error) => {
                tracing::error!(%error, "a commit failed");
                self.shared.ready.store(false, SeqCst);
                self.shared.counts.failures.fetch_add(1, Relaxed);
                for reply in replies {
                    reply(Err(Failure::OutcomeUnknown(error.to_string())));
                }
                self.rebuild()
            }
        }
    }

    /// The time that the records of a commit carry, and the reading of the machine's clock that they accept, if they
    /// do.
    fn time_of(&self, requests: &[Request]) -> Result<(Moment, Option<Reading>), Jump> {
        let (book, clock) = (self.shared.book.read().now(), &self.shared.clock);
        match requests.first().map(|request| &request.work) {
            Some(Work::Duties { clock_to: Some(to), .. }) => Ok((book.max(*to), None)),
            Some(Work::Command {
                command:
                    Command::Deployment(deployment::Command::AcceptClock(deployment::AcceptClock { expected, found })),
                ..
            }) => clock.when_accepted(book, Jump { expected: *expected, found: *found }),
            Some(_) | None => clock.now_for_writing(book).map(|at| (at, None)),
        }
    }

    fn commit(&mut self, requests: Vec<Request>, at: Moment, found: &Found) -> Result<Vec<Vec<Outcome>>, StoreError> {
        let shared = &self.shared;
        let (draft, outcomes) = {
            let mut book = shared.book.write();
            let mut deciding = Deciding::at(at, &mut book, &mut self.keys, found, &shared.options.rules);
            let outcomes = requests.into_iter().map(|request| deciding.request(request)).collect::<Result<_, _>>()?;
            (deciding.finish(), outcomes)
        };
        if !draft.records.is_empty() {
            let count = draft.records.len() as u64;
            let frame = Frame::seal(&self.position, count, draft.at, draft.payload);
            shared.store.append(&frame, &draft.directory)?;
            self.position = frame.position();
            shared.counts.commits.fetch_add(1, Relaxed);
            shared.counts.records.fetch_add(count, Relaxed);
            shared.durable.send_modify(|durable| durable.seq = frame.last_seq);
            shared.history_waits_for(frame.last_seq);
            // The follower ends only after the writer.
            let _ = self.followers.folds.send(Fold::Records {
                first_seq: frame.first_seq,
                at: draft.at,
                records: draft.records,
            });
        }
        Ok(outcomes)
    }

    /// What is known of the requests' keys from the commits before: in memory, and what memory does not have in the store.
    fn find_older(&self, requests: &[Request]) -> Result<Found, StoreError> {
        let (mut found, mut missing) = (Found::default(), Vec::new());
        for KeyUse { key, .. } in requests.iter().flat_map(Request::keys) {
            match self.keys.older(key) {
                Some(entry) => drop(found.insert(*key, entry.clone())),
                None => missing.push(*key),
            }
        }
        if !missing.is_empty() {
            for row in self.shared.store.find_keys(&missing)?.iter().flatten() {
                found.insert(row.key, KeyEntry::from_row(row)?);
            }
        }
        Ok(found)
    }

    fn after_commit(&mut self) {
        let seq = self.position.seq;
        self.keys.committed();
        if self.keys.sealing() {
            // A position that cannot be read only means that memory keeps the keys for longer.
            self.keys.sealed(self.shared.store.sealed_keys_seq().unwrap_or(0));
        }
        if let Some(sealing) = self.keys.ripe(seq) {
            let _ = self.followers.seals.send(sealing);
        }
        self.snapshot_if_due();
    }

    /// Hands over what changed since the last snapshot, once enough has happened and that one is kept.
    fn snapshot_if_due(&mut self) {
        let (shared, seq) = (&self.shared, self.position.seq);
        let newest = shared.snapshot_seq.load(Relaxed);
        if seq - newest < shared.options.snapshot_every || shared.snapshot_under_way.swap(true, SeqCst) {
            return;
        }
        let changed_since = self.changes_since.filter(|_| !shared.snapshot_outgrown.load(Relaxed));
        let pieces = {
            let mut book = shared.book.write();
            if changed_since.is_some() { book.take_changes() } else { book.take_whole() }
        };
        // The thread that keeps them ends only after the writer.
        let _ = self.followers.snapshots.send(Image { at: self.position, changed_since, pieces });
        self.changes_since = Some(seq);
    }

    /// Builds the book anew from the store, as often as it takes; answers whether it did, or the server stops first.
    /// Readiness comes back only with it.
    fn rebuild(&mut self) -> bool {
        let shared = self.shared.clone();
        let calendar = shared.book.read().calendar();
        let mut pause = Duration::from_millis(50);
        loop {
            let rebuilt = shared
                .store
                .reopen()
                .and_then(|()| recovery::load_book(&*shared.store, calendar, recovery::JournalKeys::Gather, &Quiet));
            match rebuilt {
                Ok(recovered) => {
                    let seq = recovered.book.seq();
                    if let Err(error) = recovery::make_searchable(&*shared.store, &recovered.book, &Quiet) {
                        tracing::error!(%error, "customers cannot be searched before the next start");
                    }
                    self.keys = recovered.keys;
                    self.position = recovered.position;
                    self.changes_since = Some(recovered.snapshot_seq).filter(|seq| *seq > 0);
                    {
                        // Whoever reads sees the old book with the old epoch, or the new one with the new.
                        let mut book = shared.book.write();
                        let epoch = shared.epoch.fetch_add(1, SeqCst) + 1;
                        *book = recovered.book;
                        shared.durable.send_replace(Durable { seq, epoch });
                        shared.ready.store(true, SeqCst);
                    }
                    // The failed commit may be on disk after all, and history may have been made anew.
                    let _ = self.followers.folds.send(Fold::FromJournal { upto_seq: seq });
                    tracing::warn!(seq, "the book was rebuilt from the store");
                    return true;
                }
                Err(error) => {
                    tracing::error!(%error, "the store cannot be brought back yet");
                    if shared.stopping.load(SeqCst) {
                        return false;
                    }
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
            }
        }
    }
}

impl Drop for Writer {
    /// A writer that ends in a panic leaves a book behind that is on no disk: nobody looks at it any more.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.ready.store(false, SeqCst);
        }
    }
}
