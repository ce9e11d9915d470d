//! The high-rate path: many operations in one request, each under its own key and decided by itself.

use crate::app::App;
use crate::caller::Caller;
use crate::command::unexpected;
use crate::engine::{Answer, Operation, Request, Work};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Command, KeyUse, Rejection};
use credere_core::channel::AuthorizationId;

/// One operation: authorize, capture or release.
#[derive(Debug, Clone)]
pub struct OperationRequest {
    /// Its idempotency key.
    pub key: KeyUse,
    /// [`Command::from(buying::Authorize)`], [`Command::from(buying::Capture)`] or [`Command::from(buying::Release)`].
    pub command: Command,
}

/// What one operation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationStatus {
    /// The amount is held.
    Approved(AuthorizationId),
    /// The amount is charged.
    Captured(AuthorizationId),
    /// The hold is given up.
    Released(AuthorizationId),
    /// Refused; nothing changed.
    Declined(Rejection),
}

impl App {
    /// Carries operations out in order, each by itself; answers in the same order, with whether each was a repeat.
    ///
    /// # Errors
    /// [`Failure`]; refused as a whole only when the caller may not do this at all.
    pub async fn operate(
        &self,
        caller: Caller,
        operations: Vec<OperationRequest>,
    ) -> Result<Vec<(OperationStatus, bool)>, Failure> {
        self.engine.peek(|book| book.permit(caller.actor, Action::Authorize, None)).map_err(Failure::refused)?;
        let operations =
            operations.into_iter().map(|one| Operation { key: Some(one.key), command: one.command }).collect();
        let outcomes = self.engine.submit(Request { info: caller.info(), work: Work::Batch(operations) }).await?;
        outcomes.into_iter().map(|outcome| Ok((status(outcome.answer)?, outcome.replayed))).collect()
    }
}

fn status(answer: Answer) -> Result<OperationStatus, Failure> {
    match answer {
        Answer::Opened(id) => Ok(OperationStatus::Approved(id)),
        Answer::Captured(id) => Ok(OperationStatus::Captured(id)),
        Answer::Released(id) => Ok(OperationStatus::Released(id)),
        Answer::Refused(rejection) => Ok(OperationStatus::Declined(*rejection)),
        // Only operations are kept under keys of this namespace.
        Answer::Done(_) | Answer::Settled { .. } | Answer::Kept => Err(unexpected()),
    }
}
