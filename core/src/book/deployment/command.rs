//! The commands about platform keys, the clock and lost records.

use crate::access::KeyAccess;
use crate::book::command::commands;
use crate::book::home::Home;
use crate::ledger::Moment;

commands!(Deployment {
    IssuePlatformKey(_) => None, Home::Deployment;
    RevokePlatformKey(_) => None, Home::Deployment;
    ResetPlatformKey(_) => None, Home::Deployment;
    AdvanceClock(_) => None, Home::Deployment;
    AcceptClock(_) => None, Home::Deployment;
    AcceptLoss(_) => None, Home::Deployment;
});

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
