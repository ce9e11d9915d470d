//! What one commit is to write, decided against the book one request after the other. The book goes ahead of the disk
//! meanwhile, and the memory of keys with it; when a commit fails, both are built anew.

use super::keys::{Answer, KEYS_KEPT, KeyEntry, KeyMemory};
use super::request::{Kept, Operation, Outcome, Request, Work};
use crate::members::rows::directory_writes;
use crate::parties::rows::binding_write;
use credere_core::access::{Action, Actor};
use credere_core::book::{
    ActionName, Book, Command, Context, Event, Inconsistent, KeyHash, KeyUse, Record, Rejection, RequestInfo, Rules,
    Status, buying, decide, deployment, metering, notices, vouchers,
};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_store::contract::{DirectoryWrite, Fault, KeptAnswer, StoreError};
use hashbrown::HashMap;

/// How many operations' accounts are looked at before the first of them is decided (measured: more helps little).
const AHEAD: usize = 256;

/// Resources that one commit stops, starts or deletes at most because of what it changes, and members that it reviews because
/// of their payer; what is more than this is done by the next commits.
const FOLLOW_MAX: usize = 2_000;

/// What is known of the requests' keys from those before.
pub(super) type Found = HashMap<KeyHash, KeyEntry, foldhash::fast::FixedState>;

/// What a commit writes.
pub(super) struct Draft {
    /// The time that all its records carry.
    pub(super) at: Moment,
    pub(super) records: Vec<Record>,
    pub(super) directory: Vec<DirectoryWrite>,
    /// Resources that were stopped, started or deleted, and members that were reviewed, because of what was changed.
    followed: usize,
}

/// A commit in the making.
pub(super) struct Deciding<'a> {
    /// What has been decided for it.
    pub(super) draft: &'a mut Draft,
    pub(super) book: &'a mut Book,
    pub(super) keys: &'a mut KeyMemory,
    pub(super) found: &'a Found,
    pub(super) rules: &'a Rules,
}

/// A command to decide.
struct Asked<'a> {
    actor: Actor,
    key: Option<KeyUse>,
    command: &'a Command,
    held: Option<Rejection>,
}

