//! A product's terms as they are sent and shown: how often it settles, and what a resource of it freezes.

use crate::wire::{Factor, Money, Object, by_name, present};
use credere_core::channel::{FreezeChange, FreezeModel, Settlement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How often usage is charged.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = Settlement)]
pub(super) enum SettlementName {
    Hourly,
    Daily,
    Monthly,
}

by_name!(SettlementName, both ways);

impl From<SettlementName> for Settlement {
    fn from(name: SettlementName) -> Settlement {
        match name {
            SettlementName::Hourly => Settlement::Hourly,
            SettlementName::Daily => Settlement::Daily,
            SettlementName::Monthly => Settlement::Monthly,
        }
    }
}

impl From<Settlement> for SettlementName {
    fn from(settlement: Settlement) -> SettlementName {
        match settlement {
            Settlement::Hourly => SettlementName::Hourly,
            Settlement::Daily => SettlementName::Daily,
            Settlement::Monthly => SettlementName::Monthly,
        }
    }
}

/// How a product freezes credit while a resource of it runs (R67).
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = FreezeModel)]
pub(super) enum FreezeModelName {
    /// Not at all.
    None,
    /// The coefficient times the price of what was bought for one settlement period.
    Coefficient,
    /// The same amount, whatever was bought.
    Fixed,
    /// Nothing at first, then the coefficient times the usage of the last cycle.
    ReEstimate,
    /// A minimum fee, set aside again after each cycle.
    MinimumFee,
}

by_name!(FreezeModelName, both ways);

impl From<FreezeModelName> for FreezeModel {
    fn from(name: FreezeModelName) -> FreezeModel {
        match name {
            FreezeModelName::None => FreezeModel::None,
            FreezeModelName::Coefficient => FreezeModel::Coefficient,
            FreezeModelName::Fixed => FreezeModel::Fixed,
            FreezeModelName::ReEstimate => FreezeModel::ReEstimate,
            FreezeModelName::MinimumFee => FreezeModel::MinimumFee,
        }
    }
}

impl From<FreezeModel> for FreezeModelName {
    fn from(model: FreezeModel) -> FreezeModelName {
        match model {
            FreezeModel::None => FreezeModelName::None,
            FreezeModel::Coefficient => FreezeModelName::Coefficient,
            FreezeModel::Fixed => FreezeModelName::Fixed,
            FreezeModel::ReEstimate => FreezeModelName::ReEstimate,
            FreezeModel::MinimumFee => FreezeModelName::MinimumFee,
        }
    }
}

/// A product's freezing terms as they are sent: what is left out keeps its value, or in a new product its default
/// (`none`, 1 and 0).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FreezeChange, example = json!({ "model": "coefficient", "coefficient": "1.5" }))]
pub(super) struct FreezeBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    model: Option<FreezeModelName>,
    /// What a price is multiplied with, from 0 to 1,000,000,000 (models `coefficient` and `re_estimate`).
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    coefficient: Option<Factor>,
    /// The fixed amount or the minimum fee at list price, not negative (models `fixed` and `minimum_fee`).
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    amount: Option<Money>,
}

/// What is sent of the terms, as a change to those there are.
pub(super) fn freeze_change(sent: Option<Object<FreezeBody>>) -> FreezeChange {
    let Some(Object(FreezeBody { model, coefficient, amount })) = sent else { return FreezeChange::default() };
    FreezeChange {
        model: model.map(Into::into),
        coefficient: coefficient.map(|factor| factor.0),
        amount: amount.map(|money| money.0),
    }
}
