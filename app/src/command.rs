//! Carrying a command out. A use case of an area puts a command together with what goes into the directory and hands it to
//! the engine; here is what all of them do. Whether it is permitted and possible is decided in the core.

use crate::app::App;
use crate::caller::Caller;
use crate::engine::{Answer, DirectoryDraft, Look, Outcome, Request, Work};
use crate::failure::Failure;
use credere_core::book::{Command, Context, Decision, Event, KeyUse, Rejection, decide};
use credere_core::ledger::Moment;

/// A command that went through, now or under the same key before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Journal position of what happened.
    pub seq: u64,
    number: Option<u64>,
    /// Business time of it.
    pub at: Moment,
    /// What happened.
    pub event: Box<Event>,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

impl Done {
    /// The number of what was made.
    ///
    /// # Errors
    /// [`Failure::Internal`] when no number was left for it.
    pub fn number(&self) -> Result<u64, Failure> {
        self.number.ok_or(Failure::Internal("what was done has no number: none is left"))
    }
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

    /// Carries a command out that names what the book may have forgotten. Where the book does not have it, which is
    /// `missing`, nothing is decided yet: `look` says what history knows of it, and the command goes in with that.
    pub(crate) async fn command_naming<T: Send + 'static>(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        missing: Rejection,
        look: impl Look<Option<T>>,
        command: impl Fn(Option<T>) -> Command,
    ) -> Result<Done, Failure> {
        let held = Some(missing.clone());
        let first = Work::Command { key, command: command(None), directory: None, held };
        match self.submit_command(caller, first).await {
            Err(Failure::Refused { rejection, replayed: false }) if rejection == missing => {
                let found = self.engine.history(look).await?;
                self.command(caller, key, command(found)).await
            }
            outcome => outcome,
        }
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
pub(crate) fn afterwards(failure: Failure) -> Failure {
    Failure::OutcomeUnknown(format!("what follows could not be done: {failure}"))
}

pub(crate) fn done(outcomes: Vec<Outcome>) -> Result<Done, Failure> {
    let outcome = outcomes.into_iter().next().ok_or(unexpected())?;
    match outcome.answer {
        Answer::Done(event) => {
            let Outcome { seq, number, at, replayed, .. } = outcome;
            Ok(Done { seq, number, at, event, replayed })
        }
        Answer::Refused(rejection) => Err(Failure::Refused { rejection: *rejection, replayed: outcome.replayed }),
        // Operations of the high-rate path go through `operate`, with a key of another namespace.
        // Whoever keeps answers word for word looks for them first.
        Answer::Opened(_) | Answer::Captured(_) | Answer::Released(_) | Answer::Settled { .. } | Answer::Kept => {
            Err(unexpected())
        }
    }
}

/// The engine has answered with what nobody asked it for.
pub(crate) fn unexpected() -> Failure {
    Failure::Internal("the engine answered with what was not asked of it")
}
