//! A resource as it is shown, whether it comes from what was just decided or from history.

use crate::call::Call;
use crate::problem::Reason;
use crate::wire::{AccountNumber, Money, Quantity, Tags, names};
use credere_app::metering::ResourceView;
use credere_core::channel::ResourceState;
use serde::Serialize;
use utoipa::ToSchema;

names! {
    /// Whether a resource runs.
    #[schema(as = ResourceState)]
    pub(super) enum StateName of ResourceState {
        /// It runs.
        Active,
        /// It is stopped for arrears, and stays frozen (R73).
        Suspended,
        /// Its account gave it up.
        Terminated,
        /// It was stopped for too long.
        Deleted,
    }
}

/// A postpaid resource.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resource, example = json!({
    "resource_id": "ins-1", "account_uin": 100_000_000_777_u64, "payer_uin": 100_000_000_777_u64,
    "partner_uin": 100_000_000_001_u64, "product_code": "cvm", "unit_price": "2.40", "quantity": "1.00", "frozen": "2.40", "partner_frozen": "2.16", "state": "active",
    "since": "2026-01-31T08:00:00+08:00", "activated_at": "2026-01-31T08:00:00+08:00", "region": "ap-singapore",
    "zone": null, "project": null, "tags": {}, "resource_name": "web", "operator_uin": null
}))]
pub(super) struct ResourceBody {
    resource_id: String,
    account_uin: AccountNumber,
    /// Whose money, credit or voucher pays.
    payer_uin: AccountNumber,
    /// The partner that owes the platform for it; `null` without one.
    partner_uin: Option<AccountNumber>,
    product_code: String,
    /// List price of one unit in one settlement period.
    unit_price: Money,
    quantity: Quantity,
    /// What is set aside of the payer's credit or money (R68).
    frozen: Money,
    /// What is set aside of the paying partner's spend line (R72).
    partner_frozen: Money,
    /// `active`, `suspended`, `terminated` or `deleted`.
    state: &'static str,
    /// Since when it is in that state.
    #[schema(format = DateTime)]
    since: String,
    #[schema(format = DateTime)]
    activated_at: String,
    region: Option<String>,
    zone: Option<String>,
    project: Option<String>,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    tags: Tags,
    resource_name: Option<String>,
    operator_uin: Option<AccountNumber>,
    /// `true` in the answer of a dry run, and only there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
    /// In the answer of a dry run: the figures that were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<Vec<Reason>>,
}

impl ResourceBody {
    /// A resource as it stands.
    pub(super) fn new(call: &Call, view: ResourceView) -> ResourceBody {
        let details = view.details;
        ResourceBody {
            resource_id: view.name,
            account_uin: AccountNumber(view.account),
            payer_uin: AccountNumber(view.paying.payer),
            partner_uin: view.paying.partner.map(AccountNumber),
            product_code: view.product,
            unit_price: Money(view.unit_price),
            quantity: Quantity(view.quantity),
            frozen: Money(view.frozen),
            partner_frozen: Money(view.partner_frozen),
            state: view.state.name(),
            since: call.time(view.since),
            activated_at: call.time(view.activated_at),
            region: details.region,
            zone: details.zone,
            project: details.project,
            tags: Tags(details.tags),
            resource_name: details.resource_name,
            operator_uin: details.operator_uin.map(AccountNumber),
            dry_run: false,
            because: None,
        }
    }

    /// A resource as one that was not kept, and why.
    pub(super) fn not_kept(call: &Call, view: ResourceView, because: Vec<Reason>) -> ResourceBody {
        ResourceBody { dry_run: true, because: Some(because), ..ResourceBody::new(call, view) }
    }
}
