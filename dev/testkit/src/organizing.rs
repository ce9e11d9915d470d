//! What happens in organizations in the core's terms: a part of [`Names::command`], and the names of what comes of it.

use crate::names::{NEVER, Names};
use crate::scenario::{MemberTerms, Name, Organizing};
use crate::terms::entity_of;
use crate::world::Failure;
use credere_core::book::{Command, members, transfers};
use credere_core::channel::TransferId;
use credere_core::organization::{InvitationId, OrganizationId, QuotasChange, RecordId, RelationId};

impl Names {
    /// Every account that was created for an organization, and its record.
    pub fn creations(&self) -> impl Iterator<Item = (&Name, RecordId)> {
        self.creations.iter().map(|(name, id)| (name, *id))
    }

    /// Every relation to an entity that was named.
    pub fn relations(&self) -> impl Iterator<Item = (&Name, RelationId)> {
        self.relations.iter().map(|(name, id)| (name, *id))
    }

    /// What a relation to an entity was called; its number where it was not.
    pub fn name_of_relation(&self, id: RelationId) -> Name {
        self.relations().find(|(_, known)| *known == id).map_or_else(|| id.0.to_string(), |(name, _)| name.clone())
    }

    /// Gives the record of an account that was created its name, where the answers were numbers alone.
    pub fn remember_creation(&mut self, name: &str, id: RecordId) {
        self.creations.insert(name.to_owned(), id);
    }

    /// Gives a relation to an entity its name, where the answer was its number alone.
    pub fn remember_relation(&mut self, name: &str, id: RelationId) {
        self.relations.insert(name.to_owned(), id);
    }

    /// The command that it is.
    pub(crate) fn organizing(&self, act: &Organizing) -> Result<Command, Failure> {
        let of = |admin: &str| self.organizations.get(admin).copied().unwrap_or(OrganizationId(NEVER));
        let sent = |name: &str| self.invitations.get(name).copied().unwrap_or(InvitationId(NEVER));
        let uin = |name: &str| self.uin(name);
        let record = |member: &str| self.creations.get(member).copied().unwrap_or(RecordId(NEVER));
        let related = |name: &str| self.relations.get(name).copied().unwrap_or(RelationId(NEVER));
        let payer = |terms: &MemberTerms| terms.payer.as_deref().map(uin);
        Ok(match act {
            Organizing::Make { admin } => members::CreateOrganization { admin: uin(admin) }.into(),
            Organizing::End { admin } => members::DeleteOrganization { admin: uin(admin) }.into(),
            Organizing::Grant { admin, accounts, invitations, creations, features } => {
                let quotas = QuotasChange {
                    accounts: *accounts,
                    open_invitations: *invitations,
                    creations_per_day: *creations,
                    ..Default::default()
                };
                let (organization, features) = (of(admin), features.clone());
                members::ChangeOrganization { organization, features, quotas, member_deletion: None }.into()
            }
            Organizing::Invite { admin, member, terms, applying, .. } => members::InviteMember {
                admin: uin(admin),
                member: uin(member),
                permissions: terms.permissions.unwrap_or_default(),
                payer: payer(terms),
                allow_quit: terms.may_quit.unwrap_or(false),
                applied: applying.clone(),
            }
            .into(),
            Organizing::Cancel { admin, invitation } => {
                members::CancelInvitation { admin: uin(admin), invitation: sent(invitation) }.into()
            }
            Organizing::Accept { member, invitation } => {
                members::AcceptInvitation { member: uin(member), invitation: sent(invitation) }.into()
            }
            Organizing::Deny { member, invitation } => {
                members::DenyInvitation { member: uin(member), invitation: sent(invitation) }.into()
            }
            Organizing::ChangeMember { admin, member, terms } => members::ChangeMember {
                admin: uin(admin),
                member: uin(member),
                permissions: terms.permissions,
                payer: payer(terms),
                allow_quit: terms.may_quit,
            }
            .into(),
            Organizing::Decide { member, admin, agrees } => {
                members::DecidePermissions { member: uin(member), organization: of(admin), accept: *agrees }.into()
            }
            Organizing::Remove { admin, members } => {
                let members = members.iter().map(|member| uin(member)).collect();
                members::RemoveMembers { admin: uin(admin), members }.into()
            }
            Organizing::Transfer { admin, member, amount, .. } => {
                transfers::TransferFunds { organization: of(admin), member: uin(member), amount: *amount }.into()
            }
            Organizing::TakeBack { admin, amount, transfer } => {
                let transfer = self.transfers.get(transfer).copied().unwrap_or(TransferId(NEVER));
                transfers::ReturnTransfer { organization: of(admin), transfer, amount: *amount }.into()
            }
            Organizing::Quit { member, admin } => {
                members::QuitOrganization { member: uin(member), organization: of(admin) }.into()
            }
            Organizing::Create { admin, terms, under, .. } => members::CreateMember {
                admin: uin(admin),
                permissions: terms.permissions.unwrap_or_default(),
                payer: payer(terms),
                relation: under.as_deref().map(related),
            }
            .into(),
            Organizing::Retry { admin, member, terms } => members::RetryCreation {
                admin: uin(admin),
                record: record(member),
                permissions: terms.permissions.unwrap_or_default(),
                payer: payer(terms),
            }
            .into(),
            Organizing::DecideCreation { admin, member, approve } => {
                members::DecideCreation { organization: of(admin), record: record(member), approve: *approve }.into()
            }
            Organizing::Associate { admin, entity, answers, .. } => members::AssociateEntity {
                organization: of(admin),
                entity: entity_of(entity)?,
                name: entity.clone(),
                admin: answers.as_deref().map(uin),
            }
            .into(),
            Organizing::ChangeEntity { admin, relation, answers } => members::ChangeEntity {
                organization: of(admin),
                relation: related(relation),
                admin: answers.as_deref().map(uin),
            }
            .into(),
            Organizing::DecideEntity { admin, relation, approve } => {
                members::DecideEntity { organization: of(admin), relation: related(relation), approve: *approve }.into()
            }
            Organizing::EndEntity { admin, relation } => {
                members::EndEntity { organization: of(admin), relation: related(relation) }.into()
            }
        })
    }
}
