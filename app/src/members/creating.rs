//! Accounts that are opened for an organization: what they are called goes to the directory, everything that decides to the book.

use super::commands::{MemberLabel, MemberLabelChange, write_label, write_profile};
use crate::app::App;
use crate::caller::Caller;
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Event, KeyUse, members};
use credere_core::channel::Uin;
use credere_core::organization::{Creation, OrganizationId, RecordId};
use credere_store::contract::ProfilePatch;

/// What an account is called that is opened for an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMemberLabel {
    /// Its name in the organization.
    pub name: String,
    /// What the admin notes of it.
    pub remark: Option<String>,
    /// The account's own name.
    pub account_name: String,
}

/// An account that was opened for an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreationView {
    /// What the book has of it.
    pub creation: Creation,
    /// What the admin calls the account, as long as that is so.
    pub name: Option<String>,
}

impl Done {
    /// The account that was opened for an organization, or has joined it now.
    ///
    /// # Errors
    /// [`Failure::Internal`] when there is none.
    pub fn created_member(&self) -> Result<Uin, Failure> {
        match &*self.event {
            Event::Members(members::Event::MemberCreated(fact)) => Ok(fact.creation.uin),
            Event::Members(members::Event::CreationRetried(fact)) => Ok(fact.member),
            _ => Err(unexpected()),
        }
    }
}

impl App {
    /// Opens an account for an organization, verified as the admin's entity, or as another that the organization trusts.
    ///
    /// # Errors
    /// [`Failure`]; refused when it could not be a member.
    pub async fn create_member(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        asked: members::CreateMember,
        label: NewMemberLabel,
    ) -> Result<Done, Failure> {
        let relation = match asked.relation {
            Some(id) => self.read(|book| book.entity_relation(id).cloned()).await?,
            None => None,
        };
        let (entity_id, entity_name) = match relation {
            Some(relation) => (Some(relation.entity.as_str().to_owned()), Some(relation.name)),
            None => {
                let admin = self.profiles(vec![asked.admin]).await?.into_iter().next().unwrap_or_default();
                (admin.entity_id, admin.entity_name)
            }
        };
        let patch = ProfilePatch {
            name: Some(Some(label.account_name)),
            entity_id: entity_id.map(Some),
            entity_name: entity_name.map(Some),
            member_name: Some(Some(label.name)),
            member_remark: Some(label.remark),
            ..ProfilePatch::default()
        };
        self.command_with(caller, key, asked.into(), Some(write_profile(patch))).await
    }

    /// Lets an account join that was opened for an organization and could not join then.
    ///
    /// # Errors
    /// [`Failure`]; refused when it still cannot.
    pub async fn retry_creation(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        asked: members::RetryCreation,
        label: MemberLabel,
    ) -> Result<Done, Failure> {
        let MemberLabel { name, remark } = label;
        let label = MemberLabelChange { name: Some(name), remark: Some(remark) };
        self.command_with(caller, key, asked.into(), Some(write_label(label))).await
    }

    /// The accounts behind a number that were opened for an organization, oldest first, at most `limit`, for the platform.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such organization.
    pub async fn creations(
        &self,
        caller: Caller,
        organization: OrganizationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<CreationView>, Failure> {
        let found: Vec<Creation> = self
            .read_as(caller, Action::ReadOrganizations, None, |book| {
                book.organization(organization).ok_or(members::Reason::OrganizationNotFound)?;
                Ok(book.creations_after(organization, RecordId(after)).take(limit).cloned().collect())
            })
            .await?;
        let profiles = self.profiles(found.iter().map(|creation| creation.uin).collect()).await?;
        let view = |(creation, profile): (Creation, crate::parties::Profile)| CreationView {
            creation,
            name: profile.member_name,
        };
        Ok(found.into_iter().zip(profiles).map(view).collect())
    }
}
