//! The commands about organizations and their members. The admin's name its account, those of whoever is, or is to be, a
//! member name theirs.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{EntityId, Uin};
use crate::organization::{Feature, InvitationId, OrganizationId, Permissions, QuotasChange, RecordId, RelationId};

commands!(Members {
    CreateOrganization(asked) => Some(asked.admin), Home::Account(asked.admin);
    ChangeOrganization(asked) => None, Home::Id(asked.organization.0);
    DeleteOrganization(asked) => Some(asked.admin), Home::Account(asked.admin);
    InviteMember(asked) => Some(asked.admin), Home::Account(asked.admin);
    CancelInvitation(asked) => Some(asked.admin), Home::Account(asked.admin);
    DenyInvitation(asked) => Some(asked.member), Home::Account(asked.member);
    AcceptInvitation(asked) => Some(asked.member), Home::Account(asked.member);
    ChangeMember(asked) => Some(asked.admin), Home::Account(asked.admin);
    DecidePermissions(asked) => Some(asked.member), Home::Account(asked.member);
    RemoveMembers(asked) => Some(asked.admin), Home::Account(asked.admin);
    QuitOrganization(asked) => Some(asked.member), Home::Account(asked.member);
    CreateMember(asked) => Some(asked.admin), Home::Account(asked.admin);
    RetryCreation(asked) => Some(asked.admin), Home::Account(asked.admin);
    DecideCreation(asked) => None, Home::Id(asked.organization.0);
    AssociateEntity(asked) => None, Home::Id(asked.organization.0);
    ChangeEntity(asked) => None, Home::Id(asked.organization.0);
    DecideEntity(asked) => None, Home::Id(asked.organization.0);
    EndEntity(asked) => None, Home::Id(asked.organization.0);
});

/// Makes an organization of which the caller is the admin (O8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateOrganization {
    /// Who makes it.
    pub admin: Uin,
}

/// Changes what is set for an organization, and what the platform grants it (O18, O32, O49).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeOrganization {
    /// Which.
    pub organization: OrganizationId,
    /// All that it is granted from now on.
    pub features: Option<Vec<Feature>>,
    /// How many of each it may have.
    pub quotas: QuotasChange,
    /// Whether created accounts may be closed while they have resources.
    pub member_deletion: Option<bool>,
}

/// Ends an organization that has no members any more (O13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteOrganization {
    /// Whose.
    pub admin: Uin,
}

/// Invites an account (O38). All conditions are judged now, and once more when it accepts (O41).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteMember {
    /// Who invites.
    pub admin: Uin,
    /// Whom.
    pub member: Uin,
    /// What the admin is to be allowed to do for it.
    pub permissions: Permissions,
    /// Who is to pay, where it is said (O59).
    pub payer: Option<Uin>,
    /// Whether it may leave by itself (O15, O16).
    pub allow_quit: bool,
    /// What the member's entity is called, where it is applied with this for the organization's trust in it (O38, O40).
    pub applied: Option<String>,
}

/// Takes an invitation back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelInvitation {
    /// Whose it is.
    pub admin: Uin,
    /// Which.
    pub invitation: InvitationId,
}

/// Turns an invitation down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DenyInvitation {
    /// Who was invited.
    pub member: Uin,
    /// By which.
    pub invitation: InvitationId,
}

/// Joins an organization. The conditions are judged as things stand now, in one step with the joining (O41, A21).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptInvitation {
    /// Who was invited.
    pub member: Uin,
    /// By which.
    pub invitation: InvitationId,
}

/// Changes what the admin may do for a member, and whether it may leave by itself (O42). An invited member's permissions
/// change once it agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMember {
    /// The admin.
    pub admin: Uin,
    /// Its member.
    pub member: Uin,
    /// What the admin is to be allowed to do for it.
    pub permissions: Option<Permissions>,
    /// Who is to pay; the admin where it is not said and it is paid for already.
    pub payer: Option<Uin>,
    /// Whether it may leave by itself.
    pub allow_quit: Option<bool>,
}

/// A member agrees to the permissions that its admin asks for, or does not (O42).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidePermissions {
    /// The member.
    pub member: Uin,
    /// Of which organization.
    pub organization: OrganizationId,
    /// Whether it agrees.
    pub accept: bool,
}

/// Takes members out of an organization: all of them, or none (O43, O71).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveMembers {
    /// The admin.
    pub admin: Uin,
    /// Who goes; each counts once.
    pub members: Vec<Uin>,
}

/// Leaves an organization (O15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuitOrganization {
    /// Who leaves.
    pub member: Uin,
    /// Which.
    pub organization: OrganizationId,
}

/// Opens an account for an organization, of the admin's entity or of another that the organization trusts (O33-O36).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateMember {
    /// The admin.
    pub admin: Uin,
    /// What the admin is to be allowed to do for it.
    pub permissions: Permissions,
    /// Who is to pay, where it is said.
    pub payer: Option<Uin>,
    /// Under which entity, where it is not the admin's; the account joins once that entity's admin agrees (O34).
    pub relation: Option<RelationId>,
}

/// Lets an account join that was opened for an organization and did not meet the conditions then (O36).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryCreation {
    /// The admin.
    pub admin: Uin,
    /// Of which account.
    pub record: RecordId,
    /// What the admin is to be allowed to do for it.
    pub permissions: Permissions,
    /// Who is to pay, where it is said.
    pub payer: Option<Uin>,
}

/// Tells whether the admin of its entity agrees that an account joins which was opened under that entity (O34). The conditions
/// are judged once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideCreation {
    /// For which organization it was opened.
    pub organization: OrganizationId,
    /// Of which account.
    pub record: RecordId,
    /// Whether it may join.
    pub approve: bool,
}

/// Tells that an organization trusts another entity than its admin's: its accounts may join (O40).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociateEntity {
    /// Which organization.
    pub organization: OrganizationId,
    /// Which entity.
    pub entity: EntityId,
    /// What it is called.
    pub name: String,
    /// Who answers for it.
    pub admin: Option<Uin>,
}

/// Changes who answers for an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeEntity {
    /// Whose.
    pub organization: OrganizationId,
    /// Which.
    pub relation: RelationId,
    /// Who answers for it from now on.
    pub admin: Option<Uin>,
}

/// Tells whether an entity is trusted that an invitation applied for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideEntity {
    /// Whose.
    pub organization: OrganizationId,
    /// Which.
    pub relation: RelationId,
    /// Whether it is trusted from now on; otherwise the application is over.
    pub approve: bool,
}

/// Ends an organization's trust in an entity. Who is a member stays one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndEntity {
    /// Whose.
    pub organization: OrganizationId,
    /// Which.
    pub relation: RelationId,
}
