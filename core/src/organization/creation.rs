//! Accounts that are opened for an organization (O33-O36).

use super::condition::Condition;
use super::failure::Failure;
use super::ids::{OrganizationId, RecordId, RelationId};
use super::permission::Permissions;
use crate::channel::Uin;
use crate::ledger::Moment;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// What has become of a creation.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named)]
#[repr(u8)]
pub enum CreationState {
    /// The account is a member.
    Done = 1,
    /// The account is there, and the admin of its entity has not agreed yet (O34).
    Waiting = 2,
    /// The admin of its entity did not agree.
    Refused = 3,
    /// It was agreed to, and these conditions were not met any more; it can be tried again (O36).
    Failed(Vec<(Condition, Failure)>) = 4,
}

impl CreationState {
    /// The first condition that was not met, as the Cloud API calls it.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            CreationState::Failed(failed) => failed.first().map(|(_, failure)| failure.code()),
            CreationState::Done | CreationState::Waiting | CreationState::Refused => None,
        }
    }
}

/// An account that was opened for an organization, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creation {
    /// Its number.
    pub id: RecordId,
    /// For which organization.
    pub organization: OrganizationId,
    /// Which account.
    pub uin: Uin,
    /// Under which other entity than the admin's.
    pub relation: Option<RelationId>,
    /// What the admin is, or is to be, allowed to do for it.
    pub permissions: Permissions,
    /// Who is to pay, where it is said.
    pub payer: Option<Uin>,
    /// When the account was opened.
    pub at: Moment,
    /// What has become of it.
    pub state: CreationState,
}
