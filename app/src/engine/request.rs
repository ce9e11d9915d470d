//! What the engine is asked, and what it answers: a request with its work, and an outcome for each command in it.

use super::keys::{Answer, KeyEntry};
use crate::failure::Failure;
use crate::shares::Share;
use credere_core::access::Action;
use credere_core::book::{Command, Event, KeyHash, KeyUse, Rejection, RequestInfo, deployment, metering};
use credere_core::channel::Uin;
use credere_core::ledger::{Moment, Shard};
use credere_store::contract::DirectoryWrite;
use std::collections::BTreeMap;

/// Makes the directory changes that go with an event, once the event's number is known.
pub type DirectoryDraft = Box<dyn FnOnce(Option<u64>, &Event, Moment) -> Vec<DirectoryWrite> + Send>;

/// A request to the writer.
pub struct Request {
    /// Who asks.
    pub info: RequestInfo,
    /// What is to be done.
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
        /// A refusal for this reason decides nothing and leaves no record: whoever asks looks up what is behind it, and
        /// asks again with that.
        held: Option<Rejection>,
    },
    /// Records that a request is refused, for a reason that was found outside the book; unless its key has an answer.
    Refuse {
        /// Under which idempotency key.
        key: Option<KeyUse>,
        /// What was asked for.
        action: Action,
        /// The account that it was to be done to, where there is one.
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
    /// The number of what it made, by the shard's position; `None` when it has no record, or no number is left for that.
    pub number: Option<u64>,
    /// Business time of that.
    pub at: Moment,
    /// What it came to.
    pub answer: Answer,
    /// Whether this repeats what an earlier use of the key came to.
    pub replayed: bool,
}

impl Request {
    /// The shard whose writer decides it, by the home of its command, or of the first of a batch; `None` for one that no
    /// shard has. What names no command is the first one's.
    pub(super) fn shard(&self) -> Option<Shard> {
        let command = match &self.work {
            Work::Command { command, .. } => Some(command),
            Work::Batch(operations) => operations.first().map(|operation| &operation.command),
            Work::Refuse { .. } | Work::Keep { .. } | Work::Known(_) | Work::Duties { .. } => None,
        };
        command.map_or(Some(Shard::FIRST), |command| command.home().shard())
    }

    pub(super) fn cost(&self) -> usize {
        match &self.work {
            Work::Command { .. } | Work::Refuse { .. } | Work::Keep { .. } | Work::Duties { .. } | Work::Known(_) => 1,
            Work::Batch(operations) => operations.len().max(1),
        }
    }

    /// Whether it is a batch of usage: no purchase waits for that.
    pub(super) fn is_usage(&self) -> bool {
        let settles = |one: &Operation| matches!(one.command, Command::Metering(metering::Command::SettleUsage(_)));
        matches!(&self.work, Work::Batch(operations) if operations.first().is_some_and(settles))
    }

    /// A commit ends with the clock's move, since all its records carry one time.
    pub(super) fn moves_clock(&self) -> bool {
        matches!(&self.work, Work::Command { command: Command::Deployment(deployment::Command::AdvanceClock(_)), .. })
            || self.begins_anew()
    }

    /// A commit begins with it, since its records carry the time that it moves the clock to.
    pub(super) fn begins_anew(&self) -> bool {
        matches!(&self.work, Work::Duties { clock_to: Some(_), .. }) || self.accepts_clock()
    }

    /// It says that what the machine's clock shows is the time.
    fn accepts_clock(&self) -> bool {
        matches!(&self.work, Work::Command { command: Command::Deployment(deployment::Command::AcceptClock(_)), .. })
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &KeyUse> {
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

/// Tells whoever waits, in whichever way it waits.
pub(super) type Reply = Box<dyn FnOnce(Result<Vec<Outcome>, Failure>) + Send>;

/// A request on its way to the writer.
pub(super) struct Submission {
    pub(super) request: Request,
    pub(super) reply: Reply,
    /// Its place among the operations that wait; held until it is answered.
    pub(super) place: Share,
    /// What became of its keys that had left memory, as far as it was looked up.
    pub(super) recalled: BTreeMap<KeyHash, KeyEntry>,
}
