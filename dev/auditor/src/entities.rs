//! The entities that organizations trust besides their admins' own (O40): who tells of them, and who answers for them.

use super::facts::Relation;
use super::told::name_of;
use super::{Auditor, Judged, Refusal, refuse};
use credere_core::book::members::AssociateEntity;
use credere_core::channel::{Uin, Verification};

/// As many entities as an organization may trust, or be asked to.
pub(super) const RELATIONS: usize = 100;

impl Auditor {
    /// An organization's relations to entities, oldest first.
    pub fn relations_of(&self, organization: u64) -> impl Iterator<Item = (u64, &Relation)> {
        let theirs = self.relations.iter().filter(move |(_, relation)| relation.organization == organization);
        theirs.map(|(id, relation)| (*id, relation))
    }

    /// Whether there may be one more.
    pub(super) fn one_more_relation(&self, organization: u64) -> Judged {
        if self.relations_of(organization).count() < RELATIONS { Ok(()) } else { refuse("too_many_relations") }
    }

    pub(super) fn associate_entity(&mut self, seq: u64, asked: &AssociateEntity) -> Judged {
        let id = asked.organization.0;
        let admin = self.admin_of(id)?;
        let entity = name_of(&asked.entity);
        let own = self.told.get(&admin).is_some_and(|told| told.entity.as_ref() == Some(&entity));
        if own || self.relations_of(id).any(|(_, relation)| relation.entity == entity) {
            return refuse("entity_related");
        }
        self.answers_for(asked.admin, &entity)?;
        self.one_more_relation(id)?;
        self.relations.insert(seq, Relation { organization: id, entity, active: true, admin: asked.admin });
        self.touched.insert(admin);
        Ok(())
    }

    pub(super) fn change_entity(&mut self, id: u64, relation: u64, answers: Option<Uin>) -> Judged {
        let admin = self.admin_of(id)?;
        let entity = self.relation_of(id, relation)?.entity.clone();
        self.answers_for(answers, &entity)?;
        if let Some(relation) = self.relations.get_mut(&relation) {
            relation.admin = answers;
        }
        self.touched.insert(admin);
        Ok(())
    }

    pub(super) fn decide_entity(&mut self, id: u64, relation: u64, approve: bool) -> Judged {
        let admin = self.admin_of(id)?;
        if self.relation_of(id, relation)?.active {
            return refuse("relation_not_applied");
        }
        match self.relations.get_mut(&relation) {
            Some(kept) if approve => kept.active = true,
            Some(_) | None => {
                self.relations.remove(&relation);
            }
        }
        self.touched.insert(admin);
        Ok(())
    }

    pub(super) fn end_entity(&mut self, id: u64, relation: u64) -> Judged {
        let admin = self.admin_of(id)?;
        self.relation_of(id, relation)?;
        self.relations.remove(&relation);
        self.touched.insert(admin);
        Ok(())
    }

    /// The admin of an organization.
    pub(super) fn admin_of(&self, organization: u64) -> Result<Uin, Refusal> {
        self.organizations.get(&organization).map_or_else(|| refuse("organization_not_found"), |one| Ok(one.admin))
    }

    /// A relation of this organization.
    pub(super) fn relation_of(&self, organization: u64, relation: u64) -> Result<&Relation, Refusal> {
        let found = self.relations.get(&relation).filter(|one| one.organization == organization);
        found.map_or_else(|| refuse("relation_not_found"), Ok)
    }

    /// Who answers for an entity is an enterprise, and that one.
    fn answers_for(&self, who: Option<Uin>, entity: &str) -> Judged {
        let Some(who) = who else { return Ok(()) };
        self.known(who)?;
        let told = self.told.get(&who).map(|told| (told.verification, told.entity.as_deref()));
        if told == Some((Verification::Enterprise, Some(entity))) { Ok(()) } else { refuse("entity_admin_differs") }
    }
}
