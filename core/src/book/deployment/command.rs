//! The commands about platform keys, the clock and lost records.

use crate::access::{Action, KeyAccess};
use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::Uin;
use crate::ledger::Moment;

/// One request for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Makes a platform key (its hash is in the directory).
    IssuePlatformKey(IssuePlatformKey),
    /// Takes a platform key back.
    RevokePlatformKey(RevokePlatformKey),
    /// Makes a platform key with full access in place of one that was lost, for whoever has the data folder.
    ResetPlatformKey(ResetPlatformKey),
    /// Moves the test clock.
    AdvanceClock(AdvanceClock),
    /// Says that what the machine's clock shows after a jump is the time.
    AcceptClock(AcceptClock),
    /// Says that the journal goes on without records that are lost, for whoever has the data folder.
    AcceptLoss(AcceptLoss),
}

/// Makes a platform key (its hash is in the directory).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuePlatformKey {
    /// What it may do.
    pub access: KeyAccess,
}

/// Takes a platform key back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokePlatformKey {
    /// The number of the key.
    pub key: u32,
}

/// Makes a platform key with full access in place of one that was lost, for whoever has the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetPlatformKey;

/// Moves the test clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvanceClock {
    /// To when.
    pub to: Moment,
}

/// Says that what the machine's clock shows after a jump is the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptClock {
    /// What it would show if it had not jumped.
    pub expected: Moment,
    /// What it shows.
    pub found: Moment,
}

/// Says that the journal goes on without records that are lost, for whoever has the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptLoss {
    /// The number of the first of them.
    pub from_seq: u64,
    /// The last of them that is known of; before `from_seq` where none is.
    pub upto_seq: u64,
}

commands!(Deployment: IssuePlatformKey, RevokePlatformKey, ResetPlatformKey, AdvanceClock, AcceptClock, AcceptLoss);

impl Command {
    /// What this is in the access matrix, and the account that it is done to.
    pub fn action(&self) -> (Action, Option<Uin>) {
        match self {
            Command::IssuePlatformKey(_) => (Action::IssuePlatformKey, None),
            Command::RevokePlatformKey(_) => (Action::RevokePlatformKey, None),
            Command::ResetPlatformKey(_) => (Action::ResetPlatformKey, None),
            Command::AdvanceClock(_) => (Action::AdvanceClock, None),
            Command::AcceptClock(_) => (Action::AcceptClock, None),
            Command::AcceptLoss(_) => (Action::AcceptLoss, None),
        }
    }

    /// Where it is decided.
    pub fn home(&self) -> Home {
        match self {
            Command::IssuePlatformKey(_)
            | Command::RevokePlatformKey(_)
            | Command::ResetPlatformKey(_)
            | Command::AdvanceClock(_)
            | Command::AcceptClock(_)
            | Command::AcceptLoss(_) => Home::Deployment,
        }
    }
}
