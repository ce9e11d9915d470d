//! What refusals about organizations and their members say.
//! When they come is the core's affair.

use super::super::Problem;
use crate::pay_on_behalf::unmet;
use credere_core::book::members::Reason;
use credere_core::channel::Verification;
use credere_core::organization::RELATIONS_MAX;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::OrganizationNotFound => {
            ("There is no such organization", "there is no such organization, or the account is in none".to_owned())
        }
        Reason::MemberNotFound(uin) => {
            ("There is no such member", format!("the account `{uin}` is not a member of this organization"))
        }
        Reason::InvitationNotFound => (
            "There is no such invitation",
            "no such invitation waits for an answer, or it is somebody else's".to_owned(),
        ),
        Reason::NotTheAdmin(uin) => {
            ("Not the admin", format!("the account `{uin}` is a member, and only its organization's admin may do this"))
        }
        Reason::AlreadyInOrganization(uin) => (
            "The account is in an organization",
            format!("the account `{uin}` is in an organization already, as its admin or as a member (O8, O11)"),
        ),
        Reason::EnterpriseRequired(level) => {
            let level = match level {
                Verification::None => "not verified",
                Verification::Personal => "verified as a person",
                Verification::Enterprise => "verified as an enterprise",
            };
            (
                "An enterprise is required",
                format!("the account is {level}, and an organization is an enterprise's (O8)"),
            )
        }
        Reason::CreatedForOrganization(uin) => (
            "The account was created for an organization",
            format!("the account `{uin}` was created for an organization and makes none of its own (O9)"),
        ),
        Reason::OrganizationNotEmpty => ("The organization has members", "remove its members first (O13)".to_owned()),
        Reason::SiteDiffers(uin) => {
            ("The account is on another site", format!("the account `{uin}` is on another site than the admin (O38)"))
        }
        Reason::InvitationOpen(uin) => (
            "The account is invited already",
            format!("the account `{uin}` has an invitation that is open; one at a time (O38)"),
        ),
        Reason::TooManyInvitations => (
            "Too many invitations are open",
            "the organization has as many open invitations as it may have (O39)".to_owned(),
        ),
        Reason::TooManyMembers => (
            "The organization is full",
            "the organization has as many accounts as it may have, its admin among them (O32)".to_owned(),
        ),
        Reason::InvitationNotOpen => {
            ("The invitation is not open", "the invitation is older than 15 days (O39)".to_owned())
        }
        Reason::QuitExcludesPayOnBehalf => (
            "Who is paid for does not leave by itself",
            "a member that is paid for (id 7) may not leave by itself (O16)".to_owned(),
        ),
        Reason::ConditionsNotMet(failed) => {
            let each = failed.iter().map(|(condition, failure)| format!("{condition} {}", failure.code()));
            let each: Vec<String> = each.collect();
            ("Conditions are not met", format!("these conditions are not met: {}", each.join(", ")))
        }
        Reason::PermissionChangePending => (
            "A change of permissions waits",
            "the member has not answered yet what it was asked before (O42)".to_owned(),
        ),
        Reason::NoPermissionChange => {
            ("No change of permissions waits", "the member was not asked for other permissions".to_owned())
        }
        Reason::AlwaysPaidFor(uin) => (
            "The member is always paid for",
            format!("a distributor's sub-customer such as `{uin}` is paid for as long as it is a member (O54, O72)"),
        ),
        Reason::QuitNotAllowed(uin) => {
            ("The member may not leave by itself", format!("the admin does not let `{uin}` leave by itself (O15)"))
        }
        Reason::AdminStays(uin) => (
            "The admin stays",
            format!("the account `{uin}` is the organization's admin, which neither leaves nor is removed (O10)"),
        ),
        Reason::StillPaidFor(uin) => (
            "The member is still paid for",
            format!("the member `{uin}` must pay for itself before it leaves (O71, `rules.strict_exit`)"),
        ),
        Reason::RelationNotFound => {
            ("There is no such relation", "the organization has no such relation to an entity".to_owned())
        }
        Reason::EntityRelated => (
            "The entity is related already",
            "the organization has a relation to this entity already, or it is the admin's own (O40)".to_owned(),
        ),
        Reason::RelationNotApplied => {
            ("The entity is decided on", "the organization trusts this entity already".to_owned())
        }
        Reason::RelationNotActive => (
            "The entity is not decided on",
            "the organization asks for trust in this entity, and that is not decided yet (O34)".to_owned(),
        ),
        Reason::EntityAdminMissing => (
            "Nobody answers for the entity",
            "nobody answers for this entity, so nobody could agree to an account under it (O34)".to_owned(),
        ),
        Reason::EntityAdminDiffers(uin) => (
            "The account is not of this entity",
            format!("the account `{uin}` is not verified as an enterprise, and as this entity"),
        ),
        Reason::TooManyRelations => (
            "Too many entities",
            format!(
                "an organization has relations to at most {RELATIONS_MAX} entities, those that it asks for among them"
            ),
        ),
        Reason::TooManyCreations => (
            "Too many accounts were created today",
            "as many accounts were created for the organization today as may be (O36)".to_owned(),
        ),
        Reason::CreationNotFound => (
            "There is no such creation",
            "no account was created for the organization under this record (O36)".to_owned(),
        ),
        Reason::CreationNotWaiting => (
            "The creation does not wait",
            "it is decided already whether this account joins, or nobody had to agree".to_owned(),
        ),
        Reason::CreationNotFailed { done: true } => {
            ("The creation is done", "the account of this record is a member (O36)".to_owned())
        }
        Reason::CreationNotFailed { done: false } => {
            ("The creation did not fail", "only a creation that failed is tried again (O36)".to_owned())
        }
        Reason::CreatedMayNotQuit(uin) => (
            "The member may not leave by itself",
            format!("the account `{uin}` was created for the organization, and does not leave it by itself (O15)"),
        ),
        Reason::CreatedStays(uin) => (
            "The member stays",
            format!("the account `{uin}` was created for the organization, and has no contact data of its own (O43)"),
        ),
        Reason::EntityAdminStays(uin) => (
            "The member answers for an entity",
            format!("the account `{uin}` answers for an entity of the organization; name another one first (O43)"),
        ),
        Reason::PaysForOthers(uin) => {
            ("The member pays for others", format!("the account `{uin}` pays on behalf of others (O43)"))
        }
        Reason::QuotaTooLow => {
            ("The quota is too low", "the organization has more accounts than that, its admin among them".to_owned())
        }
        Reason::PermissionMissing { member, permission } => (
            "The member does not permit it",
            format!("the member `{member}` has not permission {} (O49)", permission.id()),
        ),
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match reason {
        Reason::ConditionsNotMet(failed) => problem.with("checks", unmet(failed)),
        Reason::PermissionMissing { member, permission } => {
            problem.with("account_uin", member.number()).with("permission_id", permission.id())
        }
        Reason::MemberNotFound(uin)
        | Reason::NotTheAdmin(uin)
        | Reason::AlreadyInOrganization(uin)
        | Reason::CreatedForOrganization(uin)
        | Reason::SiteDiffers(uin)
        | Reason::InvitationOpen(uin)
        | Reason::AlwaysPaidFor(uin)
        | Reason::QuitNotAllowed(uin)
        | Reason::AdminStays(uin)
        | Reason::EntityAdminDiffers(uin)
        | Reason::CreatedMayNotQuit(uin)
        | Reason::CreatedStays(uin)
        | Reason::EntityAdminStays(uin)
        | Reason::PaysForOthers(uin)
        | Reason::StillPaidFor(uin) => problem.with("account_uin", uin.number()),
        Reason::OrganizationNotFound
        | Reason::InvitationNotFound
        | Reason::EnterpriseRequired(_)
        | Reason::OrganizationNotEmpty
        | Reason::TooManyInvitations
        | Reason::TooManyMembers
        | Reason::InvitationNotOpen
        | Reason::QuitExcludesPayOnBehalf
        | Reason::PermissionChangePending
        | Reason::NoPermissionChange
        | Reason::RelationNotFound
        | Reason::EntityRelated
        | Reason::RelationNotApplied
        | Reason::RelationNotActive
        | Reason::EntityAdminMissing
        | Reason::TooManyRelations
        | Reason::TooManyCreations
        | Reason::CreationNotFound
        | Reason::CreationNotWaiting
        | Reason::CreationNotFailed { .. }
        | Reason::QuotaTooLow => problem,
    }
}
