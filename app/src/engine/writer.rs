//! The writer: decides everything that waits, in order, appends it in one commit, then answers. Nothing is answered
//! before it is on disk, and when a commit fails nothing is tried again blindly: whoever waits is told that the outcome
//! is unknown, and the book is built anew from the store before the next decision.

use super::follower::Fold;
use super::keys::{Answer, KEYS_KEPT, KeyEntry, KeyMemory, Sealing};
use super::recovery;
use super::shared::{Durable, Shared, Submission};
use crate::clock::{Jump, Reading};
use crate::failure::Failure;
use crate::start::Quiet;
use credere_core::access::{Action, Actor};
use credere_core::book::{
    ActionName, Book, Command, Context, Event, KeyHash, KeyUse, Record, Rejection, RequestInfo, Status, buying, decide,
    deployment, metering, parties, vouchers,
};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_store::contract::{DirectoryWrite, Fault, KeptAnswer, StoreError};
use credere_store::frame::{Frame, Position};
use hashbrown::HashMap;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Makes the directory changes that go with an event, once the event's numbers are known.
pub type DirectoryDraft = Box<dyn FnOnce(u64, &Event, Moment) -> Vec<DirectoryWrite> + Send>;

/// A request to the writer.
pub struct Request {
    /// Who asks.
    pub info: RequestInfo,
    /// What for.
    pub work: Work,
}

/// What a request asks for.
pub enum Work {
    /// One command.
    Command {
        /// Under which idempotency key.
        key: Option<KeyUse>,
        /// What to do.
        command: Command,
        /// What goes into the directory with it.
        directory: Option<DirectoryDraft>,
        /// A refusal for this reason leaves no record yet: whoever asks looks up what is behind it, and has that recorded
        /// by [`Work::Refuse`].
        held: Option<Rejection>,
    },
    /// Records that a request is refused, for a reason that was found outside the book; unless its key has an answer.
    Refuse {
        /// Under which idempotency key.
        key: Option<KeyUse>,
        /// What was asked for.
        action: Action,
        /// To whom.
        target: Option<Uin>,
        /// Why it is refused.
        rejection: Rejection,
    },
    /// Keeps an answer under its key that no decision made, or that says more than what was decided.
    Keep {
        /// Under which idempotency key.
        key: KeyUse,
        /// The answer.
        answer: Kept,
    },
    /// Operations that are decided one after the other, each by itself.
    Batch(Vec<Operation>),
    /// Whatever is due by itself, the earliest first, at most so much of it; first moving the test clock, where it is to
    /// be moved. One outcome for each duty.
    Duties {
        /// To when the clock moves; a commit of its own begins with that.
        clock_to: Option<Moment>,
        /// How many duties at most.
        limit: usize,
    },
    /// Nothing but what an earlier use of this key came to; no outcome when there was none.
    Known(KeyUse),
}

/// An answer to be kept.
#[derive(Debug, Clone)]
pub enum Kept {
    /// A refusal.
    Refused(Rejection),
    /// One that follows from the request alone: only that the key was used, and for what, is kept.
    Implied,
    /// One that is told word for word.
    Shown {
        /// Whose names it may show.
        account: Option<Uin>,
        /// The words.
        body: Vec<u8>,
    },
}

/// One operation of a batch.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Under which idempotency key; a job's operations have none.
    pub key: Option<KeyUse>,
    /// What to do.
    pub command: Command,
}

/// What one command or operation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Journal position of its record (of the first use, for a repeat); 0 when it has none.
    pub seq: u64,
    /// Business time of that.
    pub at: Moment,
    /// What it came to.
    pub answer: Answer,
    /// Whether this repeats what an earlier use of the key came to.
    pub replayed: bool,
}

impl Request {
    pub(super) fn cost(&self) -> usize {
        match &self.work {
            Work::Command { .. } | Work::Refuse { .. } | Work::Keep { .. } | Work::Duties { .. } | Work::Known(_) => 1,
            Work::Batch(operations) => operations.len().max(1),
        }
    }

    /// A commit ends with the clock's move, since all its records carry one time.
    fn moves_clock(&self) -> bool {
        matches!(&self.work, Work::Command { command: Command::Deployment(deployment::Command::AdvanceClock(_)), .. })
            || self.begins_anew()
    }

