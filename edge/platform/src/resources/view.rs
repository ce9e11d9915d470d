//! A resource as it is shown, whether it comes from what was just decided or from history.

use crate::call::Call;
use crate::problem::{Problem, Reason};
use crate::wire::{AccountNumber, Money, Quantity, Tags, by_name};
use credere_core::channel::{Details, Resource, ResourceState};
use credere_core::money::Factor;
use credere_store::contract::ResourceRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a resource runs.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = ResourceState)]
pub(super) enum StateName {
    /// It runs.
    Active,
    /// It is stopped for arrears, and stays frozen (R73).
    Suspended,
    /// Its account gave it up.
    Terminated,
    /// It was stopped for too long.
    Deleted,
}

by_name!(StateName);

impl From<StateName> for ResourceState {
    fn from(state: StateName) -> ResourceState {
        match state {
            StateName::Active => ResourceState::Active,
            StateName::Suspended => ResourceState::Suspended,
            StateName::Terminated => ResourceState::Terminated,
            StateName::Deleted => ResourceState::Deleted,
        }
    }
}

/// A postpaid resource.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resource, example = json!({
    "resource_id": "ins-1", "account_uin": 100_000_000_777_u64, "product_code": "cvm", "unit_price": "2.40",
    "quantity": "1.00", "frozen": "2.40", "partner_frozen": "2.16", "state": "active",
    "since": "2026-01-31T08:00:00+08:00", "activated_at": "2026-01-31T08:00:00+08:00", "region": "ap-singapore",
    "zone": null, "project": null, "tags": {}, "resource_name": "web", "operator_uin": null
}))]
pub(super) struct ResourceBody {
    resource_id: String,
    account_uin: AccountNumber,
    product_code: String,
    /// List price of one unit in one settlement period.
    unit_price: Money,
    quantity: Quantity,
    /// What is set aside of the customer's credit (R68).
    frozen: Money,
    /// What is set aside of the paying partner's spend line (R72).
    partner_frozen: Money,
    /// `active`, `suspended`, `terminated` or `deleted`.
    state: String,
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
    /// A resource as history has it.
    pub(super) fn from_row(call: &Call, row: ResourceRow) -> Result<ResourceBody, Problem> {
        let details = Details::read(&row.details);
        // Stored from a factor, so that it is one.
        let quantity = Factor::from_units(row.quantity).ok_or_else(Problem::internal)?;
        Ok(ResourceBody {
            resource_id: row.name,
            account_uin: AccountNumber(row.account),
            product_code: row.product,
            unit_price: Money(row.unit_price),
            quantity: Quantity(quantity),
            frozen: Money(row.frozen),
            partner_frozen: Money(row.partner_frozen),
            state: row.state,
            since: call.time(row.since),
            activated_at: call.time(row.activated_at),
            region: details.region,
            zone: details.zone,
            project: details.project,
            tags: Tags(details.tags),
            resource_name: details.resource_name,
            operator_uin: details.operator_uin.map(AccountNumber),
            dry_run: false,
            because: None,
        })
    }

    /// A resource as it was decided. Its product's code comes from the book: products stay, and so do their codes.
    ///
    /// # Errors
    /// When there is no such product.
    pub(super) fn from_decision(call: &Call, resource: Resource) -> Result<ResourceBody, Problem> {
        let product = call.app().product_code(resource.product).ok_or_else(Problem::internal)?;
        let row = ResourceRow {
            seq: resource.id.0,
            name: resource.name.as_str().to_owned(),
            account: resource.account,
            product,
            unit_price: resource.unit_price,
            quantity: resource.quantity.units(),
            frozen: resource.frozen.customer,
            partner_frozen: resource.frozen.partner,
            state: resource.state.name().to_owned(),
            since: resource.since,
            activated_at: resource.activated_at,
            details: resource.details,
        };
        ResourceBody::from_row(call, row)
    }

    /// The same resource as one that was not kept, and why.
    pub(super) fn not_kept(self, because: Vec<Reason>) -> ResourceBody {
        ResourceBody { dry_run: true, because: Some(because), ..self }
    }
}
