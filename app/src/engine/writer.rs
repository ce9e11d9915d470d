//! The writer: decides what waits, in order, and has it made durable, one commit after the other, by the appender where it
//! is much. When a commit fails nothing is tried again blindly: whoever waits is told that the outcome is unknown, and the
//! book is built anew from the store before the next decision.

use super::appender::{self, Commit, Followers, Waiting};
use super::deciding::{Deciding, Draft, Found};
use super::follower::Fold;
use super::keys::{KeyMemory, Sealing};
use super::recaller::Repeat;
use super::recovery;
use super::request::{Request, Submission, Work};
use super::snapshotter::Image;
use super::state::{Durable, Shared, Watch};
use crate::clock::{Jump, Reading};
use crate::failure::Failure;
use crate::progress::Quiet;
use credere_core::book::{Command, KeyHash, KeyUse, deployment};
use credere_core::ledger::Moment;
use credere_store::contract::StoreError;
use credere_store::frame::Position;
use crossbeam_channel::{Receiver, SendError, Sender, TryRecvError, select_biased};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

/// How long requests join a commit that waits for the one before, in microseconds: all of it carries the time at which it
/// began.
const OPEN_MOST: i64 = 100_000;

pub(super) struct Writer {
    shared: Watch,
    keys: KeyMemory,
    appending: Appending,
    recalling: Recalling,
    followers: Followers,
    /// Where the journal ends, as far as the appender has told.
    position: Position,
    /// Whether a commit is on its way to the disk.
    on_its_way: bool,
    /// What has been decided since; absent where there is nothing.
    open: Option<Commit>,
    /// Operations in it.
    cost: usize,
    /// The snapshot since which the book counts what changed; absent when the next one must be whole.
    changes_since: Option<u64>,
}

/// The way to the appender, which has one commit at a time, and back.
pub(super) struct Appending {
    pub(super) commits: Sender<(Position, Commit)>,
    pub(super) done: Receiver<Result<Position, StoreError>>,
}

/// The way to the recaller, which has what repeats keys that have left memory, and back.
pub(super) struct Recalling {
    /// Absent at the end, when nothing more is put aside.
    pub(super) repeats: Option<Sender<Repeat>>,
    pub(super) recalled: Receiver<Submission>,
}

/// The time that the records of a commit carry which begins with a request, and the reading of the machine's clock that they
/// accept, if they do.
type Time = (Moment, Option<Reading>);

