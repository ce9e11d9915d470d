//! What belongs to the whole deployment and to no tree: its state, and the commands about platform keys, the clock, a
//! journal that lost its end.

mod command;
mod decide;
mod event;
mod evolve;
mod reason;
mod state;

use crate::access::KeyAccess;
use crate::book::{Book, Context, Decision, Rejection};

pub use command::{
    AcceptClock, AcceptLoss, AdvanceClock, Command, IssuePlatformKey, ResetPlatformKey, RevokePlatformKey,
};
pub use event::{ClockAccepted, ClockAdvanced, Event, LossAccepted, PlatformKeyIssued, PlatformKeyRevoked};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use state::State;

/// Judges a command about platform keys, the clock and lost records.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::IssuePlatformKey(asked) => decide::issue_platform_key(book, asked.access),
        Command::RevokePlatformKey(asked) => decide::revoke_platform_key(book, asked.key),
        Command::ResetPlatformKey(_) => decide::issue_platform_key(book, KeyAccess::Full),
        Command::AdvanceClock(asked) => decide::advance_clock(context, asked.to),
        Command::AcceptClock(AcceptClock { expected, found }) => {
            Ok(ClockAccepted { expected: *expected, found: *found }.into())
        }
        Command::AcceptLoss(AcceptLoss { from_seq, upto_seq }) => {
            Ok(LossAccepted { from_seq: *from_seq, upto_seq: *upto_seq }.into())
        }
    }
}
