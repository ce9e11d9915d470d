//! What webhooks are told of organizations: that one was made, changed or ended, who is invited, and who joins, changes and
//! leaves. The admin's webhooks are told, and those of whoever it is about.

use credere_core::book::{Event, members};
use credere_core::channel::Uin;
use credere_core::organization::{CreationState, InvitationEnd, OrganizationId, Permissions};

/// The kinds of these messages.
pub const ORGANIZATION_KINDS: [&str; 8] = [CREATED, CHANGED, DELETED, SENT, ENDED, JOINED, MEMBER_CHANGED, LEFT];

const CREATED: &str = "organization.created";
const CHANGED: &str = "organization.changed";
const DELETED: &str = "organization.deleted";
const SENT: &str = "organization.invitation_sent";
const ENDED: &str = "organization.invitation_ended";
const JOINED: &str = "organization.member_joined";
const MEMBER_CHANGED: &str = "organization.member_changed";
const LEFT: &str = "organization.member_left";

/// What happened in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationNews {
    /// One of [`ORGANIZATION_KINDS`].
    pub kind: &'static str,
    /// In which; the one that the record made where absent.
    pub organization: Option<OrganizationId>,
    /// Whose it is, where the record says so.
    pub admin: Option<Uin>,
    /// Who is invited, a member, or was one.
    pub member: Option<Uin>,
    /// What its admin may do for it from now on, or is to be allowed to do.
    pub permissions: Option<Permissions>,
    /// What has become of an invitation, or how a member left: `accepted`, `removed`, ...
    pub outcome: Option<&'static str>,
}

/// What there is to be told of an event, in order.
pub(super) fn news(event: &Event) -> Vec<OrganizationNews> {
    let Event::Members(event) = event else { return Vec::new() };
    let of = |kind| OrganizationNews {
        kind,
        organization: None,
        admin: None,
        member: None,
        permissions: None,
        outcome: None,
    };
    let about = |kind, organization, admin| OrganizationNews {
        organization: Some(organization),
        admin: Some(admin),
        ..of(kind)
    };
    let ended = |organization, admin, member, end: InvitationEnd| OrganizationNews {
        member: Some(member),
        outcome: Some(end.name()),
        ..about(ENDED, organization, admin)
    };
    let joined = |organization, admin, member, permissions| OrganizationNews {
        member: Some(member),
        permissions: Some(permissions),
        ..about(JOINED, organization, admin)
    };
    match event {
        members::Event::OrganizationCreated(fact) => {
            vec![OrganizationNews { admin: Some(fact.admin), ..of(CREATED) }]
        }
        members::Event::OrganizationChanged(fact) => {
            vec![OrganizationNews { organization: Some(fact.organization), ..of(CHANGED) }]
        }
        members::Event::OrganizationDeleted(fact) => {
            let void = fact.invitations.iter();
            let void = void.map(|one| ended(fact.organization, fact.admin, one.member, InvitationEnd::Void));
            [about(DELETED, fact.organization, fact.admin)].into_iter().chain(void).collect()
        }
        members::Event::InvitationSent(fact) => vec![OrganizationNews {
            member: Some(fact.invitation.member),
            permissions: Some(fact.invitation.permissions),
            ..about(SENT, fact.invitation.organization, fact.admin)
        }],
        members::Event::InvitationEnded(fact) => {
            vec![ended(fact.invitation.organization, fact.admin, fact.invitation.member, fact.end)]
        }
        members::Event::MemberJoined(fact) => {
            let (organization, member) = (fact.invitation.organization, fact.invitation.member);
            let joined = joined(organization, fact.admin, member, fact.invitation.permissions);
            vec![ended(organization, fact.admin, member, InvitationEnd::Accepted), joined]
        }
        // An account that was created joins at once, or once that is agreed to and its conditions are met.
        members::Event::MemberCreated(fact) => {
            let creation = &fact.creation;
            let joined = joined(creation.organization, fact.admin, creation.uin, creation.permissions);
            if creation.state == CreationState::Done { vec![joined] } else { Vec::new() }
        }
        members::Event::CreationDecided(fact) => {
            let joined = joined(fact.organization, fact.admin, fact.member, fact.permissions);
            if fact.state == CreationState::Done { vec![joined] } else { Vec::new() }
        }
        members::Event::CreationRetried(fact) => {
            vec![joined(fact.organization, fact.admin, fact.member, fact.permissions)]
        }
        // Whom it trusts is asked for.
        members::Event::EntityAssociated(_)
        | members::Event::EntityChanged(_)
        | members::Event::EntityDecided(_)
        | members::Event::EntityEnded(_) => Vec::new(),
        members::Event::MemberChanged(fact) => vec![OrganizationNews {
            member: Some(fact.member),
            permissions: Some(fact.permissions),
            ..about(MEMBER_CHANGED, fact.organization, fact.admin)
        }],
        members::Event::PermissionsDecided(fact) => vec![OrganizationNews {
            member: Some(fact.member),
            permissions: Some(fact.permissions),
            outcome: Some(if fact.accept { "accepted" } else { "declined" }),
            ..about(MEMBER_CHANGED, fact.organization, fact.admin)
        }],
        members::Event::MembersLeft(fact) => {
            let how = if fact.quit { "quit" } else { "removed" };
            let left = |(member, _): &(Uin, _)| OrganizationNews {
                member: Some(*member),
                outcome: Some(how),
                ..about(LEFT, fact.organization, fact.admin)
            };
            fact.members.iter().map(left).collect()
        }
    }
}
