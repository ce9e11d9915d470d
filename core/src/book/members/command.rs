//! The commands about organizations and their members. The admin's name its account, those of whoever is, or is to be, a
//! member name theirs.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::Uin;
use crate::organization::{Feature, InvitationId, OrganizationId, Permissions, QuotasChange};

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
