//! Writing actions are carried out under the mark of their signature as idempotency key. The door remembers signatures and
//! refuses repetitions before anything else, also after a restart; the key is in the journal besides, and outlives the
//! machine, so that whatever becomes of that memory a signature never acts twice, and for one action only.

use super::errors;
use super::offered::caller;
use crate::error::{CloudError, ErrorCode};
use crate::request::Call;
use credere_app::Done;
use credere_app::{App, Failure};
use credere_core::book::{Command, KeyUse};

/// The key of a request.
pub(super) fn key(call: &Call) -> Option<KeyUse> {
    Some(call.mark.key())
}

/// The key of one part of a request that does several things, counted from 0.
pub(super) fn part_key(call: &Call, number: usize) -> Option<KeyUse> {
    Some(call.mark.part_key(number))
}

/// Carries a command out, unless its request did so before.
pub(super) async fn command(
    app: &App,
    call: &Call,
    command: Command,
    listed: &'static [ErrorCode],
) -> Result<Done, CloudError> {
    done(app.command(caller(call), key(call), command).await, listed)
}

/// What came of a command that was carried out under the request's key.
pub(super) fn done(outcome: Result<Done, Failure>, listed: &'static [ErrorCode]) -> Result<Done, CloudError> {
    match outcome {
        Ok(Done { replayed: true, .. }) | Err(Failure::Refused { replayed: true, .. }) => Err(repeated()),
        other => other.map_err(errors::of(listed)),
    }
}

/// The request did its work before.
pub(super) fn repeated() -> CloudError {
    CloudError::new(ErrorCode::RequestLimitExceeded, "the request was received before; sign it anew")
}
