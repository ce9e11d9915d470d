//! What the auditor keeps of organizations: what they were granted, their members, whom they invite and create, which entities they
//! trust, and who pays for whom and when.

#![expect(missing_docs, reason = "fields and states have the glossary's names")]

use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::organization::{Condition, EndedBy, Failure, Permissions, Quotas, StartedBy};
use std::collections::BTreeSet;

/// An organization (O4).
#[derive(Debug, Clone)]
pub struct Organization {
    pub admin: Uin,
    pub created_at: Moment,
    pub features: BTreeSet<u8>,
    pub quotas: Quotas,
    pub member_deletion: bool,
}

/// A member of an organization (O5). The admin is none.
#[derive(Debug, Clone)]
pub struct Member {
    pub organization: u64,
    /// Whether its account was opened for the organization (O33).
    pub created: bool,
    pub permissions: Permissions,
    /// What the admin asks for instead, until the member agrees (O42).
    pub asked: Option<Asked>,
    pub allow_quit: bool,
    pub joined_at: Moment,
    pub joined_seq: u64,
}

/// What a member is asked to agree to, and who is to pay where it is to be paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub permissions: Permissions,
    pub payer: Option<Uin>,
}

/// An account that was opened for an organization (O33-O36).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    pub organization: u64,
    pub uin: Uin,
    /// Under which relation to another entity.
    pub relation: Option<u64>,
    pub permissions: Permissions,
    pub payer: Option<Uin>,
    pub at: Moment,
    pub state: State,
}

/// What has become of a creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Done,
    Waiting,
    Refused,
    /// It was agreed to, and these conditions were not met.
    Failed(Vec<(Condition, Failure)>),
}

/// An entity that an organization trusts, or is asked to (O40).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub organization: u64,
    pub entity: String,
    /// Whether it is decided; otherwise an invitation applies for it.
    pub active: bool,
    /// Who answers for it.
    pub admin: Option<Uin>,
}

/// An invitation that nobody has answered (O38); it may be over.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub organization: u64,
    pub member: Uin,
    pub permissions: Permissions,
    pub payer: Option<Uin>,
    pub allow_quit: bool,
    pub sent_at: Moment,
}

impl Invitation {
    /// 15 days long, that moment outside (O39).
    pub fn is_open(&self, now: Moment) -> bool {
        now < self.sent_at.plus_seconds(15 * 86_400)
    }
}

/// When somebody else paid for an account (O6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    pub payer: Uin,
    pub organization: u64,
    pub from: Moment,
    pub until: Option<(Moment, EndedBy)>,
    pub started_by: StartedBy,
}

impl Interval {
    /// Its start is inside, its end outside.
    pub fn in_force(&self, at: Moment) -> bool {
        self.from <= at && self.until.is_none_or(|(until, _)| at < until)
    }
}
