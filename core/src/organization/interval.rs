//! When an account was paid for, by whom, and what made it begin and end (O6).

use super::ids::OrganizationId;
use crate::channel::{Uin, looked_at};
use crate::ledger::Moment;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// What made somebody begin to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum StartedBy {
    /// The member was created.
    Create = 1,
    /// The member accepted an invitation.
    Accept = 2,
    /// A member that had paid for itself is paid for now.
    Update = 3,
}

/// What made somebody cease to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum EndedBy {
    /// The admin removed the member.
    Remove = 1,
    /// The member left.
    Quit = 2,
    /// The member's account was closed.
    Close = 3,
    /// The member pays for itself now.
    Update = 4,
}

/// When somebody else paid for an account. Kept for ever: what is charged or given back later is told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PayerInterval {
    /// Who paid.
    pub payer: Uin,
    /// As a member of which organization.
    pub organization: OrganizationId,
    /// From when on.
    pub from: Moment,
    /// Until when, that moment outside, and why; `None` while it lasts.
    pub until: Option<(Moment, EndedBy)>,
    /// What made it begin.
    pub started_by: StartedBy,
}

impl PayerInterval {
    /// Whether it paid at this moment.
    pub fn in_force(&self, at: Moment) -> bool {
        looked_at();
        self.from <= at && self.until.is_none_or(|(until, _)| at < until)
    }
}
