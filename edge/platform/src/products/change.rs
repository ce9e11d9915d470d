//! `PATCH /v1/products/{code}`

use super::terms::{FreezeBody, SettlementName, freeze_change};
use super::view::{ProductBody, code_in_path};
use super::{FIELDS, TAG};
use crate::body::Json;
use crate::call::{Answer, At, changed};
use crate::wire::{Object, Text, present};
use credere_core::book::{Command, catalogue};
use serde::Deserialize;
use utoipa::ToSchema;

/// What changes of a product. What is left out keeps its value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductChange, example = json!({ "grace_hours": 4 }))]
pub(crate) struct ProductChangeBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    settlement: Option<SettlementName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(inline, nullable = false)]
    name: Option<Text<1, 256>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(format = Int64, maximum = 4_294_967_295_i64, nullable = false)]
    grace_hours: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    #[schema(format = Int64, maximum = 4_294_967_295_i64, nullable = false)]
    retention_days: Option<u32>,
    /// What is frozen already stays until the resource changes.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<FreezeBody>, nullable = false)]
    freeze: Option<Object<FreezeBody>>,
    /// Counts for what is priced from now on.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    inheritable: Option<bool>,
}

/// Changes a product.
///
/// Its code stays.
#[utoipa::path(
    patch,
    path = "/v1/products/{code}",
    tag = TAG,
    params(("code" = String, Path, description = "The product's code")),
    request_body = ProductChangeBody,
    responses(
        (status = 200, description = "The product as it is now", body = ProductBody),
        (status = 404, description = "`product_not_found`"),
        (status = 422, description = "`amount_negative`: about `freeze.amount`"),
    )
)]
pub(crate) async fn change_product(
    At(code): At<String>,
    Json { call, value, bytes, .. }: Json<ProductChangeBody>,
) -> Answer {
    let (claim, code) = call.claim_of(&bytes, code_in_path(&code)).await?;
    let command = Command::from(catalogue::ChangeProduct {
        code,
        name: value.name.map(|text| text.0),
        settlement: value.settlement.map(Into::into),
        grace_hours: value.grace_hours,
        retention_days: value.retention_days,
        freeze: freeze_change(value.freeze),
        inheritable: value.inheritable,
    });
    let done = call.decide(claim.key, command, FIELDS).await?;
    let body = ProductBody::from(done.product()?);
    changed(&body, done.replayed)
}
