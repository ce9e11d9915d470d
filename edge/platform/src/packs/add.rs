//! `POST /v1/packs`

use super::TAG;
use super::view::PackBody;
use crate::body::Json;
use crate::call::{Answer, created};
use crate::products::product_named;
use crate::wire::{AccountNumber, Quantity, Text, Time};
use credere_core::book::{Command, packs};
use serde::Deserialize;
use utoipa::ToSchema;

/// A new pack; everything is required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPack, example = json!({
    "account_uin": 100_000_000_777_u64, "product_code": "cvm", "units": "100", "expires_at": "2027-01-01T00:00:00+08:00"
}))]
pub(crate) struct NewPackBody {
    /// Whose usage it covers; nobody else's, whoever pays for whom.
    account_uin: AccountNumber,
    #[schema(inline)]
    product_code: Text<1, 64>,
    /// How many units, above zero.
    units: Quantity,
    /// From when on it covers nothing; in the future.
    expires_at: Time,
}

/// Adds a pack.
///
/// What it cost is an order's affair. From now on usage of the product that is told in `units` is covered by it, the pack that
/// is over first before the others, and only what is left is charged (O82).
#[utoipa::path(
    post,
    path = "/v1/packs",
    tag = TAG,
    request_body = NewPackBody,
    responses(
        (status = 201, description = "The pack", body = PackBody),
        (status = 404, description = "`account_not_found`, `product_not_found`"),
        (status = 422, description = "`units_not_positive`, `empty_period`: it would be over already"),
    )
)]
pub(crate) async fn add_pack(Json { call, value, bytes, .. }: Json<NewPackBody>) -> Answer {
    let fields = [
        ("account_not_found", "account_uin"),
        ("product_not_found", "product_code"),
        ("units_not_positive", "units"),
        ("empty_period", "expires_at"),
    ];
    let (claim, product) = call.claim_of(&bytes, product_named(&value.product_code.0, "product_code")).await?;
    let (account, units, expires_at) = (value.account_uin.0, value.units.0, value.expires_at.0);
    let command = Command::from(packs::AddPack { account, product, units, expires_at });
    let done = call.decide(claim.key, command, &fields).await?;
    created(&PackBody::new(&call, call.app().added_pack(&done)?), done.replayed)
}
