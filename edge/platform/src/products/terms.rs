//! A product's terms as they are sent and shown: how often it settles, and what a resource of it freezes.

use crate::wire::{Factor, Money, Object, names, present};
use credere_core::channel::{FreezeChange, FreezeModel, Settlement};
use serde::Deserialize;
use utoipa::ToSchema;

names! {
    /// How often usage is charged.
    #[schema(as = Settlement)]
    pub(super) enum SettlementName of Settlement {
        Hourly,
        Daily,
        Monthly,
    }
}

names! {
    /// How a product freezes credit while a resource of it runs (R67).
    #[schema(as = FreezeModel)]
    pub(super) enum FreezeModelName of FreezeModel {
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
