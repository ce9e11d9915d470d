//! The events about organizations and their members.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::book::parties::{AccountOpened, CustomerBound};
use crate::book::payers::{Begun, Ended, LinesAfter};
use crate::channel::{Resource, Uin};
use crate::organization::{
    Asked, Creation, CreationState, EntityRelation, Invitation, InvitationEnd, OrganizationId, Permissions, RecordId,
    RelationId, Settings,
};
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
    MemberCreated = 10,
    CreationDecided = 11,
    CreationRetried = 12,
    EntityAssociated = 13,
    EntityChanged = 14,
    EntityDecided = 15,
    EntityEnded = 16,
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
    /// The entity that the organization is to trust, where it is applied for.
    pub applied: Option<EntityRelation>,
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
    pub asked: Option<Asked>,
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

/// An account was opened for an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCreated {
    pub admin: Uin,
    pub creation: Creation,
    pub opened: AccountOpened,
    /// Whose customer it is from the beginning, where its admin is a partner's sub-customer.
    pub bound: Option<CustomerBound>,
    /// Who pays for it from now on, where it joined at once.
    pub begun: Option<Begun>,
    pub lines_after: LinesAfter,
}

/// It was told whether the admin of its entity agrees to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationDecided {
    pub organization: OrganizationId,
    pub admin: Uin,
    pub record: RecordId,
    pub member: Uin,
    pub permissions: Permissions,
    pub approve: bool,
    pub state: CreationState,
    pub begun: Option<Begun>,
    pub lines_after: LinesAfter,
}

/// An account joined that could not before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationRetried {
    pub organization: OrganizationId,
    pub admin: Uin,
    pub record: RecordId,
    pub member: Uin,
    pub permissions: Permissions,
    pub payer: Option<Uin>,
    pub begun: Option<Begun>,
    pub lines_after: LinesAfter,
}

/// An organization trusts an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityAssociated {
    pub relation: EntityRelation,
}

/// Somebody else answers for an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityChanged {
    pub organization: OrganizationId,
    pub relation: RelationId,
    pub admin: Option<Uin>,
}

/// The platform decided on an entity that was applied for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityDecided {
    pub organization: OrganizationId,
    pub relation: RelationId,
    pub approve: bool,
}

/// An organization does not trust an entity any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityEnded {
    pub organization: OrganizationId,
    pub relation: RelationId,
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
            Event::MemberCreated(created) => Some(created.creation.uin),
            Event::CreationDecided(decided) => Some(decided.member),
            Event::CreationRetried(retried) => Some(retried.member),
            Event::EntityAssociated(_) | Event::EntityChanged(_) | Event::EntityDecided(_) | Event::EntityEnded(_) => {
                None
            }
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
            Event::CreationDecided(decided) => (decided.begun.as_ref(), None),
            Event::CreationRetried(retried) => (retried.begun.as_ref(), None),
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
            Event::MemberCreated(created) => Some(created.admin),
            Event::CreationDecided(decided) => Some(decided.admin),
            Event::CreationRetried(retried) => Some(retried.admin),
            Event::EntityAssociated(_) | Event::EntityChanged(_) | Event::EntityDecided(_) | Event::EntityEnded(_) => {
                None
            }
        }
    }
}
