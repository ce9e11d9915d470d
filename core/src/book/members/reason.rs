//! The reasons for which a command about organizations is refused.

use crate::channel::{Uin, Verification};
use crate::organization::{Condition, Failure, Permission};
use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// There is no such organization, or the account is in none.
    #[refused(NotFound, Never)]
    OrganizationNotFound = 1,
    /// The account is not a member of this organization.
    #[refused(NotFound, Never)]
    MemberNotFound(Uin) = 2,
    /// There is no such invitation, or it is somebody else's.
    #[refused(NotFound, Never)]
    InvitationNotFound = 3,
    /// Only the organization's admin may do this, and the account is its member.
    #[refused(Forbidden, Never)]
    NotTheAdmin(Uin) = 4,
    /// The account is in an organization already, as its admin or as a member (O8, O11).
    #[refused(Conflict, Later)]
    AlreadyInOrganization(Uin) = 5,
    /// The account must be verified as an enterprise (O8).
    #[refused(Unprocessable, Later)]
    EnterpriseRequired(Verification) = 6,
    /// An account that was created for an organization makes none (O9).
    #[refused(Conflict, Never)]
    CreatedForOrganization(Uin) = 7,
    /// The organization still has members (O13).
    #[refused(Conflict, Later)]
    OrganizationNotEmpty = 8,
    /// The account is on another site than the organization (O38).
    #[refused(Conflict, Never)]
    SiteDiffers(Uin) = 9,
    /// The account has an invitation that is open (O38).
    #[refused(Conflict, Later)]
    InvitationOpen(Uin) = 10,
    /// The organization has as many open invitations as it may have (O39).
    #[refused(Conflict, Later)]
    TooManyInvitations = 11,
    /// The organization has as many accounts as it may have (O32).
    #[refused(Conflict, Later)]
    TooManyMembers = 12,
    /// The invitation is expired (O39). One that was answered or taken back is not found any more.
    #[refused(Conflict, Never)]
    InvitationNotOpen = 13,
    /// Who is paid for may not leave by itself (O16).
    #[refused(Unprocessable, Never)]
    QuitExcludesPayOnBehalf = 14,
    /// Conditions of joining or leaving are not met; each is told (O49-O69).
    #[refused(Conflict, Later)]
    ConditionsNotMet(Vec<(Condition, Failure)>) = 15,
    /// The member has not answered yet what it was asked before (O42).
    #[refused(Conflict, Later)]
    PermissionChangePending = 16,
    /// The member was not asked for anything.
    #[refused(Conflict, Never)]
    NoPermissionChange = 17,
    /// A distributor's sub-customer is paid for as long as it is a member (O54, O72).
    #[refused(Conflict, Never)]
    AlwaysPaidFor(Uin) = 18,
    /// The member may not leave by itself (O15).
    #[refused(Conflict, Later)]
    QuitNotAllowed(Uin) = 19,
    /// The admin can neither be removed nor leave (O10).
    #[refused(Conflict, Never)]
    AdminStays(Uin) = 20,
    /// The member must pay for itself before it leaves (O71).
    #[refused(Conflict, Later)]
    StillPaidFor(Uin) = 21,
    /// An organization needs room for its admin at least, or has more accounts than that already.
    #[refused(Unprocessable, Never)]
    QuotaTooLow = 22,
    /// The organization has no such relation to an entity.
    #[refused(NotFound, Never)]
    RelationNotFound = 23,
    /// The organization has a relation to this entity already, or it is the admin's own (O40).
    #[refused(Conflict, Never)]
    EntityRelated = 24,
    /// The platform has decided on this entity already.
    #[refused(Conflict, Never)]
    RelationNotApplied = 25,
    /// The platform has not decided yet whether this entity is trusted (O34).
    #[refused(Conflict, Later)]
    RelationNotActive = 26,
    /// Nobody answers for this entity, so that nobody could agree (O34).
    #[refused(Conflict, Later)]
    EntityAdminMissing = 27,
    /// The account is not verified as an enterprise, and as this entity.
    #[refused(Unprocessable, Later)]
    EntityAdminDiffers(Uin) = 28,
    /// The organization has as many entities as it may have, those that it asks for among them.
    #[refused(Conflict, Later)]
    TooManyRelations = 29,
    /// As many accounts were created for the organization today as may be (O36).
    #[refused(Conflict, Later)]
    TooManyCreations = 30,
    /// The organization has no such record of a creation (O36).
    #[refused(NotFound, Never)]
    CreationNotFound = 31,
    /// It is decided already whether this account joins, or there was nothing to agree to.
    #[refused(Conflict, Never)]
    CreationNotWaiting = 32,
    /// Only a creation that failed is tried again (O36).
    #[refused(Conflict, Never)]
    CreationNotFailed {
        /// Whether the account is a member.
        done: bool,
    } = 33,
    /// An account that was created for the organization does not leave by itself (O15).
    #[refused(Conflict, Never)]
    CreatedMayNotQuit(Uin) = 34,
    /// An account that was created for the organization stays until it has contact data of its own (O43, O47).
    #[refused(Conflict, Later)]
    CreatedStays(Uin) = 35,
    /// The account answers for an entity that is associated with the organization (O43).
    #[refused(Conflict, Later)]
    EntityAdminStays(Uin) = 36,
    /// The account pays on behalf of others (O43).
    #[refused(Conflict, Later)]
    PaysForOthers(Uin) = 37,
    /// The member does not let its admin do this (O49).
    #[refused(Unprocessable, Later)]
    PermissionMissing {
        /// Who does not.
        member: Uin,
        /// What it would have to permit.
        permission: Permission,
    } = 38,
}
