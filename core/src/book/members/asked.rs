//! The commands about organizations, told from their events.

use super::command::{
    AcceptInvitation, AssociateEntity, CancelInvitation, ChangeEntity, ChangeMember, ChangeOrganization, CreateMember,
    CreateOrganization, DecideCreation, DecideEntity, DecidePermissions, DeleteOrganization, DenyInvitation, EndEntity,
    InviteMember, QuitOrganization, RemoveMembers, RetryCreation,
};
use super::event::{
    CreationDecided, CreationRetried, EntityAssociated, EntityChanged, EntityDecided, EntityEnded, Event,
    InvitationEnded, InvitationSent, MemberChanged, MemberCreated, MembersLeft,
};
use crate::book::{Book, Command};
use crate::organization::{Creation, EntityRelation, Invitation, InvitationEnd, QuotasChange};

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
            Event::InvitationSent(InvitationSent { admin, invitation, applied }) => {
                let Invitation { organization, member, permissions, payer, allow_quit, .. } = *invitation;
                // It may have applied for what another invitation had applied for.
                let entity = before.account_facts(member).entity.as_ref();
                let pending = || before.relation_to(organization, entity?.as_str()).filter(|one| !one.is_active());
                let applied = applied.as_ref().or_else(pending).map(|relation| relation.name.clone());
                InviteMember { admin: *admin, member, permissions, payer, allow_quit, applied }.into()
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
                let kept = before.member(*member)?;
                let allow_quit = (*allow_quit != kept.allow_quit).then_some(*allow_quit);
                // At once, or once the member agrees.
                let permissions = Some(*permissions)
                    .filter(|now| *now != kept.permissions)
                    .or(asked.filter(|_| *asked != kept.asked).map(|one| one.permissions));
                let (begins, agreed) = (begun.as_ref().map(|one| one.payer), asked.and_then(|one| one.payer));
                let payer = permissions.and(begins.or(agreed).or(before.payer_of(*member)).or(Some(*admin)));
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
            Event::MemberCreated(MemberCreated { admin, creation, .. }) => {
                let Creation { permissions, payer, relation, .. } = *creation;
                CreateMember { admin: *admin, permissions, payer, relation }.into()
            }
            Event::CreationDecided(CreationDecided { organization, record, approve, .. }) => {
                DecideCreation { organization: *organization, record: *record, approve: *approve }.into()
            }
            Event::CreationRetried(CreationRetried { admin, record, permissions, payer, .. }) => {
                RetryCreation { admin: *admin, record: *record, permissions: *permissions, payer: *payer }.into()
            }
            Event::EntityAssociated(EntityAssociated { relation }) => {
                let EntityRelation { organization, ref entity, ref name, admin, .. } = *relation;
                AssociateEntity { organization, entity: entity.clone(), name: name.clone(), admin }.into()
            }
            Event::EntityChanged(EntityChanged { organization, relation, admin }) => {
                ChangeEntity { organization: *organization, relation: *relation, admin: *admin }.into()
            }
            Event::EntityDecided(EntityDecided { organization, relation, approve }) => {
                DecideEntity { organization: *organization, relation: *relation, approve: *approve }.into()
            }
            Event::EntityEnded(EntityEnded { organization, relation }) => {
                EndEntity { organization: *organization, relation: *relation }.into()
            }
        })
    }
}