/// Why the writer ends: there is no book to go on with.
struct Ended;

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        keys: KeyMemory,
        position: Position,
        appending: Appending,
        recalling: Recalling,
        followers: Followers,
    ) -> Writer {
        let changes_since = Some(shared.snapshots.newest()).filter(|seq| *seq > 0);
        let shared = Watch(shared);
        Writer {
            shared,
            keys,
            appending,
            recalling,
            followers,
            position,
            on_its_way: false,
            open: None,
            cost: 0,
            changes_since,
        }
    }

    /// Works until every sender is gone and nothing waits any more.
    pub(super) fn run(mut self, inbox: &Receiver<Submission>) {
        // Whoever still waits is told that the server is not ready.
        let _ended = self.serve(inbox);
    }

    fn serve(&mut self, inbox: &Receiver<Submission>) -> Result<(), Ended> {
        // A start may have replayed a long tail, and while that is too long nothing is written that would ask for one.
        self.hand_over()?;
        while let Some(first) = self.next(inbox)? {
            self.decide_waiting(first, inbox)?;
        }
        self.settle()
    }

    /// Waits for a request, and hands over what was decided when the disk is free; answers none when nobody asks any more.
    fn next(&mut self, inbox: &Receiver<Submission>) -> Result<Option<Submission>, Ended> {
        let nobody = crossbeam_channel::never();
        loop {
            // What joins a full commit would only wait in it instead of in the queue.
            let full = self.on_its_way && self.cost >= self.shared.options.commit_max;
            let asking = if full || self.recalling.repeats.is_none() { &nobody } else { inbox };
            let coming_back = if full { &nobody } else { &self.recalling.recalled };
            select_biased! {
                recv(self.appending.done) -> made => {
                    self.appended(made.map_err(|_| Ended)?)?;
                    self.hand_over()?;
                }
                recv(coming_back) -> back => match back {
                    Ok(one) => return Ok(Some(one)),
                    // The recaller ends once it has nothing left and nothing comes any more.
                    Err(_) if self.recalling.repeats.is_none() => return Ok(None),
                    Err(_) => return Err(Ended),
                },
                recv(asking) -> asked => match asked {
                    Ok(one) => return Ok(Some(one)),
                    // Nobody asks any more; but something may have been put aside.
                    Err(_) => self.recalling.repeats = None,
                },
            }
        }
    }

    /// Decides a request and those that wait behind it, as many as a commit takes.
    fn decide_waiting(&mut self, first: Submission, inbox: &Receiver<Submission>) -> Result<(), Ended> {
        let room = self.shared.options.commit_max;
        let mut cost = self.cost + first.request.cost();
        let mut asked = VecDeque::from([first]);
        while cost < room {
            let Ok(next) = inbox.try_recv() else { break };
            cost += next.request.cost();
            asked.push_back(next);
        }
        self.decide_all(asked)?;
        if self.keys.ripe(self.shared.book.read().seq()) {
            // They are sealed up to the end of a commit.
            self.wait()?;
        }
        self.look_back()?;
        self.hand_over()
    }

    fn decide_all(&mut self, mut asked: VecDeque<Submission>) -> Result<(), Ended> {
        let found = match self.find_older(&mut asked) {
            Ok(found) => found,
            Err(error) => {
                // Nothing was decided yet, so nothing is unknown.
                tracing::error!(%error, "remembered keys cannot be read");
                asked.into_iter().for_each(|one| (one.reply)(Err(Failure::NotReady)));
                return Ok(());
            }
        };
        let epoch = self.epoch();
        while let Some(one) = asked.pop_front() {
            let ends = one.request.moves_clock();
            let mut time = self.time_of(&one.request);
            if one.request.begins_anew() || self.is_stale(&time) {
                self.settle()?;
                time = self.time_of(&one.request);
            }
            if self.epoch() != epoch {
                // What was found belongs to a book that is gone.
                asked.push_front(one);
                return self.decide_all(asked);
            }
            self.decide(one, time, &found)?;
            if ends {
                self.settle()?;
            } else if self.cost >= self.shared.options.hand_over_min {
                self.look_back()?;
                self.hand_over()?;
            }
        }
        self.keys.decided();
        Ok(())
    }

    /// Decides one request, which comes at this time.
    fn decide(&mut self, one: Submission, time: Result<Time, Jump>, found: &Found) -> Result<(), Ended> {
        let Submission { request, reply, place, .. } = one;
        let cost = request.cost();
        let Ok((at, accepted)) = time else {
            reply(Err(Failure::ClockJumped));
            return Ok(());
        };
        let mut open = match self.open.take() {
            Some(open) => open,
            None => Commit { accepted, ..Commit::of(Draft::at(at)) },
        };
        let decided = {
            let (book, rules) = (&mut self.shared.book.write(), &self.shared.options.rules);
            Deciding { draft: &mut open.draft, book, keys: &mut self.keys, found, rules }.request(request)
        };
        match decided {
            Ok(outcomes) => {
                open.waiting.push(Waiting { reply, outcomes, place });
                self.open = Some(open);
                self.cost += cost;
                Ok(())
            }
            Err(error) => {
                self.shared.fails(&error);
                reply(Err(Failure::OutcomeUnknown(error.to_string())));
                open.given_up(&error);
                // What was decided before may well become durable.
                if self.on_its_way {
                    let _made = self.appending.done.recv().map_err(|_| Ended)?;
                }
                self.rebuild()
            }
        }
    }

    /// Whether what is open began too long ago for a request to join it that comes at this time.
    fn is_stale(&self, time: &Result<Time, Jump>) -> bool {
        let (Some(open), Ok((at, _))) = (&self.open, time) else { return false };
        at.micros() - open.draft.at.micros() > OPEN_MOST
    }

    /// Which life of the book this is.
    fn epoch(&self) -> u64 {
        self.shared.epoch.load(SeqCst)
    }

    fn time_of(&self, request: &Request) -> Result<Time, Jump> {
        let (book, clock) = (self.shared.book.read().now(), &self.shared.clock);
        match &request.work {
            Work::Duties { clock_to: Some(to), .. } => Ok((book.max(*to), None)),
            Work::Command {
                command:
                    Command::Deployment(deployment::Command::AcceptClock(deployment::AcceptClock { expected, found })),
                ..
            } => clock.when_accepted(book, Jump { expected: *expected, found: *found }),
            _ => clock.now_for_writing(book).map(|at| (at, None)),
        }
    }

    /// What is known of the requests' keys from those before. A request with one that has left memory is put aside until the
    /// journal was asked what became of it.
    fn find_older(&mut self, asked: &mut VecDeque<Submission>) -> Result<Found, StoreError> {
        let (mut found, mut missing) = (Found::default(), Vec::new());
        for (place, one) in asked.iter().enumerate() {
            for KeyUse { key, .. } in one.request.keys() {
                match self.keys.older(key) {
                    Some(entry) => drop(found.insert(*key, entry.clone())),
                    None => missing.push((place, *key)),
                }
            }
        }
        let keys: Vec<KeyHash> = missing.iter().map(|(_, key)| *key).collect();
        if keys.is_empty() {
            return Ok(found);
        }
        let mut repeats = BTreeMap::<usize, Vec<(KeyHash, u64)>>::new();
        for ((place, key), seq) in missing.iter().zip(self.shared.store.find_keys(&keys)?) {
            let Some(seq) = seq else { continue };
            // What was recalled counts while it is the newest use: another request may have used the key anew meanwhile.
            match asked.get(*place).and_then(|one| one.recalled.get(key)).filter(|entry| entry.seq == seq) {
                Some(entry) => drop(found.insert(*key, entry.clone())),
                None => repeats.entry(*place).or_default().push((*key, seq)),
            }
        }
        // From the back, so that the places before stay what they are.
        for (place, uses) in repeats.into_iter().rev() {
            if let Some(submission) = asked.remove(place) {
                self.put_aside(Repeat { submission, uses });
            }
        }
        Ok(found)
    }

    fn put_aside(&self, repeat: Repeat) {
        let untaken = match &self.recalling.repeats {
            Some(repeats) => repeats.send(repeat).err().map(|SendError(repeat)| repeat),
            None => Some(repeat),
        };
        if let Some(repeat) = untaken {
            repeat.given_up("the server stops");
        }
    }

    /// Has what is open made durable, unless the commit before is on its way. Where none is, the book stands where what is
    /// open ends: there an image of it is taken, and a generation of keys ends.
    fn hand_over(&mut self) -> Result<(), Ended> {
        if self.on_its_way {
            return Ok(());
        }
        let seq = self.shared.book.read().seq();
        let (image, sealing) = (self.image_if_due(seq), self.keys_if_ripe(seq));
        if self.open.is_none() && image.is_none() && sealing.is_none() {
            return Ok(());
        }
        let nothing = || Commit::of(Draft::at(Moment::default()));
        let commit = Commit { image, sealing, ..self.open.take().unwrap_or_else(nothing) };
        if std::mem::take(&mut self.cost) < self.shared.options.hand_over_min {
            let made = appender::make(&self.shared, &self.followers, self.position, commit);
            return self.appended(made);
        }
        self.on_its_way = true;
        self.appending.commits.send((self.position, commit)).map_err(|_| Ended)
    }

    /// Takes note of what the appender has told, if it has.
    fn look_back(&mut self) -> Result<(), Ended> {
        match self.appending.done.try_recv() {
            Ok(made) => self.appended(made),
            Err(TryRecvError::Empty) => Ok(()),
            Err(TryRecvError::Disconnected) => Err(Ended),
        }
    }

    /// Waits until all that was decided is durable.
    fn settle(&mut self) -> Result<(), Ended> {
        self.wait()?;
        self.hand_over()?;
        self.wait()
    }

    /// Waits until no commit is on its way.
    fn wait(&mut self) -> Result<(), Ended> {
        if !self.on_its_way {
            return Ok(());
        }
        let made = self.appending.done.recv().map_err(|_| Ended)?;
        self.appended(made)
    }

    fn appended(&mut self, made: Result<Position, StoreError>) -> Result<(), Ended> {
        self.on_its_way = false;
        match made {
            Ok(at) => {
                self.position = at;
                Ok(())
            }
            Err(error) => {
                if let Some(open) = self.open.take() {
                    open.given_up(&error);
                }
                self.rebuild()
            }
        }
    }

    /// Lets keys go that the store has, and hands out those that are to be sealed, once they are many.
    fn keys_if_ripe(&mut self, seq: u64) -> Option<Sealing> {
        self.keys.let_go();
        self.keys.take_ripe(seq)
    }

    /// What changed since the last snapshot, once enough has happened and that one is kept.
    fn image_if_due(&mut self, seq: u64) -> Option<Image> {
        let shared = &self.shared;
        let due = seq - shared.snapshots.newest() >= shared.options.snapshot_every;
        if !due || !shared.snapshots.begin() {
            return None;
        }
        let changed_since = self.changes_since.filter(|_| !shared.snapshots.outgrown());
        let pieces = {
            let mut book = shared.book.write();
            if changed_since.is_some() { book.take_changes() } else { book.take_whole() }
        };
        self.changes_since = Some(seq);
        Some(Image { changed_since, pieces })
    }

    /// Builds the book anew from the store, as often as it takes, or until the server stops. Readiness comes back only with
    /// it.
    fn rebuild(&mut self) -> Result<(), Ended> {
        let shared = self.shared.0.clone();
        (self.open, self.cost, self.on_its_way) = (None, 0, false);
        shared.counts.failures.fetch_add(1, Relaxed);
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
                    return Ok(());
                }
                Err(error) => {
                    tracing::error!(%error, "the store cannot be brought back yet");
                    if shared.stopping.load(SeqCst) {
                        return Err(Ended);
                    }
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
            }
        }
    }
}
