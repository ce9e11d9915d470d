//! Answers under an idempotency key that the engine does not find by itself: looked up before anything else is, so that a
//! repetition is answered as the first time whatever has become of the things it names, and kept where no command was
//! decided, or where the answer shows more than what was.

use crate::app::App;
use crate::caller::Caller;
use crate::command::{Done, done, unexpected};
use crate::engine::{Answer, KEYS_KEPT, Kept, Request, Work};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{KeyHash, KeyUse, Rejection};
use credere_core::channel::Uin;
use credere_store::contract::StoreError;

/// What is kept of a key's earlier use, besides what was decided under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptUse {
    /// Nothing: the request is the first one, or its decision is known and its first answer was never given.
    Unused,
    /// That it was used. What came of that was never told, or was erased with an account's data.
    Unanswered,
    /// What was answered, word for word.
    Answered(Vec<u8>),
}

impl App {
    /// What a request came to before, under the same key; `None` when it is the first.
    ///
    /// # Errors
    /// [`Failure`]; the first refusal again, or that the key was used for something else.
    pub(super) async fn answered(&self, caller: Caller, key: Option<KeyUse>) -> Result<Option<Done>, Failure> {
        let Some(key) = key else { return Ok(None) };
        let outcomes = self.engine.submit(Request { info: caller.info(), work: Work::Known(key) }).await?;
        if outcomes.is_empty() { Ok(None) } else { done(outcomes).map(Some) }
    }

    /// Whether version 2 may have answered requests under keys that are remembered still.
    pub fn knows_keys_of_v2(&self) -> bool {
        let since = self.version_2_until;
        since.is_some_and(|until| self.engine.peek(|book| book.now()) < until.plus_seconds(KEYS_KEPT))
    }

    /// Whether a request was answered under this key, whatever was asked.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn is_used(&self, caller: Caller, key: KeyHash) -> Result<bool, Failure> {
        let work = Work::Known(KeyUse { key, content: [0; 16] });
        Ok(!self.engine.submit(Request { info: caller.info(), work }).await?.is_empty())
    }

    /// The answer that was kept word for word under a key. `None` when there is none: the request is the first one, or
    /// its first answer was never given.
    ///
    /// # Errors
    /// [`Failure`]; the first refusal again, or that the key was used for something else.
    pub async fn kept_answer(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        what: (Action, Option<Uin>),
    ) -> Result<Option<Vec<u8>>, Failure> {
        match self.kept_use(caller, key, what).await? {
            KeptUse::Unused => Ok(None),
            KeptUse::Answered(body) => Ok(Some(body)),
            KeptUse::Unanswered => Err(Failure::Store(StoreError::corrupt(
                "a kept answer is not in the directory, or was erased with its account's data",
            ))),
        }
    }

    /// What a key was used for before, where its answer is kept before anything is done under it, and may be erased since.
    ///
    /// # Errors
    /// As [`App::kept_answer`].
    pub async fn kept_use(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        (action, target): (Action, Option<Uin>),
    ) -> Result<KeptUse, Failure> {
        let Some(key) = key else { return Ok(KeptUse::Unused) };
        self.engine.peek(|book| book.permit(caller.actor, action, target)).map_err(Failure::refused)?;
        let outcomes = self.engine.submit(Request { info: caller.info(), work: Work::Known(key) }).await?;
        let Some(outcome) = outcomes.into_iter().next() else { return Ok(KeptUse::Unused) };
        match outcome.answer {
            Answer::Kept => {
                let found = self.engine.directory(move |store| store.kept_answer(&key.key)).await?;
                Ok(found.map_or(KeptUse::Unanswered, |kept| KeptUse::Answered(kept.body)))
            }
            Answer::Refused(rejection) => Err(Failure::Refused { rejection: *rejection, replayed: outcome.replayed }),
            Answer::Done(_)
            | Answer::Opened(_)
            | Answer::Captured(_)
            | Answer::Released(_)
            | Answer::Settled { .. } => Ok(KeptUse::Unused),
        }
    }

    /// Keeps an answer under its key; answers whether that repeats what was kept before.
    ///
    /// # Errors
    /// [`Failure`]; that the key was used for something else.
    pub async fn keep_answer(&self, caller: Caller, key: KeyUse, answer: Kept) -> Result<bool, Failure> {
        let asked = match &answer {
            Kept::Refused(rejection) => Some(rejection.clone()),
            Kept::Implied | Kept::Shown { .. } => None,
        };
        let work = Work::Keep { key, answer };
        let outcomes = self.engine.submit(Request { info: caller.info(), work }).await?;
        let outcome = outcomes.into_iter().next().ok_or(unexpected())?;
        match outcome.answer {
            Answer::Refused(rejection) if asked.as_ref() != Some(&*rejection) => {
                Err(Failure::Refused { rejection: *rejection, replayed: outcome.replayed })
            }
            _ => Ok(outcome.replayed),
        }
    }

    /// Records that a request is refused for a reason that the book does not know, and answers the failure that it is.
    pub(super) async fn refuse(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        (action, target): (Action, Option<Uin>),
        rejection: Rejection,
    ) -> Failure {
        let work = Work::Refuse { key, action, target, rejection };
        match self.engine.submit(Request { info: caller.info(), work }).await.and_then(done) {
            Err(failure) => failure,
            // Only what was refused is recorded so; nothing else is kept under the key of a request that was looked at.
            Ok(_) => unexpected(),
        }
    }
}
