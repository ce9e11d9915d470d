//! `/v1/organizations/{org_id}/entities`: the entities besides the admin's own whose accounts may join

use super::{TAG, missing, number_in_path, organization_in_path};
use crate::body::{Json, Nothing};
use crate::call::{Answer, At, Call, changed, created, gone, shown};
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::{AccountNumber, Text, names, quoted};
use credere_core::access::Action;
use credere_core::book::{Command, members};
use credere_core::channel::EntityId;
use credere_core::organization::{EntityRelation, OrganizationId, RelationId, RelationState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const LIST: List = List(b'E');

names! {
    /// How far an entity is trusted.
    #[schema(as = EntityRelationState)]
    pub(super) enum RelationStateName of RelationState {
        /// An invitation asks for it; decide on it.
        Applied,
        /// Its accounts may join.
        Active,
    }
}

/// An entity that an organization is to trust: `entity_id` as accounts are verified as it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewEntityRelation, example = json!({
    "entity_id": "201954321B", "entity_name": "Example Holding", "entity_admin_uin": 100_000_000_005_u64
}))]
pub(crate) struct NewEntityBody {
    #[schema(inline)]
    entity_id: Text<1, 64>,
    #[schema(inline)]
    entity_name: Text<1, 100>,
    /// Who answers for it: an account that is verified as it.
    entity_admin_uin: Option<AccountNumber>,
}

/// Who answers for an entity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntityRelationChange, example = json!({ "entity_admin_uin": 100_000_000_005_u64 }))]
pub(crate) struct EntityChangeBody {
    /// An account that is verified as it; `null` is nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    entity_admin_uin: Option<AccountNumber>,
}

/// Whether an entity is trusted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntityRelationDecision, example = json!({ "approve": true }))]
pub(crate) struct EntityDecisionBody {
    /// From now on; otherwise the application is over.
    approve: bool,
}

/// An entity that an organization trusts, or asks to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntityRelation, example = json!({
    "relation_id": 1042, "state": "active", "entity_id": "201954321B", "entity_name": "Example Holding",
    "entity_admin_uin": 100_000_000_005_u64
}))]
pub(crate) struct EntityBody {
    /// What `AuthRelationId` of the Cloud API names.
    relation_id: u64,
    state: RelationStateName,
    entity_id: String,
    entity_name: String,
    entity_admin_uin: Option<AccountNumber>,
}

impl From<EntityRelation> for EntityBody {
    fn from(relation: EntityRelation) -> EntityBody {
        EntityBody {
            relation_id: relation.id.0,
            state: relation.state.into(),
            entity_id: relation.entity.as_str().to_owned(),
            entity_name: relation.name,
            entity_admin_uin: relation.admin.map(AccountNumber),
        }
    }
}

/// Lists the entities that an organization trusts, or is asked to.
///
/// Oldest first. The admin's own is not among them.
#[utoipa::path(
    get,
    path = "/v1/organizations/{org_id}/entities",
    tag = TAG,
    params(("org_id" = u64, Path, description = "The organization's number"), PageQuery),
    responses(
        (status = 200, description = "A page of entities", body = Page<EntityBody>),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub(crate) async fn list_entities(call: Call, At(id): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let id = organization_in_path(&id)?;
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let relations = call.app().entity_relations(call.caller, id).await?;
    let from = wanted.from.unwrap_or(0);
    let found = relations.into_iter().filter(|one| one.id.0 > from).take(wanted.limit + 1).collect();
    shown(&LIST.page(wanted, found, |one| one.id.0, EntityBody::from))
}

/// Lets accounts of another entity join an organization.
///
/// They may be members that pay for themselves (O40); the admin pays only on behalf of its own entity (O52). Whoever answers for
/// the entity agrees to accounts that are created under it (O34), and may not leave the organization (O43).
#[utoipa::path(
    post,
    path = "/v1/organizations/{org_id}/entities",
    tag = TAG,
    params(("org_id" = u64, Path, description = "The organization's number")),
    request_body = NewEntityBody,
    responses(
        (status = 201, description = "The entity", body = EntityBody),
        (status = 404, description = "`organization_not_found`, `account_not_found`"),
        (status = 409, description = "`entity_related`: it is there already, or the admin's own; `too_many_relations`"),
        (status = 422, description = "`entity_admin_differs`: the account is not verified as an enterprise, and as this entity"),
    )
)]
pub(crate) async fn associate_entity(
    At(id): At<String>,
    Json { call, value, bytes, .. }: Json<NewEntityBody>,
) -> Answer {
    let (claim, organization) = call.claim_of(&bytes, organization_in_path(&id)).await?;
    let text = &value.entity_id.0;
    let entity = text.parse::<EntityId>();
    let entity = entity.map_err(|_| Problem::invalid("entity_id", format!("{} names no entity", quoted(text))));
    let entity = call.formal(&claim, entity).await?;
    let admin = value.entity_admin_uin.map(|uin| uin.0);
    let command = members::AssociateEntity { organization, entity, name: value.entity_name.0, admin };
    let done = call.decide(claim.key, Command::from(command), ADMIN).await?;
    created(&EntityBody::from(done.entity_relation()?), done.replayed)
}

