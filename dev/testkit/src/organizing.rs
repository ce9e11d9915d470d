//! What happens in organizations in the core's terms: a part of [`Names::command`].

use crate::names::{NEVER, Names};
use crate::scenario::Organizing;
use credere_core::book::{Command, members, transfers};
use credere_core::channel::TransferId;
use credere_core::organization::{InvitationId, OrganizationId, QuotasChange};

impl Names {
    /// The command that it is.
    pub(crate) fn organizing(&self, act: &Organizing) -> Command {
        let of = |admin: &str| self.organizations.get(admin).copied().unwrap_or(OrganizationId(NEVER));
        let sent = |name: &str| self.invitations.get(name).copied().unwrap_or(InvitationId(NEVER));
        let uin = |name: &str| self.uin(name);
        match act {
            Organizing::Make { admin } => members::CreateOrganization { admin: uin(admin) }.into(),
            Organizing::End { admin } => members::DeleteOrganization { admin: uin(admin) }.into(),
            Organizing::Grant { admin, accounts, invitations, features } => {
                let quotas = QuotasChange { accounts: *accounts, open_invitations: *invitations, ..Default::default() };
                let (organization, features) = (of(admin), features.clone());
                members::ChangeOrganization { organization, features, quotas, member_deletion: None }.into()
            }
            Organizing::Invite { admin, member, terms, .. } => members::InviteMember {
                admin: uin(admin),
                member: uin(member),
                permissions: terms.permissions.unwrap_or_default(),
                payer: terms.payer.as_deref().map(uin),
                allow_quit: terms.may_quit.unwrap_or(false),
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
                payer: terms.payer.as_deref().map(uin),
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
        }
    }
}
