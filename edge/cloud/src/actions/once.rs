//! Writing actions are carried out under the mark of their signed request as idempotency key. The door remembers marks in
//! memory and refuses repetitions before anything else; the key is in the journal, so a repetition is refused after a
//! restart as well, and never acts twice.

use super::{caller, errors};
use crate::error::{CloudError, ErrorCode};
use crate::request::Call;
use credere_app::commands::Done;
use credere_app::{App, Failure};
use credere_core::book::Command;

/// Carries a command out, unless its request did so before.
pub(super) async fn command(
    app: &App,
    call: &Call,
    command: Command,
    listed: &'static [ErrorCode],
) -> Result<Done, CloudError> {
    let key = call.marks.first().map(|mark| mark.key());
    match app.command(caller(call), key, command).await {
        Ok(Done { replayed: true, .. }) | Err(Failure::Refused { replayed: true, .. }) => {
            Err(CloudError::new(ErrorCode::RequestLimitExceeded, "the request was received before; sign it anew"))
        }
        other => other.map_err(errors::of(listed)),
    }
}
