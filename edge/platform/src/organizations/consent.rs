//! `POST /v1/organizations/{org_id}/members/{uin}/permission-change`

use super::view::MemberBody;
use super::{TAG, organization_in_path};
use crate::body::Json;
use crate::call::{Answer, At, uin_in_path};
use crate::problem::Problem;
use credere_core::access::Action;
use credere_core::book::{Command, members, parties};
use serde::Deserialize;
use utoipa::ToSchema;

/// Whether a member agrees.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PermissionDecision, example = json!({ "accept": true }))]
pub(crate) struct DecisionBody {
    /// To the permissions that its admin asks for.
    accept: bool,
}

/// Tells that a member agrees to the permissions that its admin asks for, or does not.
///
/// An invited member's permissions change once it agrees (O42). Where it is to be paid for from then on, or not any more, all
/// conditions are judged again in the same step; one that does not hold refuses it, and the change still waits.
#[utoipa::path(
    post,
    path = "/v1/organizations/{org_id}/members/{uin}/permission-change",
    tag = TAG,
    params(
        ("org_id" = u64, Path, description = "The organization's number"),
        ("uin" = u64, Path, description = "The member's number")
    ),
    request_body = DecisionBody,
    responses(
        (status = 200, description = "The member as it is now", body = MemberBody),
        (status = 404, description = "`organization_not_found`, `member_not_found`"),
        (status = 409, description = "`no_permission_change`: nothing waits for it; `conditions_not_met` with `checks`; \
            `always_paid_for`: a distributor's sub-customer"),
        (status = 422, description = "`quit_excludes_pay_on_behalf`: it may leave by itself by now"),
    )
)]
pub(crate) async fn decide_permissions(
    At((id, uin)): At<(String, String)>,
    Json { call, value, bytes, .. }: Json<DecisionBody>,
) -> Answer {
    let named = organization_in_path(&id).and_then(|id| Ok((id, uin_in_path(&uin, parties::Party::Account)?)));
    let (claim, (organization, member)) = call.claim_of(&bytes, named).await?;
    if let Some(first) = call.kept(&claim, (Action::DecidePermissions, Some(member)), &[]).await? {
        return Ok(first);
    }
    let command = members::DecidePermissions { member, organization, accept: value.accept };
    let done = call.decide(claim.key, Command::from(command), &[]).await?;
    let view = call.app().membership(call.caller, organization, member).await.map_err(Problem::after_change)?;
    let body = MemberBody::new(&call, view);
    call.answer_shown(&claim, Some(member), &body, done.replayed).await.map_err(Problem::after_change)
}
