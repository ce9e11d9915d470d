//! `POST /v1/products`

use super::terms::{FreezeBody, SettlementName, freeze_change};
use super::view::ProductBody;
use super::{FIELDS, TAG};
use crate::body::Json;
use crate::call::{Answer, created};
use crate::wire::{NewCode, Object, Text};
use credere_core::book::{Command, catalogue};
use credere_core::channel::FreezeTerms;
use serde::Deserialize;
use utoipa::ToSchema;

/// A new product; `code` and `settlement` are required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProduct, example = json!({ "code": "cvm", "name": "Cloud server", "settlement": "hourly" }))]
pub(crate) struct NewProductBody {
    /// 1 to 64 of `a-z A-Z 0-9 _ . -`, unique.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_.-]{1,64}$")]
    code: NewCode,
    settlement: SettlementName,
    /// What people call it; the code where absent.
    #[schema(inline)]
    name: Option<Text<1, 256>>,
    /// Hours that it runs on after its account became overdue; where absent 2 while it settles hourly, else 24 (R105).
    #[schema(format = Int64, maximum = 4_294_967_295_i64)]
    grace_hours: Option<u32>,
    /// Days that the data of a stopped resource is kept, 15 where absent; the special suspension rule keeps it for 15 at
    /// most (R107).
    #[schema(format = Int64, maximum = 4_294_967_295_i64)]
    retention_days: Option<u32>,
    /// What a resource freezes while it runs (R65-R69); nothing where absent.
    #[schema(value_type = Option<FreezeBody>)]
    freeze: Option<Object<FreezeBody>>,
    /// Whether who inherits another account's offers has them for this product, too; `true` where absent (O84).
    inheritable: Option<bool>,
}

/// Adds a product.
///
/// Products are never removed.
#[utoipa::path(
    post,
    path = "/v1/products",
    tag = TAG,
    request_body = NewProductBody,
    responses(
        (status = 201, description = "The product", body = ProductBody),
        (status = 409, description = "`product_exists`: the code is taken"),
        (status = 422, description = "`amount_negative`: about `freeze.amount`"),
    )
)]
pub(crate) async fn add_product(Json { call, value, bytes, .. }: Json<NewProductBody>) -> Answer {
    let code = value.code.0;
    let command = Command::from(catalogue::AddProduct {
        name: value.name.map_or_else(|| code.to_string(), |text| text.0),
        code,
        settlement: value.settlement.into(),
        grace_hours: value.grace_hours,
        retention_days: value.retention_days,
        freeze: freeze_change(value.freeze).over(FreezeTerms::default()),
        inheritable: value.inheritable.unwrap_or(true),
    });
    let claim = call.claim(&bytes)?;
    let done = call.decide(claim.key, command, FIELDS).await?;
    let body = ProductBody::from(done.product()?);
    created(&body, done.replayed)
}