    /// A commit begins with it, since its records carry the time that it moves the clock to.
    fn begins_anew(&self) -> bool {
        matches!(&self.work, Work::Duties { clock_to: Some(_), .. }) || self.accepts_clock()
    }

    /// It says that what the machine's clock shows is the time.
    fn accepts_clock(&self) -> bool {
        matches!(&self.work, Work::Command { command: Command::Deployment(deployment::Command::AcceptClock(_)), .. })
    }

    fn keys(&self) -> impl Iterator<Item = &KeyUse> {
        let (one, many): (Option<&KeyUse>, &[Operation]) = match &self.work {
            Work::Command { key, .. } | Work::Refuse { key, .. } => (key.as_ref(), &[]),
            Work::Keep { key, .. } => (Some(key), &[]),
            Work::Batch(operations) => (None, operations),
            Work::Known(key) => (Some(key), &[]),
            Work::Duties { .. } => (None, &[]),
        };
        one.into_iter().chain(many.iter().filter_map(|operation| operation.key.as_ref()))
    }
}

/// How many operations' accounts are looked at before the first of them is decided (measured: more helps little).
const AHEAD: usize = 256;

/// What may follow from one change in its own commit; a customer with more resources than this has the rest stopped or
/// started by the next commits.
const FOLLOW_MAX: usize = 10_000;

/// A command to decide.
struct Asked<'a> {
    actor: Actor,
    key: Option<KeyUse>,
    command: &'a Command,
    held: Option<Rejection>,
}

/// Keys that memory does not have but the store does.
type Found = HashMap<KeyHash, KeyEntry, foldhash::fast::FixedState>;

pub(super) struct Writer {
    shared: Arc<Shared>,
    keys: KeyMemory,
    position: Position,
    followers: Followers,
}

/// Whoever is told of a commit.
pub(super) struct Followers {
    pub(super) folds: mpsc::Sender<Fold>,
    pub(super) snapshots: mpsc::SyncSender<()>,
    pub(super) seals: mpsc::Sender<Sealing>,
}

