//! The events about platform keys, the clock and lost records. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::access::KeyAccess;
use crate::book::event::events;
use crate::ledger::Moment;
use serde::{Deserialize, Serialize};

events!(Deployment {
    PlatformKeyIssued = 1,
    PlatformKeyRevoked = 2,
    ClockAdvanced = 3,
    ClockAccepted = 4,
    LossAccepted = 5,
});

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformKeyIssued {
    pub key: u32,
    pub access: KeyAccess,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformKeyRevoked {
    pub key: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockAdvanced {
    pub to: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockAccepted {
    pub expected: Moment,
    pub found: Moment,
}

/// Records with these numbers were lost, and their numbers are given out again, from this very record on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossAccepted {
    pub from_seq: u64,
    pub upto_seq: u64,
}
