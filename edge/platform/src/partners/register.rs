//! `POST /v1/partners`

use super::view::{FeatureName, KindName};
use super::{PartnerBody, TAG};
use crate::body::Json;
use crate::call::{Answer, created};
use crate::wire::{AccountNumber, Money};
use credere_core::book::{Command, parties};
use credere_core::money::Amount;
use serde::Deserialize;
use utoipa::ToSchema;

/// A new partner. `uin`, `kind` and `allocation_quota` are required, `distributor_uin` for a second-level reseller
/// besides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPartner, example = json!({
    "uin": 100_000_000_001_u64, "kind": "distributor", "allocation_quota": "100000.00", "spend_line": "80000.00",
    "allowlist": ["customer_discounts"]
}))]
pub(crate) struct NewPartnerBody {
    /// The account that becomes a partner.
    uin: AccountNumber,
    kind: KindName,
    /// What it may hand out. A second-level reseller's is its pool, and comes out of the distributor's quota (R47).
    allocation_quota: Money,
    /// The distributor above a second-level reseller, and only there.
    distributor_uin: Option<AccountNumber>,
    /// What it may owe the platform; the allocation quota where absent. Not for a second-level reseller or an agent.
    spend_line: Option<Money>,
    /// What it may issue in vouchers; nothing where absent.
    voucher_quota: Option<Money>,
    /// Features that the platform grants it; none where absent.
    allowlist: Option<Vec<FeatureName>>,
}

/// Makes an account a partner.
///
/// The account must be neither a partner nor a customer (R10). A second-level reseller is under exactly one
/// distributor, out of whose allocatable quota its pool comes (R45-R47).
#[utoipa::path(
    post,
    path = "/v1/partners",
    tag = TAG,
    request_body = NewPartnerBody,
    responses(
        (status = 201, description = "The partner", body = PartnerBody),
        (status = 404, description = "`account_not_found`, `distributor_not_found`"),
        (status = 409, description = "`already_partner`, `already_bound`"),
        (status = 422, description = "`distributor_required`, `wrong_partner_kind`, `quota_negative`, \
            `exceeds_allocatable` (more than the distributor may still hand out)"),
    )
)]
pub(crate) async fn register_partner(Json { call, value, bytes, .. }: Json<NewPartnerBody>) -> Answer {
    let fields = [
        ("account_not_found", "uin"),
        ("already_partner", "uin"),
        ("already_bound", "uin"),
        ("distributor_not_found", "distributor_uin"),
        ("distributor_required", "distributor_uin"),
        ("wrong_partner_kind", if value.spend_line.is_some() { "spend_line" } else { "distributor_uin" }),
        ("exceeds_allocatable", "allocation_quota"),
        ("quota_negative", negative(Some(value.allocation_quota), value.spend_line)),
    ];
    let command = Command::from(parties::RegisterPartner {
        uin: value.uin.0,
        kind: value.kind.into(),
        distributor: value.distributor_uin.map(|number| number.0),
        allocation_quota: value.allocation_quota.0,
        spend_line: value.spend_line.map(|money| money.0),
        voucher_quota: value.voucher_quota.map_or(Amount::ZERO, |money| money.0),
        allowlist: value.allowlist.unwrap_or_default().into_iter().map(Into::into).collect(),
    });
    let claim = call.claim(&bytes)?;
    let done = call.decide(claim.key, command, &fields).await?;
    created(&PartnerBody::new(call.app(), &done.registered()?)?, done.replayed)
}

/// Which limit is below zero, when one is.
pub(super) fn negative(quota: Option<Money>, line: Option<Money>) -> &'static str {
    let below = |money: Option<Money>| money.is_some_and(|money| money.0.is_negative());
    match (below(quota), below(line)) {
        (true, _) => "allocation_quota",
        (false, true) => "spend_line",
        (false, false) => "voucher_quota",
    }
}
