//! The entities that an organization trusts besides its admin's.

use crate::app::App;
use crate::caller::Caller;
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Event, members};
use credere_core::channel::Uin;
use credere_core::organization::{EntityRelation, OrganizationId};

impl Done {
    /// The entity that an organization trusts from now on.
    ///
    /// # Errors
    /// [`Failure::Internal`] when none was associated.
    pub fn entity_relation(&self) -> Result<EntityRelation, Failure> {
        match &*self.event {
            Event::Members(members::Event::EntityAssociated(fact)) => Ok(fact.relation.clone()),
            _ => Err(unexpected()),
        }
    }
}

impl App {
    /// An organization's relations to other entities, oldest first, for the platform.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such organization.
    pub async fn entity_relations(
        &self,
        caller: Caller,
        organization: OrganizationId,
    ) -> Result<Vec<EntityRelation>, Failure> {
        self.read_as(caller, Action::ReadOrganizations, None, |book| {
            book.organization(organization).ok_or(members::Reason::OrganizationNotFound)?;
            Ok(book.entity_relations_of(organization).cloned().collect())
        })
        .await
    }

    /// Whether an account answers for an entity that its organization trusts.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn is_entity_admin(&self, caller: Caller, account: Uin) -> Result<bool, Failure> {
        self.read_as(caller, Action::ReadOrganization, Some(account), |book| {
            let organization = book.organization_of(account);
            Ok(organization.is_some_and(|one| book.is_entity_admin(one.id, account)))
        })
        .await
    }
}
