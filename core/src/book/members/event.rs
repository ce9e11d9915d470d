//! The events about organizations and their members.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::book::payers::{Begun, Ended, LinesAfter};
use crate::channel::{Resource, Uin};
use crate::organization::{Invitation, InvitationEnd, OrganizationId, Permissions, Settings};
use serde::{Deserialize, Serialize};

events!(Members {
    OrganizationCreated = 1,
    OrganizationChanged = 2,
    OrganizationDeleted = 3,
    InvitationSent = 4,
    InvitationEnded = 5,
    MemberJoined = 6,
    MemberChanged = 7,
    PermissionsDecided = 8,
    MembersLeft = 9,
});

/// An organization was made; it has this event's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationCreated {
    pub admin: Uin,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationChanged {
    pub organization: OrganizationId,
    /// All of them, as they stand from now on.
    pub settings: Settings,
}

/// An organization is no more; nobody can accept its invitations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationDeleted {
    pub organization: OrganizationId,
    pub admin: Uin,
    /// The invitations that were not answered, expired ones among them.
    pub invitations: Vec<Invitation>,
}

/// An account was invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationSent {
    pub admin: Uin,
    pub invitation: Invitation,
}

/// An invitation was turned down or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationEnded {
    pub invitation: Invitation,
    pub admin: Uin,
    pub end: InvitationEnd,
}

/// An account accepted an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberJoined {
    pub admin: Uin,
    /// Who joins which organization, and on which terms.
    pub invitation: Invitation,
    /// Who pays for it from now on.
    pub begun: Option<Begun>,
    pub lines_after: LinesAfter,
}

/// The admin changed what is set for a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberChanged {
    pub organization: OrganizationId,
    pub admin: Uin,
    pub member: Uin,
    pub permissions: Permissions,
    /// What the member is to agree to first.
    pub asked: Option<Permissions>,
    pub allow_quit: bool,
    /// Who pays for it from now on.
    pub begun: Option<Begun>,
    /// Who paid for it until now.
    pub ended: Option<Ended>,
    pub lines_after: LinesAfter,
}

/// A member agreed to the permissions that its admin had asked for, or did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionsDecided {
    pub organization: OrganizationId,
    pub admin: Uin,
    pub member: Uin,
    pub accept: bool,
    pub permissions: Permissions,
    pub begun: Option<Begun>,
    pub ended: Option<Ended>,
    pub lines_after: LinesAfter,
}

/// Members left, or were taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersLeft {
    pub organization: OrganizationId,
    pub admin: Uin,
    /// Whether they left by themselves.
    pub quit: bool,
    /// Who, in the order in which they were named, with who paid for it until now.
    pub members: Vec<(Uin, Option<Ended>)>,
    pub lines_after: LinesAfter,
}

impl Event {
    /// The account that it is about: the member, or whoever is invited; of an organization its admin.
    pub fn account(&self) -> Option<Uin> {
        match self {
            Event::OrganizationCreated(created) => Some(created.admin),
            Event::OrganizationChanged(_) => None,
            Event::OrganizationDeleted(deleted) => Some(deleted.admin),
            Event::InvitationSent(sent) => Some(sent.invitation.member),
            Event::InvitationEnded(ended) => Some(ended.invitation.member),
            Event::MemberJoined(joined) => Some(joined.invitation.member),
            Event::MemberChanged(changed) => Some(changed.member),
            Event::PermissionsDecided(decided) => Some(decided.member),
            Event::MembersLeft(left) => left.members.first().filter(|_| left.members.len() == 1).map(|(one, _)| *one),
        }
    }

    /// Those that left.
    pub(in crate::book) fn left(&self) -> &[(Uin, Option<Ended>)] {
        match self {
            Event::MembersLeft(left) => &left.members,
            _ => &[],
        }
    }

    /// The resources that it moved, as they stand from now on.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        let (begun, ended) = match self {
            Event::MemberJoined(joined) => (joined.begun.as_ref(), None),
            Event::MemberChanged(changed) => (changed.begun.as_ref(), changed.ended.as_ref()),
            Event::PermissionsDecided(decided) => (decided.begun.as_ref(), decided.ended.as_ref()),
            _ => (None, None),
        };
        let left = self.left().iter().filter_map(|(_, ended)| ended.as_ref());
        let ended = ended.into_iter().chain(left).flat_map(|ended| &ended.resources);
        begun.into_iter().flat_map(|begun| &begun.resources).chain(ended)
    }

    /// Whose organization it is about.
    pub(in crate::book) fn admin(&self) -> Option<Uin> {
        match self {
            Event::OrganizationCreated(created) => Some(created.admin),
            Event::OrganizationChanged(_) => None,
            Event::OrganizationDeleted(deleted) => Some(deleted.admin),
            Event::InvitationSent(sent) => Some(sent.admin),
            Event::InvitationEnded(ended) => Some(ended.admin),
            Event::MemberJoined(joined) => Some(joined.admin),
            Event::MemberChanged(changed) => Some(changed.admin),
            Event::PermissionsDecided(decided) => Some(decided.admin),
            Event::MembersLeft(left) => Some(left.admin),
        }
    }
}
