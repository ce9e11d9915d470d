//! What can be asked for, one subject a file. Each use case puts a command together with what goes into the directory,
//! hands it to the engine and says what came of it. Whether it is permitted and possible is decided in the core.

mod accounts;
mod answers;
mod authorizations;
mod clock;
mod closed;
mod credentials;
mod customers;
mod duties;
mod orders;
mod platform_keys;
mod receipts;
mod usage;

pub use accounts::{AccountChange, NewAccount};
pub use answers::KeptUse;
pub use authorizations::{OperationRequest, OperationStatus};
pub use credentials::NewCredential;
pub(crate) use duties::duties_by_the_second;
pub use platform_keys::{NewPlatformKey, OtherKeys, ResetKey};
pub use receipts::ReceiptRequest;
pub use usage::{UsageRequest, UsageStatus};

use crate::app::App;
use crate::engine::{Answer, DirectoryDraft, Outcome, Request, Work};
use crate::failure::Failure;
use crate::random;
use credere_core::access::{Actor, Face};
use credere_core::book::{Command, Context, Decision, Event, KeyUse, RequestInfo, decide};
use credere_core::ledger::Moment;
use uuid::Uuid;

/// Who asks, and as which request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The request's identifier.
    pub request_id: Uuid,
    /// Who asks.
    pub actor: Actor,
    /// Through which face.
    pub face: Face,
}

impl Caller {
    /// Credere itself, in a request of its own.
    pub(crate) fn system() -> Caller {
        Caller { request_id: random::id(), actor: Actor::System, face: Face::System }
    }

    pub(crate) fn info(self) -> RequestInfo {
        RequestInfo { id: *self.request_id.as_bytes(), actor: self.actor, face: self.face }
    }
}

/// A command that went through, now or under the same key before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Journal position of what happened; the number of what was made.
    pub seq: u64,
    /// Business time of it.
    pub at: Moment,
    /// What happened.
    pub event: Box<Event>,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

impl App {
    /// Carries a command out.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn command(&self, caller: Caller, key: Option<KeyUse>, command: Command) -> Result<Done, Failure> {
        self.command_with(caller, key, command, None).await
    }

    pub(crate) async fn command_with(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        command: Command,
        directory: Option<DirectoryDraft>,
    ) -> Result<Done, Failure> {
        self.submit_command(caller, Work::Command { key, command, directory, held: None }).await
    }

    async fn submit_command(&self, caller: Caller, work: Work) -> Result<Done, Failure> {
        let outcomes = self.engine.submit(Request { info: caller.info(), work }).await?;
        if self.has_test_clock() {
            // Nothing else looks while the clock stands still: a change of a product's grace may have made something due.
            self.do_duties().await.map_err(afterwards)?;
        }
        done(outcomes)
    }

    pub(crate) fn command_blocking(&self, caller: Caller, command: Command) -> Result<Done, Failure> {
        let work = Work::Command { key: None, command, directory: None, held: None };
        done(self.engine.submit_blocking(Request { info: caller.info(), work })?)
    }

    /// What a command would come to, with its reasons, without carrying it out: the same code as carrying it out.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn preview(&self, caller: Caller, command: &Command) -> Result<Decision, Failure> {
        let clock = self.engine.clock();
        let decision = self
            .read(|book| {
                let context = Context { now: clock.now(book.now()), actor: caller.actor, rules: self.engine.rules() };
                decide(book, command, &context)
            })
            .await?;
        decision.map_err(Failure::refused)
    }
}

/// A failure to do what follows from something that was done: of that, nothing is said by it.
fn afterwards(failure: Failure) -> Failure {
    Failure::OutcomeUnknown(format!("what follows could not be done: {failure}"))
}

fn done(outcomes: Vec<Outcome>) -> Result<Done, Failure> {
    let outcome = outcomes.into_iter().next().ok_or(unexpected())?;
    match outcome.answer {
        Answer::Done(event) => Ok(Done { seq: outcome.seq, at: outcome.at, event, replayed: outcome.replayed }),
        Answer::Refused(rejection) => Err(Failure::Refused { rejection: *rejection, replayed: outcome.replayed }),
        // Operations of the high-rate path go through `operate`, with a key of another namespace.
        // Whoever keeps answers word for word looks for them first.
        Answer::Opened(_) | Answer::Captured(_) | Answer::Released(_) | Answer::Settled { .. } | Answer::Kept => {
            Err(unexpected())
        }
    }
}

/// The engine has answered with what nobody asked it for.
fn unexpected() -> Failure {
    Failure::Internal("the engine answered with what was not asked of it")
}
