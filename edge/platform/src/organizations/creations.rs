//! `/v1/organizations/{org_id}/creations`: the accounts that were opened for an organization

use super::{TAG, missing, number_in_path, organization_in_path};
use crate::body::Json;
use crate::call::{Answer, At, Call, shown};
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::AccountNumber;
use credere_app::members::CreationView;
use credere_core::access::Action;
use credere_core::book::{Command, members};
use credere_core::organization::{CreationState, RecordId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const LIST: List = List(b'R');

/// Whether the admin of its entity agrees to an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreationDecision, example = json!({ "approve": true }))]
pub(crate) struct CreationDecisionBody {
    /// Whether it may join.
    approve: bool,
}

/// What has become of a creation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CreationState)]
pub(super) enum CreationStateName {
    /// The account is a member.
    Done,
    /// The admin of its entity has not agreed yet.
    Waiting,
    /// The admin of its entity did not agree.
    Refused,
    /// Conditions were not met any more when it was agreed to; `RecordId` of the Cloud API tries it again.
    Failed,
}

/// An account that was opened for an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Creation, example = json!({
    "record_id": 1043, "uin": 100_000_000_006_u64, "name": "team", "state": "done", "code": null, "relation_id": null,
    "created_at": "2027-03-01T09:00:00.000000Z"
}))]
pub(crate) struct CreationBody {
    record_id: u64,
    uin: AccountNumber,
    /// What its admin calls it, as long as it does.
    name: Option<String>,
    state: CreationStateName,
    /// Where it failed, the first condition that was not met, as the Cloud API calls it.
    code: Option<String>,
    /// Under which entity, where that is not the admin's.
    relation_id: Option<u64>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl CreationBody {
    fn new(call: &Call, view: CreationView) -> CreationBody {
        let CreationView { creation, name } = view;
        CreationBody {
            record_id: creation.id.0,
            uin: AccountNumber(creation.uin),
            name,
            code: creation.state.code().map(str::to_owned),
            state: match creation.state {
                CreationState::Done => CreationStateName::Done,
                CreationState::Waiting => CreationStateName::Waiting,
                CreationState::Refused => CreationStateName::Refused,
                CreationState::Failed(_) => CreationStateName::Failed,
            },
            relation_id: creation.relation.map(|id| id.0),
            created_at: call.time(creation.at),
        }
    }
}

/// Lists the accounts that were created for an organization.
///
/// Oldest first, one for each `CreateOrganizationMember` that opened an account.
#[utoipa::path(
    get,
    path = "/v1/organizations/{org_id}/creations",
    tag = TAG,
    params(("org_id" = u64, Path, description = "The organization's number"), PageQuery),
    responses(
        (status = 200, description = "A page of creations", body = Page<CreationBody>),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub(crate) async fn list_creations(call: Call, At(id): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let id = organization_in_path(&id)?;
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let found = call.app().creations(call.caller, id, wanted.from.unwrap_or(0), wanted.limit + 1).await?;
    let page = LIST.page(wanted, found, |view| view.creation.id.0, |view| view);
    let data = page.data.into_iter().map(|view| CreationBody::new(&call, view)).collect();
    shown(&Page { data, next_cursor: page.next_cursor })
}

/// Tells whether the admin of its entity agrees to an account that was created under it.
///
/// All conditions are judged again (O41): where one is not met any more the creation is `failed`, its `code` says why, and
/// `CreateOrganizationMember` with its `RecordId` tries it again.
#[utoipa::path(
    post,
    path = "/v1/organizations/{org_id}/creations/{record_id}/decide",
    tag = TAG,
    params(
        ("org_id" = u64, Path, description = "The organization's number"),
        ("record_id" = u64, Path, description = "The creation's number")
    ),
    request_body = CreationDecisionBody,
    responses(
        (status = 200, description = "The creation as it is now", body = CreationBody),
        (status = 404, description = "`organization_not_found`, `creation_not_found`"),
        (status = 409, description = "`creation_not_waiting`; `already_in_organization`: the account joined another one; \
            `too_many_members`"),
    )
)]
pub(crate) async fn decide_creation(
    At((id, record)): At<(String, String)>,
    Json { call, value, bytes, .. }: Json<CreationDecisionBody>,
) -> Answer {
    let not_found = || missing(members::Reason::CreationNotFound);
    let named = organization_in_path(&id).and_then(|id| Ok((id, number_in_path(&record).ok_or_else(not_found)?)));
    let (claim, (organization, number)) = call.claim_of(&bytes, named).await?;
    if let Some(first) = call.kept(&claim, (Action::DecideCreation, None), &[]).await? {
        return Ok(first);
    }
    let record = RecordId(number);
    let command = members::DecideCreation { organization, record, approve: value.approve };
    let done = call.decide(claim.key, Command::from(command), &[]).await?;
    let before = number.saturating_sub(1);
    let found = call.app().creations(call.caller, organization, before, 1).await.map_err(Problem::after_change)?;
    let view = found.into_iter().find(|view| view.creation.id == record).ok_or_else(not_found)?;
    let uin = view.creation.uin;
    let body = CreationBody::new(&call, view);
    call.answer_shown(&claim, Some(uin), &body, done.replayed).await.map_err(Problem::after_change)
}
