//! The entities that organizations trust, or are asked to, as the book holds them.

use super::reason::Reason;
use crate::book::{Book, Rejection};
use crate::channel::Uin;
use crate::organization::{EntityRelation, OrganizationId, RelationId};

impl Book {
    /// One of an organization's relations to other entities.
    pub fn entity_relation(&self, id: RelationId) -> Option<&EntityRelation> {
        self.members.relations.get(&id)
    }

    /// An organization's relations to other entities, oldest first; some may not be decided yet.
    pub fn entity_relations_of(
        &self,
        organization: OrganizationId,
    ) -> impl DoubleEndedIterator<Item = &EntityRelation> {
        self.members.related.get(&organization).into_iter().flatten().filter_map(|id| self.entity_relation(*id))
    }

    /// An organization's relation to an entity.
    pub fn relation_to(&self, organization: OrganizationId, entity: &str) -> Option<&EntityRelation> {
        self.entity_relations_of(organization).find(|one| one.entity.as_str() == entity)
    }

    /// Whether an account answers for an entity that an organization trusts.
    pub fn is_entity_admin(&self, organization: OrganizationId, account: Uin) -> bool {
        self.entity_relations_of(organization).any(|one| one.admin == Some(account))
    }

    /// A relation of this organization.
    pub(super) fn relation_in(
        &self,
        organization: OrganizationId,
        id: RelationId,
    ) -> Result<&EntityRelation, Rejection> {
        let relation = self.entity_relation(id).filter(|one| one.organization == organization);
        relation.ok_or(Reason::RelationNotFound.into())
    }
}
