//! The entities besides the admin's own whose accounts may join (O40).

use super::command::{AssociateEntity, ChangeEntity, DecideEntity, EndEntity};
use super::event::{EntityAssociated, EntityChanged, EntityDecided, EntityEnded};
use super::reason::Reason;
use crate::book::{Book, Decision, Rejection};
use crate::channel::{EntityId, Uin, Verification};
use crate::organization::{EntityRelation, Organization, OrganizationId, RELATIONS_MAX, RelationId, RelationState};

pub(super) fn associate(book: &Book, asked: &AssociateEntity) -> Result<Decision, Rejection> {
    let AssociateEntity { organization, ref entity, ref name, admin } = *asked;
    let organization = existing(book, organization)?;
    let own = book.account_facts(organization.admin).entity.as_ref() == Some(entity);
    if own || book.relation_to(organization.id, entity.as_str()).is_some() {
        return Err(Reason::EntityRelated.into());
    }
    answers_for(book, admin, entity)?;
    let relation = begun(book, organization.id, entity, name.clone(), RelationState::Active)?;
    Ok(EntityAssociated { relation: EntityRelation { admin, ..relation } }.into())
}

/// The relation that an invitation of an account applies for: none where there is one, or none is needed.
pub(super) fn applied(
    book: &Book,
    organization: &Organization,
    member: Uin,
    name: &str,
) -> Result<Option<EntityRelation>, Rejection> {
    let entity_of = |uin| book.account_facts(uin).entity.as_ref();
    let Some(entity) = entity_of(member).filter(|entity| entity_of(organization.admin) != Some(entity)) else {
        return Ok(None);
    };
    if book.relation_to(organization.id, entity.as_str()).is_some() {
        return Ok(None);
    }
    begun(book, organization.id, entity, name.to_owned(), RelationState::Applied).map(Some)
}

pub(super) fn change(book: &Book, asked: &ChangeEntity) -> Result<Decision, Rejection> {
    let ChangeEntity { organization, relation, admin } = *asked;
    let organization = existing(book, organization)?.id;
    answers_for(book, admin, &book.relation_in(organization, relation)?.entity)?;
    Ok(EntityChanged { organization, relation, admin }.into())
}

pub(super) fn decide(book: &Book, asked: &DecideEntity) -> Result<Decision, Rejection> {
    let DecideEntity { organization, relation, approve } = *asked;
    let organization = existing(book, organization)?.id;
    if book.relation_in(organization, relation)?.is_active() {
        return Err(Reason::RelationNotApplied.into());
    }
    Ok(EntityDecided { organization, relation, approve }.into())
}

pub(super) fn end(book: &Book, asked: &EndEntity) -> Result<Decision, Rejection> {
    let EndEntity { organization, relation } = *asked;
    let organization = existing(book, organization)?.id;
    book.relation_in(organization, relation)?;
    Ok(EntityEnded { organization, relation }.into())
}

fn existing(book: &Book, organization: OrganizationId) -> Result<&Organization, Rejection> {
    book.organization(organization).ok_or(Reason::OrganizationNotFound.into())
}

/// Who answers for an entity is verified as that entity.
fn answers_for(book: &Book, admin: Option<Uin>, entity: &EntityId) -> Result<(), Rejection> {
    let Some(admin) = admin else { return Ok(()) };
    let enterprise = book.existing_account(admin)?.verification == Verification::Enterprise;
    let same = book.account_facts(admin).entity.as_ref() == Some(entity);
    if enterprise && same { Ok(()) } else { Err(Reason::EntityAdminDiffers(admin).into()) }
}

fn begun(
    book: &Book,
    organization: OrganizationId,
    entity: &EntityId,
    name: String,
    state: RelationState,
) -> Result<EntityRelation, Rejection> {
    if book.entity_relations_of(organization).count() >= RELATIONS_MAX {
        return Err(Reason::TooManyRelations.into());
    }
    let id = RelationId(book.next_number()?);
    Ok(EntityRelation { id, organization, entity: entity.clone(), name, state, admin: None })
}
