//! `PATCH /v1/organizations/{org_id}`

use super::view::{FeatureName, OrganizationBody};
use super::{TAG, organization_in_path};
use crate::body::Json;
use crate::call::{Answer, At};
use crate::problem::Problem;
use crate::wire::present;
use credere_core::access::Action;
use credere_core::book::{Command, members};
use credere_core::organization::{Feature, QuotasChange};
use serde::Deserialize;
use utoipa::ToSchema;

/// What changes of how many an organization may have. What is left out keeps its value.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganizationQuotasChange)]
pub(crate) struct QuotasChangeBody {
    /// Accounts, its admin among them; not fewer than there are.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, maximum = 4_294_967_295_u32)]
    accounts: Option<u32>,
    /// Departments besides the root.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, maximum = 4_294_967_295_u32)]
    departments: Option<u32>,
    /// Invitations that are open at one moment.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, maximum = 4_294_967_295_u32)]
    open_invitations: Option<u32>,
    /// Accounts that are created for it in a day.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, maximum = 4_294_967_295_u32)]
    creations_per_day: Option<u32>,
}

/// What changes of an organization. What is left out keeps its value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganizationChange, example = json!({ "features": ["fund_allocation"], "quotas": { "accounts": 500 } }))]
pub(crate) struct OrganizationChangeBody {
    /// All that it is granted from now on.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, value_type = Option<Vec<FeatureName>>)]
    features: Option<Vec<FeatureName>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    quotas: Option<QuotasChangeBody>,
    /// Whether accounts that were created for it may be closed while they have resources (O18).
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    member_deletion: Option<bool>,
}

/// Changes what an organization is granted, and how many of each it may have.
///
/// Permissions 3 and 10 need their feature when a member is given them (O49); members that have them already keep them. What is
/// left out keeps its value.
#[utoipa::path(
    patch,
    path = "/v1/organizations/{org_id}",
    tag = TAG,
    params(("org_id" = u64, Path, description = "The organization's number")),
    request_body = OrganizationChangeBody,
    responses(
        (status = 200, description = "The organization as it is now", body = OrganizationBody),
        (status = 404, description = "`organization_not_found`"),
        (status = 422, description = "`quota_too_low`: it has more accounts than that"),
    )
)]
pub(crate) async fn change_organization(
    At(id): At<String>,
    Json { call, value, bytes, .. }: Json<OrganizationChangeBody>,
) -> Answer {
    let (claim, organization) = call.claim_of(&bytes, organization_in_path(&id)).await?;
    if let Some(first) = call.kept(&claim, (Action::ChangeOrganization, None), &[]).await? {
        return Ok(first);
    }
    let QuotasChangeBody { accounts, departments, open_invitations, creations_per_day } =
        value.quotas.unwrap_or_default();
    let quotas = QuotasChange { accounts, departments, open_invitations, creations_per_day };
    let features = value.features.map(|features| features.into_iter().map(Feature::from).collect());
    let member_deletion = value.member_deletion;
    let command = members::ChangeOrganization { organization, features, quotas, member_deletion };
    let done = call.decide(claim.key, Command::from(command), &[("quota_too_low", "quotas.accounts")]).await?;
    let view = call.app().organization(call.caller, organization).await.map_err(Problem::after_change)?;
    let members = call.app().all_members(call.caller, organization).await.map_err(Problem::after_change)?;
    let body = OrganizationBody::new(&call, view, members);
    call.answer_shown(&claim, None, &body, done.replayed).await.map_err(Problem::after_change)
}
