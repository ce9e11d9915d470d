//! The commands about organizations, told from their events.

use super::command::{
    AcceptInvitation, CancelInvitation, ChangeMember, ChangeOrganization, CreateOrganization, DecidePermissions,
    DeleteOrganization, DenyInvitation, InviteMember, QuitOrganization, RemoveMembers,
};
use super::event::{Event, InvitationEnded, InvitationSent, MemberChanged, MembersLeft};
use crate::book::{Book, Command};
use crate::organization::{Invitation, InvitationEnd, QuotasChange};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
        Some(match self {
            Event::OrganizationCreated(created) => CreateOrganization { admin: created.admin }.into(),
            Event::OrganizationChanged(changed) => {
                let quotas = changed.settings.quotas;
                let quotas = QuotasChange {
                    accounts: Some(quotas.accounts),
                    departments: Some(quotas.departments),
                    open_invitations: Some(quotas.open_invitations),
                    creations_per_day: Some(quotas.creations_per_day),
                };
                let features = Some(changed.settings.features.clone());
                let member_deletion = Some(changed.settings.member_deletion);
                ChangeOrganization { organization: changed.organization, features, quotas, member_deletion }.into()
            }
            Event::OrganizationDeleted(deleted) => DeleteOrganization { admin: deleted.admin }.into(),
            Event::InvitationSent(InvitationSent { admin, invitation }) => {
                let Invitation { member, permissions, payer, allow_quit, .. } = *invitation;
                InviteMember { admin: *admin, member, permissions, payer, allow_quit }.into()
            }
            Event::InvitationEnded(InvitationEnded { invitation, admin, end }) => match end {
                InvitationEnd::Canceled => CancelInvitation { admin: *admin, invitation: invitation.id }.into(),
                InvitationEnd::Denied => DenyInvitation { member: invitation.member, invitation: invitation.id }.into(),
                InvitationEnd::Accepted | InvitationEnd::Void => return None,
            },
            Event::MemberJoined(joined) => {
                AcceptInvitation { member: joined.invitation.member, invitation: joined.invitation.id }.into()
            }
            Event::MemberChanged(MemberChanged { admin, member, permissions, asked, allow_quit, begun, .. }) => {
                let (kept, wanted) = (before.member(*member)?, asked.unwrap_or(*permissions));
                let allow_quit = (*allow_quit != kept.allow_quit).then_some(*allow_quit);
                let permissions =
                    (wanted != kept.permissions && *asked != kept.asked || begun.is_some()).then_some(wanted);
                let payer = permissions.map(|_| *admin);
                ChangeMember { admin: *admin, member: *member, permissions, payer, allow_quit }.into()
            }
            Event::PermissionsDecided(decided) => {
                DecidePermissions { member: decided.member, organization: decided.organization, accept: decided.accept }
                    .into()
            }
            Event::MembersLeft(MembersLeft { organization, admin, quit, members, .. }) => {
                let mut members = members.iter().map(|(member, _)| *member);
                if *quit {
                    QuitOrganization { member: members.next()?, organization: *organization }.into()
                } else {
                    RemoveMembers { admin: *admin, members: members.collect() }.into()
                }
            }
        })
    }
}