/// The field that refusals about who answers for an entity are about.
const ADMIN: &[(&str, &str)] = &[("entity_admin_differs", "entity_admin_uin")];

/// Changes who answers for an entity.
///
/// That account agrees to accounts that are created under the entity from now on, and may not leave the organization meanwhile; whoever
/// answered for it before may.
#[utoipa::path(
    patch,
    path = "/v1/organizations/{org_id}/entities/{relation_id}",
    tag = TAG,
    params(
        ("org_id" = u64, Path, description = "The organization's number"),
        ("relation_id" = u64, Path, description = "The relation's number")
    ),
    request_body = EntityChangeBody,
    responses(
        (status = 200, description = "The entity as it is now", body = EntityBody),
        (status = 404, description = "`organization_not_found`, `relation_not_found`, `account_not_found`"),
        (status = 422, description = "`entity_admin_differs`: the account is not verified as an enterprise, and as this entity"),
    )
)]
pub(crate) async fn change_entity(
    At((id, relation)): At<(String, String)>,
    Json { call, value, bytes, .. }: Json<EntityChangeBody>,
) -> Answer {
    let (claim, (organization, relation)) = call.claim_of(&bytes, named_in_path(&id, &relation)).await?;
    if let Some(first) = call.kept(&claim, (Action::ChangeEntity, None), ADMIN).await? {
        return Ok(first);
    }
    let admin = value.entity_admin_uin.map(|uin| uin.0);
    let command = members::ChangeEntity { organization, relation, admin };
    let done = call.decide(claim.key, Command::from(command), ADMIN).await?;
    let relations = call.app().entity_relations(call.caller, organization).await.map_err(Problem::after_change)?;
    let now = relations.into_iter().find(|one| one.id == relation);
    let body = now.map(EntityBody::from).ok_or_else(|| missing(members::Reason::RelationNotFound))?;
    call.answer_shown(&claim, None, &body, done.replayed).await.map_err(Problem::after_change)
}

/// What was decided on an entity.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntityRelationDecided, example = json!({ "relation_id": 1042, "approved": true }))]
pub(crate) struct EntityDecidedBody {
    relation_id: u64,
    /// Whether its accounts may join from now on; otherwise it is not among the organization's entities any more.
    approved: bool,
}

/// Decides on an entity that an invitation applied for.
///
/// An invitation may carry the name of the invited account's entity and proofs (`RelationAuthName`, `AuthFile`). It is sent then
/// before the entity is trusted; it is accepted once that is so.
#[utoipa::path(
    post,
    path = "/v1/organizations/{org_id}/entities/{relation_id}/decide",
    tag = TAG,
    params(
        ("org_id" = u64, Path, description = "The organization's number"),
        ("relation_id" = u64, Path, description = "The relation's number")
    ),
    request_body = EntityDecisionBody,
    responses(
        (status = 200, description = "What was decided", body = EntityDecidedBody),
        (status = 404, description = "`organization_not_found`, `relation_not_found`"),
        (status = 409, description = "`relation_not_applied`: it is trusted already"),
    )
)]
pub(crate) async fn decide_entity(
    At((id, relation)): At<(String, String)>,
    Json { call, value, bytes, .. }: Json<EntityDecisionBody>,
) -> Answer {
    let (claim, (organization, relation)) = call.claim_of(&bytes, named_in_path(&id, &relation)).await?;
    let approve = value.approve;
    let command = members::DecideEntity { organization, relation, approve };
    let done = call.decide(claim.key, Command::from(command), &[]).await?;
    changed(&EntityDecidedBody { relation_id: relation.0, approved: approve }, done.replayed)
}

/// Ends an organization's trust in an entity.
///
/// Who is a member stays one. Whoever answered for the entity may leave from now on.
#[utoipa::path(
    delete,
    path = "/v1/organizations/{org_id}/entities/{relation_id}",
    tag = TAG,
    params(
        ("org_id" = u64, Path, description = "The organization's number"),
        ("relation_id" = u64, Path, description = "The relation's number")
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "`organization_not_found`, `relation_not_found`"),
    )
)]
pub(crate) async fn end_entity(At((id, relation)): At<(String, String)>, Nothing { call, bytes }: Nothing) -> Answer {
    let (claim, (organization, relation)) = call.claim_of(&bytes, named_in_path(&id, &relation)).await?;
    let done = call.decide(claim.key, Command::from(members::EndEntity { organization, relation }), &[]).await?;
    gone(done.replayed)
}

/// The organization and its relation that a path names.
fn named_in_path(organization: &str, relation: &str) -> Result<(OrganizationId, RelationId), Problem> {
    let organization = organization_in_path(organization)?;
    let relation = number_in_path(relation).map(RelationId);
    Ok((organization, relation.ok_or_else(|| missing(members::Reason::RelationNotFound))?))
}