/// What a commit writes, gathered while deciding.
struct Draft {
    at: Moment,
    payload: Vec<u8>,
    records: Vec<Record>,
    directory: Vec<DirectoryWrite>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, keys: KeyMemory, position: Position, followers: Followers) -> Writer {
        Writer { shared, keys, position, followers }
    }

    /// Works until every sender is gone and nothing waits any more.
    pub(super) fn run(mut self, inbox: &mpsc::Receiver<Submission>) {
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
        let shared = self.shared.clone();
        let mut outcomes = Vec::with_capacity(requests.len());
        let draft = {
            let mut book = shared.book.write();
            let mut draft =
                Draft { at, payload: Vec::with_capacity(4_096), records: Vec::new(), directory: Vec::new() };
            Record::start_payload(&mut draft.payload);
            for request in requests {
                outcomes.push(self.decide_request(&mut book, &mut draft, found, request)?);
            }
            draft
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

    /// Asks the store for the keys that memory does not have.
    fn find_older(&self, requests: &[Request]) -> Result<Found, StoreError> {
        let missing: Vec<KeyHash> = requests
            .iter()
            .flat_map(Request::keys)
            .map(|key| key.key)
            .filter(|key| self.keys.get(key).is_none())
            .collect();
        if missing.is_empty() {
            return Ok(Found::default());
        }
        let rows = self.shared.store.find_keys(&missing)?;
        rows.iter().flatten().map(|row| Ok((row.key, KeyEntry::from_row(row)?))).collect()
    }

    fn decide_request(
        &mut self,
        book: &mut Book,
        draft: &mut Draft,
        found: &Found,
        request: Request,
    ) -> Result<Vec<Outcome>, StoreError> {
        match request.work {
            Work::Command { key, command, directory, held } => {
                let (action, target) = command.action();
                // Whoever may not do this is not told what somebody else's request came to either.
                let permitted = book.permit(request.info.actor, action, target).is_ok();
                let known = if permitted { self.known(found, key.as_ref(), draft.at) } else { None };
                let outcome = match known {
                    Some(outcome) => outcome,
                    None => self.decide_new(
                        book,
                        draft,
                        Asked { actor: request.info.actor, key, command: &command, held },
                        |key, outcome| {
                            let target = target.or(match outcome {
                                Ok(Event::Parties(parties::Event::AccountOpened(parties::AccountOpened {
                                    uin,
                                    ..
                                }))) => Some(*uin),
                                Ok(Event::Buying(buying::Event::OrderChanged(buying::OrderChanged {
                                    order, ..
                                }))) => Some(order.account),
                                Ok(
                                    Event::Metering(metering::Event::ResourceResized(metering::ResourceResized {
                                        resource,
                                        ..
                                    }))
                                    | Event::Metering(metering::Event::ResourceTerminated(
                                        metering::ResourceTerminated { resource, .. },
                                    )),
                                ) => Some(resource.account),
                                Ok(Event::Vouchers(vouchers::Event::VoucherInvalidated(
                                    vouchers::VoucherInvalidated { voucher },
                                ))) => Some(voucher.owner),
                                _ => None,
                            });
                            Record::Decided {
                                request: request.info,
                                key,
                                action: ActionName(action),
                                target,
                                outcome: outcome.clone(),
                            }
                        },
                    )?,
                };
                if let (Some(make), Answer::Done(event), false) = (directory, &outcome.answer, outcome.replayed) {
                    draft.directory.extend(make(outcome.seq, event, draft.at));
                }
                Ok(vec![outcome])
            }
            Work::Batch(operations) => {
                let (before, mut outcomes) = (draft.records.len(), Vec::with_capacity(operations.len()));
                let mut targets = operations.iter().map(|operation| operation.command.action().1);
                let first = targets.next().flatten();
                let target = first.filter(|_| targets.all(|target| target == first));
                for (place, Operation { key, command }) in operations.iter().enumerate() {
                    if place % AHEAD == 0 {
                        let ahead = &operations[place..operations.len().min(place + AHEAD)];
                        let accounts = ahead.iter().filter_map(|operation| operation.command.action().1);
                        std::hint::black_box(book.foresee(accounts));
                    }
                    outcomes.push(match self.known(found, key.as_ref(), draft.at) {
                        Some(outcome) => outcome,
                        None => self.decide_new(
                            book,
                            draft,
                            Asked { actor: request.info.actor, key: *key, command, held: None },
                            |key, outcome| Record::Operated { key, outcome: outcome.clone() },
                        )?,
                    });
                }
                let count = |wanted: fn(&Outcome) -> bool| {
                    u32::try_from(outcomes.iter().filter(|outcome| wanted(outcome)).count()).unwrap_or(u32::MAX)
                };
                let refused = count(|o| !o.replayed && matches!(o.answer, Answer::Refused(_)));
                let replayed = count(|o| o.replayed);
                let done = count(|o| !o.replayed && !matches!(o.answer, Answer::Refused(_)));
                if done + refused > 0 {
                    let action = operations.first().map_or(Action::Authorize, |one| one.command.action().0);
                    let records = u32::try_from(draft.records.len() - before).unwrap_or(u32::MAX);
                    let (request, action) = (request.info, ActionName(action));
                    let record = Record::BatchClosed { request, action, target, done, refused, replayed, records };
                    close_batch(book, draft, record)?;
                }
                Ok(outcomes)
            }
            Work::Refuse { key, action, target, rejection } => {
                let rejection = match book.permit(request.info.actor, action, target) {
                    Err(denied) => denied,
                    Ok(()) => match self.known(found, key.as_ref(), draft.at) {
                        Some(outcome) => return Ok(vec![outcome]),
                        None => rejection,
                    },
                };
                let action = ActionName(action);
                let outcome = self.record_new(book, draft, key, Err(rejection), |key, outcome| Record::Decided {
                    request: request.info,
                    key,
                    action,
                    target,
                    outcome: outcome.clone(),
                })?;
                Ok(vec![outcome])
            }
            Work::Keep { key, answer } => Ok(vec![self.keep(book, draft, found, key, answer)?]),
            Work::Known(key) => Ok(self.known(found, Some(&key), draft.at).into_iter().collect()),
            Work::Duties { clock_to, limit } => self.do_duties(book, draft, request.info, clock_to, limit),
        }
    }

    /// Does what is due by itself. A duty that is due is never refused: if it were, it would be due for ever.
    fn do_duties(
        &mut self,
        book: &mut Book,
        draft: &mut Draft,
        request: RequestInfo,
        clock_to: Option<Moment>,
        limit: usize,
    ) -> Result<Vec<Outcome>, StoreError> {
        let (before, mut outcomes, mut action) = (draft.records.len(), Vec::new(), None);
        // Somebody else may have moved it further meanwhile.
        let clock = clock_to.filter(|to| *to > book.now()).map(|to| Command::from(deployment::AdvanceClock { to }));
        let mut next = clock.or_else(|| book.duty(draft.at));
        while let Some(command) = next {
            action.get_or_insert(command.action().0);
            let asked = Asked { actor: Actor::System, key: None, command: &command, held: None };
            let outcome = self.decide_new(book, draft, asked, |_, outcome| Record::Operated {
                key: None,
                outcome: outcome.clone(),
            })?;
            if let Answer::Refused(rejection) = &outcome.answer {
                let code = rejection.code();
                return Err(StoreError::corrupt(format!("what is due is refused: {code} for {command:?}")));
            }
            outcomes.push(outcome);
            next = if outcomes.len() < limit { book.duty(draft.at) } else { None };
        }
        if let Some(action) = action {
            let records = u32::try_from(draft.records.len() - before).unwrap_or(u32::MAX);
            let done = u32::try_from(outcomes.len()).unwrap_or(u32::MAX);
            let record = Record::BatchClosed {
                request,
                action: ActionName(action),
                target: None,
                done,
                refused: 0,
                replayed: 0,
                records,
            };
            close_batch(book, draft, record)?;
        }
        Ok(outcomes)
    }

    /// What follows at once from a change, in the same commit: notices that became due, resources that stop or start.
    fn follow(&self, book: &mut Book, draft: &mut Draft, account: Uin) -> Result<(), StoreError> {
        // Whatever does not fit into this commit is the next duty.
        for _ in 0..FOLLOW_MAX {
            let Some(command) = book.consequence(account, draft.at) else { break };
            let context = Context { now: draft.at, actor: Actor::System, rules: &self.shared.options.rules };
            let decision = decide(book, &command, &context);
            let event = decision.map_err(|rejection| {
                StoreError::corrupt(format!("what follows is refused: {} for {command:?}", rejection.code()))
            })?;
            let event = event.event;
            book.evolve(book.seq() + 1, draft.at, &event).map_err(bug)?;
            draft.push(Record::Followed { event })?;
        }
        Ok(())
    }

    /// What is known of a key's first use: the same answer again, or that it was used for something else (which leaves
    /// no record).
    fn known(&self, found: &Found, key: Option<&KeyUse>, now: Moment) -> Option<Outcome> {
        let key = key?;
        let entry = self.keys.get(&key.key).or_else(|| found.get(&key.key))?;
        // What was kept in the directory is dropped there after this time; the key is forgotten with it.
        if entry.answer == Answer::Kept && entry.at < now.plus_seconds(-KEYS_KEPT) {
            return None;
        }
        Some(if entry.content == key.content {
            Outcome { seq: entry.seq, at: entry.at, answer: entry.answer.clone(), replayed: true }
        } else {
            Outcome { seq: 0, at: entry.at, answer: Answer::Refused(Box::new(Rejection::KeyReused)), replayed: false }
        })
    }

    fn decide_new(
        &mut self,
        book: &mut Book,
        draft: &mut Draft,
        asked: Asked<'_>,
        record: impl FnOnce(Option<KeyUse>, &Result<Event, Rejection>) -> Record,
    ) -> Result<Outcome, StoreError> {
        let Asked { actor, key, command, held } = asked;
        let context = Context { now: draft.at, actor, rules: &self.shared.options.rules };
        let outcome = decide(book, command, &context).map(|decision| decision.event);
        if let Err(rejection) = &outcome
            && held.as_ref() == Some(rejection)
        {
            let answer = Answer::Refused(Box::new(rejection.clone()));
            return Ok(Outcome { seq: 0, at: draft.at, answer, replayed: false });
        }
        self.record_new(book, draft, key, outcome, record)
    }

    /// Applies and records what a command came to, and remembers it under its key.
    fn record_new(
        &mut self,
        book: &mut Book,
        draft: &mut Draft,
        key: Option<KeyUse>,
        outcome: Result<Event, Rejection>,
        record: impl FnOnce(Option<KeyUse>, &Result<Event, Rejection>) -> Record,
    ) -> Result<Outcome, StoreError> {
        let seq = book.seq() + 1;
        match &outcome {
            Ok(event) => book.evolve(seq, draft.at, event).map_err(bug)?,
            Err(_) => book.skip(seq, draft.at).map_err(bug)?,
        }
        let touched = outcome.as_ref().ok().and_then(Event::touches);
        let answer = Answer::of(seq, &outcome);
        // Who may not do a thing may be permitted later: that answer is not kept under the key.
        let forbidden = outcome.as_ref().is_err_and(|rejection| rejection.status() == Status::Forbidden);
        let key = key.filter(|_| !forbidden);
        if let Some(key) = key {
            self.keys.remember(key, seq, draft.at, answer.clone());
        }
        draft.push(record(key, &outcome))?;
        if let Some(account) = touched {
            self.follow(book, draft, account)?;
        }
        Ok(Outcome { seq, at: draft.at, answer, replayed: false })
    }

    /// Keeps an answer, unless the key has one; what was decided under it is not one yet where it is to be told word for
    /// word.
    fn keep(
        &mut self,
        book: &mut Book,
        draft: &mut Draft,
        found: &Found,
        key: KeyUse,
        answer: Kept,
    ) -> Result<Outcome, StoreError> {
        if let Some(known) = self.known(found, Some(&key), draft.at) {
            let untold = matches!((&known.answer, &answer), (Answer::Done(_), Kept::Shown { .. }));
            if !untold {
                return Ok(known);
            }
        }
        let (seq, at) = (book.seq() + 1, draft.at);
        book.skip(seq, at).map_err(bug)?;
        let refused = match answer {
            Kept::Refused(rejection) => Some(rejection),
            Kept::Implied => None,
            Kept::Shown { account, body } => {
                let before = at.plus_seconds(-KEYS_KEPT);
                draft.directory.push(DirectoryWrite::AnswersForgotten { before });
                draft.directory.push(DirectoryWrite::Answer(KeptAnswer { key: key.key, account, body, at }));
                None
            }
        };
        let answer = Answer::kept(refused.as_ref());
        let record = Record::Kept { key, refused };
        self.keys.learn(&record, seq, at);
        draft.push(record)?;
        Ok(Outcome { seq, at, answer, replayed: false })
    }

    fn after_commit(&mut self) {
        let seq = self.position.seq;
        if self.keys.sealing() {
            // A position that cannot be read only means that memory keeps the keys for longer.
            self.keys.sealed(self.shared.store.sealed_keys_seq().unwrap_or(0));
        }
        if let Some(sealing) = self.keys.ripe(seq) {
            let _ = self.followers.seals.send(sealing);
        }
        if seq - self.shared.snapshot_seq.load(Relaxed) >= self.shared.options.snapshot_every {
            // A full slot means that one is being taken already.
            let _ = self.followers.snapshots.try_send(());
        }
    }

    /// Builds the book anew from the store, as often as it takes; answers whether it did, or the server stops first.
    /// Readiness comes back only with it.
    fn rebuild(&mut self) -> bool {
        let shared = self.shared.clone();
        let mut pause = Duration::from_millis(50);
        loop {
            let rebuilt = shared.store.reopen().map_err(|error| error.to_string()).and_then(|()| {
                recovery::load_book(&*shared.store, recovery::JournalKeys::Gather, &Quiet)
                    .map_err(|error| error.to_string())
            });
            match rebuilt {
                Ok(recovered) => {
                    let seq = recovered.book.seq();
                    self.keys = recovered.keys;
                    self.position = recovered.position;
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
                    tracing::error!(error, "the store cannot be brought back yet");
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

impl Draft {
    fn push(&mut self, record: Record) -> Result<(), StoreError> {
        record.append_to(&mut self.payload).map_err(|error| StoreError::corrupt(Fault::of(error)))?;
        self.records.push(record);
        Ok(())
    }
}

/// Ends a batch with a record of its own.
fn close_batch(book: &mut Book, draft: &mut Draft, record: Record) -> Result<(), StoreError> {
    book.skip(book.seq() + 1, draft.at).map_err(bug)?;
    draft.push(record)
}

/// An event that was just decided must fit; if it does not, nothing of this commit may become durable.
fn bug(error: credere_core::book::Inconsistent) -> StoreError {
    StoreError::corrupt(Fault::new(format!("a decision does not fit the book: {error}"), error))
}