impl Deciding<'_> {
    /// Decides a request, and applies and records what it came to.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when something does not fit together; nothing of this commit may become durable then.
    pub(super) fn request(&mut self, request: Request) -> Result<Vec<Outcome>, StoreError> {
        match request.work {
            Work::Command { key, command, directory, held } => {
                let (action, target) = command.action();
                // Whoever may not do this is not told what somebody else's request came to either.
                let permitted = self.book.permit(request.info.actor, action, target).is_ok();
                let known = if permitted { self.known(key.as_ref()) } else { None };
                let outcome = match known {
                    Some(outcome) => outcome,
                    None => {
                        let target = target.or_else(|| whose_order(self.book, &command));
                        let asked = Asked { actor: request.info.actor, key, command: &command, held };
                        self.decide(asked, |key, outcome| Record::Decided {
                            request: Box::new(request.info),
                            key,
                            action: ActionName(action),
                            target: target.or_else(|| outcome.as_ref().ok().and_then(target_of)),
                            outcome,
                        })?
                    }
                };
                if let (Some(make), Answer::Done(event), false) = (directory, &outcome.answer, outcome.replayed) {
                    self.draft.directory.extend(make(outcome.number, event, self.draft.at));
                }
                Ok(vec![outcome])
            }
            Work::Batch(operations) => self.batch(request.info, &operations),
            Work::Refuse { key, action, target, rejection } => {
                let rejection = match self.book.permit(request.info.actor, action, target) {
                    Err(denied) => denied,
                    Ok(()) => match self.known(key.as_ref()) {
                        Some(outcome) => return Ok(vec![outcome]),
                        None => rejection,
                    },
                };
                let action = ActionName(action);
                let outcome = self.record(key, Err(rejection), |key, outcome| Record::Decided {
                    request: Box::new(request.info),
                    key,
                    action,
                    target,
                    outcome,
                })?;
                Ok(vec![outcome])
            }
            Work::Keep { key, answer } => Ok(vec![self.keep(key, answer)?]),
            Work::Known(key) => Ok(self.known(Some(&key)).into_iter().collect()),
            Work::Duties { clock_to, limit } => self.duties(request.info, clock_to, limit),
        }
    }

    fn batch(&mut self, request: RequestInfo, operations: &[Operation]) -> Result<Vec<Outcome>, StoreError> {
        let (before, mut outcomes) = (self.draft.records.len(), Vec::with_capacity(operations.len()));
        self.draft.records.reserve(operations.len() + 1);
        let mut targets = operations.iter().map(|operation| operation.command.action().1);
        let first = targets.next().flatten();
        let target = first.filter(|_| targets.all(|target| target == first));
        for (place, Operation { key, command }) in operations.iter().enumerate() {
            if place % AHEAD == 0 {
                let ahead = &operations[place..operations.len().min(place + AHEAD)];
                let accounts = ahead.iter().filter_map(|operation| operation.command.action().1);
                std::hint::black_box(self.book.foresee(accounts));
            }
            outcomes.push(match self.known(key.as_ref()) {
                Some(outcome) => outcome,
                None => {
                    let asked = Asked { actor: request.actor, key: *key, command, held: None };
                    self.decide(asked, |key, outcome| Record::operated(key, command.action(), outcome))?
                }
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
            let (records, action) = (self.records_since(before), ActionName(action));
            let request = Box::new(request);
            self.append(Record::BatchClosed { request, action, target, done, refused, replayed, records })?;
        }
        Ok(outcomes)
    }

    /// Does what is due by itself. A duty that is due is never refused: if it were, it would be due for ever.
    fn duties(
        &mut self,
        request: RequestInfo,
        clock_to: Option<Moment>,
        limit: usize,
    ) -> Result<Vec<Outcome>, StoreError> {
        let (before, mut outcomes, mut action) = (self.draft.records.len(), Vec::new(), None);
        // Somebody else may have moved it further meanwhile.
        let clock =
            clock_to.filter(|to| *to > self.book.now()).map(|to| Command::from(deployment::AdvanceClock { to }));
        let mut next = clock.or_else(|| self.book.duty(self.draft.at));
        while let Some(command) = next {
            action.get_or_insert(command.action().0);
            let asked = Asked { actor: Actor::System, key: None, command: &command, held: None };
            let outcome = self.decide(asked, |_, outcome| Record::operated(None, command.action(), outcome))?;
            if let Answer::Refused(rejection) = &outcome.answer {
                let code = rejection.code();
                return Err(StoreError::corrupt(format!("what is due is refused: {code} for {command:?}")));
            }
            outcomes.push(outcome);
            next = if outcomes.len() < limit { self.book.duty(self.draft.at) } else { None };
        }
        if let Some(action) = action {
            let (records, action) = (self.records_since(before), ActionName(action));
            let done = u32::try_from(outcomes.len()).unwrap_or(u32::MAX);
            let (refused, replayed, request) = (0, 0, Box::new(request));
            self.append(Record::BatchClosed { request, action, target: None, done, refused, replayed, records })?;
        }
        Ok(outcomes)
    }

    /// What follows at once from a change, in the same commit: notices that became due, resources that stop or start, members
    /// that stand as their payer does; and what follows from that.
    fn follow(&mut self, mut touched: Vec<Uin>) -> Result<(), StoreError> {
        touched.reverse();
        while let Some(&account) = touched.last() {
            let Some(command) = self.book.consequence(account, self.draft.at) else {
                touched.pop();
                continue;
            };
            // A payer's members may be many, as resources may.
            if command.action() != (Action::ReviewCustomer, Some(account)) {
                // Whatever does not fit into this commit is the next duty.
                if self.draft.followed == FOLLOW_MAX {
                    touched.pop();
                    continue;
                }
                self.draft.followed += 1;
            }
            let context = Context { now: self.draft.at, actor: Actor::System, rules: self.rules };
            let decision = decide(self.book, &command, &context);
            let event = decision.map_err(|rejection| {
                StoreError::corrupt(format!("what follows is refused: {} for {command:?}", rejection.code()))
            })?;
            let event = event.event;
            self.book.evolve(self.book.seq() + 1, self.draft.at, &event).map_err(bug)?;
            for other in event.touches() {
                if !touched.contains(&other) {
                    touched.push(other);
                }
            }
            self.draft.records.push(Record::Followed { event });
        }
        Ok(())
    }

    /// What is known of a key's first use: the same answer again, or that it was used for something else (which leaves
    /// no record).
    fn known(&self, key: Option<&KeyUse>) -> Option<Outcome> {
        let key = key?;
        let entry = self.keys.fresh(&key.key).or_else(|| self.found.get(&key.key))?;
        // What was kept in the directory is dropped there after this time; the key is forgotten with it.
        if entry.answer == Answer::Kept && entry.at < self.draft.at.plus_seconds(-KEYS_KEPT) {
            return None;
        }
        Some(if entry.content == key.content {
            Outcome { replayed: true, ..self.outcome(entry.seq, entry.at, entry.answer.clone()) }
        } else {
            unrecorded(entry.at, Rejection::KeyReused)
        })
    }

    fn decide(
        &mut self,
        asked: Asked<'_>,
        record: impl FnOnce(Option<KeyUse>, Result<Event, Rejection>) -> Record,
    ) -> Result<Outcome, StoreError> {
        let Asked { actor, key, command, held } = asked;
        let context = Context { now: self.draft.at, actor, rules: self.rules };
        let outcome = decide(self.book, command, &context).map(|decision| decision.event);
        if let Err(rejection) = &outcome
            && held.as_ref() == Some(rejection)
        {
            return Ok(unrecorded(self.draft.at, rejection.clone()));
        }
        self.record(key, outcome, record)
    }

    /// Applies and records what a command came to, and remembers it under its key.
    fn record(
        &mut self,
        key: Option<KeyUse>,
        outcome: Result<Event, Rejection>,
        record: impl FnOnce(Option<KeyUse>, Result<Event, Rejection>) -> Record,
    ) -> Result<Outcome, StoreError> {
        let (seq, at) = (self.book.seq() + 1, self.draft.at);
        match &outcome {
            Ok(event) => {
                self.book.evolve(seq, at, event).map_err(bug)?;
                self.draft.directory.extend(binding_write(seq, event));
                self.draft.directory.extend(directory_writes(event));
            }
            Err(_) => self.book.skip(seq, at).map_err(bug)?,
        }
        // From most changes nothing follows.
        let follows = |account: &Uin| self.book.consequence(*account, at).is_some();
        let touched: Vec<Uin> = outcome.iter().flat_map(Event::touches).filter(follows).collect();
        let answer = Answer::of(self.book.shard(), seq, outcome.as_ref());
        // Who may not do a thing may be permitted later: that answer is not kept under the key.
        let forbidden = outcome.as_ref().is_err_and(|rejection| rejection.meaning().status == Status::Forbidden);
        let key = key.filter(|_| !forbidden);
        if let Some(key) = key {
            self.keys.remember(key, seq, at, answer.clone());
        }
        self.draft.records.push(record(key, outcome));
        self.follow(touched)?;
        Ok(self.outcome(seq, at, answer))
    }

    /// Keeps an answer, unless the key has one; what was decided under it is not one yet where it is to be told word for
    /// word.
    fn keep(&mut self, key: KeyUse, answer: Kept) -> Result<Outcome, StoreError> {
        if let Some(known) = self.known(Some(&key)) {
            let untold = matches!((&known.answer, &answer), (Answer::Done(_), Kept::Shown { .. }));
            if !untold {
                return Ok(known);
            }
        }
        let (seq, at) = (self.book.seq() + 1, self.draft.at);
        let refused = match answer {
            Kept::Refused(rejection) => Some(rejection),
            Kept::Implied => None,
            Kept::Shown { account, body } => {
                let before = at.plus_seconds(-KEYS_KEPT);
                self.draft.directory.push(DirectoryWrite::AnswersForgotten { before });
                self.draft.directory.push(DirectoryWrite::Answer(KeptAnswer { key: key.key, account, body, at }));
                None
            }
        };
        let answer = Answer::kept(refused.as_ref());
        let record = Record::Kept { key, refused };
        self.keys.learn(self.book.shard(), &record, seq, at);
        self.append(record)?;
        Ok(self.outcome(seq, at, answer))
    }

    /// A record that changes nothing in the book: an answer that is kept, or the end of a batch.
    fn append(&mut self, record: Record) -> Result<(), StoreError> {
        self.book.skip(self.book.seq() + 1, self.draft.at).map_err(bug)?;
        self.draft.records.push(record);
        Ok(())
    }

    /// What the record at this position came to.
    fn outcome(&self, seq: u64, at: Moment, answer: Answer) -> Outcome {
        Outcome { seq, number: self.book.shard().number_at(seq).ok(), at, answer, replayed: false }
    }

    fn records_since(&self, before: usize) -> u32 {
        u32::try_from(self.draft.records.len() - before).unwrap_or(u32::MAX)
    }
}

impl Draft {
    /// Begins a commit whose records all carry this time.
    pub(super) fn at(at: Moment) -> Draft {
        Draft { at, records: Vec::new(), directory: Vec::new(), followed: 0 }
    }
}

/// A refusal that leaves no record.
fn unrecorded(at: Moment, rejection: Rejection) -> Outcome {
    Outcome { seq: 0, number: None, at, answer: Answer::Refused(Box::new(rejection)), replayed: false }
}

/// Whose open order a command is about, which names the order alone: the audit has its account, refused or not.
fn whose_order(book: &Book, command: &Command) -> Option<Uin> {
    use buying::Command::{CancelOrder, DeliverOrder, PayOrder, RefundOrder};
    let command = match command {
        Command::Buying(command) => command,
        Command::Notices(notices::Command::RequestPayment(asked)) => {
            return book.open_order(asked.order.id).map(|order| order.account);
        }
        _ => return None,
    };
    let id = match command {
        PayOrder(asked) => asked.order.id,
        DeliverOrder(asked) => asked.order.id,
        CancelOrder(asked) => asked.order.id,
        RefundOrder(asked) => asked.order.id,
        _ => return None,
    };
    book.open_order(id).map(|order| order.account)
}

/// Whom a command was about that named no account, by what it came to.
fn target_of(event: &Event) -> Option<Uin> {
    match event {
        Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, .. })) => Some(order.account),
        Event::Metering(metering::Event::ResourceResized(metering::ResourceResized { resource, .. }))
        | Event::Metering(metering::Event::ResourceTerminated(metering::ResourceTerminated { resource, .. })) => {
            Some(resource.account)
        }
        Event::Vouchers(vouchers::Event::VoucherInvalidated(vouchers::VoucherInvalidated { voucher })) => {
            Some(voucher.owner)
        }
        other => other.opened().map(|opened| opened.uin),
    }
}

/// An event that was just decided must fit; if it does not, nothing of this commit may become durable.
fn bug(error: Inconsistent) -> StoreError {
    StoreError::corrupt(Fault::new(format!("a decision does not fit the book: {error}"), error))
}

#[cfg(test)]
mod tests;
