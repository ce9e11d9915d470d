//! `PATCH /v1/resources/{resource_id}`

use super::TAG;
use super::name::name_in_path;
use super::view::ResourceBody;
use crate::body::Json;
use crate::call::{Answer, At, changed};
use crate::problem::{Own, Problem};
use crate::wire::{Money, Quantity, present};
use serde::Deserialize;
use utoipa::ToSchema;

/// A resource's new size, one of the two at least. What is left out keeps its value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ResourceChange, example = json!({ "quantity": "2" }))]
pub(crate) struct ResourceChangeBody {
    /// List price of one unit in one settlement period, not below zero.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    unit_price: Option<Money>,
    /// How many units, above zero.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    quantity: Option<Quantity>,
}

/// Resizes a resource.
///
/// Its freeze is priced anew with its product's terms of now (A18). What grows must pass the check by what it freezes
/// more; what shrinks always may.
#[utoipa::path(
    patch,
    path = "/v1/resources/{resource_id}",
    tag = TAG,
    params(("resource_id" = String, Path, description = "The resource's id, percent-encoded")),
    request_body = ResourceChangeBody,
    responses(
        (status = 200, description = "The resource as it is now", body = ResourceBody),
        (status = 402, description = "`insufficient_credit`, with `side`, `account_uin`, `required` and `available`"),
        (status = 404, description = "`resource_not_found`"),
        (status = 409, description = "`resource_not_active`: it is stopped, or has ended; `account_suspended`: by \
            force (R108)"),
        (status = 422, description = "`account_unverified` (R58), `amount_negative`, `quantity_not_positive`, \
            `amount_overflow`"),
    )
)]
pub(crate) async fn resize_resource(
    At(name): At<String>,
    Json { call, value, bytes, .. }: Json<ResourceChangeBody>,
) -> Answer {
    let (unit_price, quantity) = (value.unit_price.map(|money| money.0), value.quantity.map(|quantity| quantity.0));
    if unit_price.is_none() && quantity.is_none() {
        return Err(Problem::own(Own::MissingField, "one of `unit_price` and `quantity` is required").at("quantity"));
    }
    let (claim, name) = call.claim_of(&bytes, name_in_path(&name)).await?;
    let fields = [
        ("amount_negative", "unit_price"),
        ("quantity_not_positive", "quantity"),
        ("amount_overflow", if unit_price.is_some() { "unit_price" } else { "quantity" }),
    ];
    let outcome = call.app().resize_resource(call.caller, claim.key, name, unit_price, quantity).await;
    let done = call.judged(outcome, &fields)?;
    let resource = call.app().resource_after(&done.event)?;
    changed(&ResourceBody::new(&call, resource), done.replayed)
}
