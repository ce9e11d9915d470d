//! `PATCH /v1/partners/{uin}`

use super::register::negative;
use super::view::FeatureName;
use super::{PartnerBody, TAG};
use crate::body::Json;
use crate::call::{Answer, At, uin_in_path};
use crate::problem::Problem;
use crate::wire::{Money, present};
use credere_core::access::Action;
use credere_core::book::{Command, parties};
use serde::Deserialize;
use utoipa::ToSchema;

/// What changes of a partner. What is left out keeps its value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PartnerChange, example = json!({ "allocation_quota": "150000.00" }))]
pub(crate) struct PartnerChangeBody {
    /// Never below what is allocated.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    allocation_quota: Option<Money>,
    /// Not for a second-level reseller or an agent. May fall below what is used: nothing new is bought then.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    spend_line: Option<Money>,
    /// For a second-level reseller never below what it has issued (R119).
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    voucher_quota: Option<Money>,
    /// All of them, not only the new ones.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    allowlist: Option<Vec<FeatureName>>,
}

/// Changes a partner's limits or features.
///
/// A second-level reseller's `allocation_quota` is its pool: what it gains comes out of the distributor's allocatable
/// quota, what it loses goes back there (R45-R48).
#[utoipa::path(
    patch,
    path = "/v1/partners/{uin}",
    tag = TAG,
    params(("uin" = u64, Path, description = "The partner's number")),
    request_body = PartnerChangeBody,
    responses(
        (status = 200, description = "The partner as it is now", body = PartnerBody),
        (status = 404, description = "`partner_not_found`"),
        (status = 422, description = "`below_allocated`, `below_issued`, `exceeds_allocatable` (more than the \
            distributor may still hand out), `wrong_partner_kind`, `quota_negative`"),
    )
)]
pub(crate) async fn change_partner(
    At(uin): At<String>,
    Json { call, value, bytes, .. }: Json<PartnerChangeBody>,
) -> Answer {
    let (claim, uin) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Partner)).await?;
    let fields = [
        ("below_allocated", "allocation_quota"),
        ("below_issued", "voucher_quota"),
        ("exceeds_allocatable", "allocation_quota"),
        ("wrong_partner_kind", "spend_line"),
        ("quota_negative", negative(value.allocation_quota, value.spend_line)),
    ];
    if let Some(first) = call.kept(&claim, (Action::ChangePartner, Some(uin)), &fields).await? {
        return Ok(first);
    }
    let command = Command::from(parties::ChangePartner {
        uin,
        allocation_quota: value.allocation_quota.map(|money| money.0),
        spend_line: value.spend_line.map(|money| money.0),
        voucher_quota: value.voucher_quota.map(|money| money.0),
        allowlist: value.allowlist.map(|features| features.into_iter().map(Into::into).collect()),
    });
    let done = call.decide(claim.key, command, &fields).await?;
    let partner = call.app().partner(call.caller, uin).await.map_err(Problem::after_change)?;
    call.answer_shown(&claim, Some(uin), &PartnerBody::new(call.app(), &partner)?, done.replayed)
        .await
        .map_err(Problem::after_change)
}
