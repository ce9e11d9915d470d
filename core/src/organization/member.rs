//! Organizations, their members, and who is invited to become one.

use super::ids::{InvitationId, OrganizationId};
use super::permission::Permissions;
use super::settings::Settings;
use crate::channel::Uin;
use crate::ledger::Moment;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// An organization: its admin, and what is set for it (O4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its number.
    pub id: OrganizationId,
    /// Who made it, answers for it and may pay for its members; for good (O10).
    pub admin: Uin,
    /// When it was made.
    pub created_at: Moment,
    /// What is set for it.
    pub settings: Settings,
}

/// How a member came to be one (O5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum MemberKind {
    /// Its account was there, and accepted an invitation.
    Invited = 1,
    /// Its account was opened for the organization.
    Created = 2,
}

/// A member of an organization (O5). The admin is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The account.
    pub uin: Uin,
    /// Of which organization; there is one at most (O11).
    pub organization: OrganizationId,
    /// Invited, or created.
    pub kind: MemberKind,
    /// What the admin may do for it.
    pub permissions: Permissions,
    /// What the admin asks for instead, until the member agrees (O42).
    pub asked: Option<Asked>,
    /// Whether it may leave by itself (O15).
    pub allow_quit: bool,
    /// When it joined.
    pub joined_at: Moment,
    /// Journal position of its joining; orders an organization's members by age.
    pub joined_seq: u64,
}

/// What a member is asked to agree to (O42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What the admin is to be allowed to do for it.
    pub permissions: Permissions,
    /// Who is to pay, where it is to be paid for.
    pub payer: Option<Uin>,
}

/// How long an invitation is open, in seconds (O39).
pub const INVITATION_SECONDS: i64 = 15 * 86_400;

/// An invitation that nobody has answered yet (O38, O39).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its number.
    pub id: InvitationId,
    /// To which organization.
    pub organization: OrganizationId,
    /// Who is invited.
    pub member: Uin,
    /// What the admin is to be allowed to do for it.
    pub permissions: Permissions,
    /// Who is to pay, where it is said.
    pub payer: Option<Uin>,
    /// Whether it may leave by itself.
    pub allow_quit: bool,
    /// When it was sent.
    pub sent_at: Moment,
}

impl Invitation {
    /// When it is over, that moment outside (O39).
    pub const fn expires_at(&self) -> Moment {
        self.sent_at.plus_seconds(INVITATION_SECONDS)
    }

    /// Whether it can still be accepted.
    pub fn is_open(&self, now: Moment) -> bool {
        now < self.expires_at()
    }
}

/// What ended an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum InvitationEnd {
    /// Who was invited has joined.
    Accepted = 1,
    /// Who was invited does not want to join.
    Denied = 2,
    /// The admin took it back.
    Canceled = 3,
    /// The organization is no more.
    Void = 4,
}
