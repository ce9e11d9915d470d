//! What the events of members say of payers.

#![expect(missing_docs, reason = "the types say what they are about")]

use crate::channel::{Lines, Paying, Resource, Uin};
use crate::organization::{EndedBy, StartedBy};
use serde::{Deserialize, Serialize};

/// Somebody pays for a member from now on. What the member had frozen is released (O78).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub payer: Uin,
    pub started_by: StartedBy,
    /// The member's resources that were frozen for, as they stand from now on.
    pub resources: Vec<Resource>,
}

/// A member pays for itself from now on. What its payer had frozen for it is released, and what the member still runs is
/// frozen with its own (O79).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub payer: Uin,
    pub ended_by: EndedBy,
    /// The member's resources, as they stand from now on.
    pub resources: Vec<Resource>,
}

/// The lines that a handover moved, by who pays with them.
pub type LinesAfter = Vec<(Paying, Lines)>;
