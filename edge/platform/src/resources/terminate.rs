//! `DELETE /v1/resources/{resource_id}`, and the same as `POST /v1/resources/{resource_id}/terminate` for whoever cannot
//! send a body with a DELETE.

use super::TAG;
use super::name::name_in_path;
use super::view::ResourceBody;
use crate::body::Json;
use crate::call::{Answer, At, changed};
use crate::wire::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is left to settle.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ResourceTermination, example = json!({ "final_amount": "1.20" }))]
pub(crate) struct TerminationBody {
    /// The list price of what was used since the last settlement, not below zero; nothing where absent.
    final_amount: Option<Money>,
}

/// A resource that has ended, with what was settled and released.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TerminatedResource)]
pub(super) struct TerminatedBody {
    #[serde(flatten)]
    resource: ResourceBody,
    /// What had been set aside of the customer's credit, and is available again.
    released: Money,
    /// What had been set aside of the paying partner's spend line.
    partner_released: Money,
    /// What the last settlement charged the customer, less vouchers.
    amount: Money,
    /// What vouchers paid of it.
    voucher_amount: Money,
    /// What the last settlement charged the paying partner.
    partner_amount: Money,
}

/// Terminates a resource.
///
/// The last settlement and the release of its freeze are one step (R71). Never refused for lack of credit (R62).
#[utoipa::path(
    delete,
    path = "/v1/resources/{resource_id}",
    tag = TAG,
    params(("resource_id" = String, Path, description = "The resource's id, percent-encoded")),
    request_body(content = TerminationBody, description = "Nothing, or what is left to settle"),
    responses(
        (status = 200, description = "The resource as it ended", body = TerminatedBody),
        (status = 404, description = "`resource_not_found`"),
        (status = 409, description = "`resource_not_active`: it has ended before"),
        (status = 422, description = "`amount_negative`, `amount_overflow`"),
    )
)]
pub(crate) async fn terminate_resource(name: At<String>, body: Json<TerminationBody>) -> Answer {
    terminated(name, body).await
}

/// Terminates a resource.
///
/// The same as `DELETE`, for clients that send no body with one.
#[utoipa::path(
    post,
    path = "/v1/resources/{resource_id}/terminate",
    tag = TAG,
    params(("resource_id" = String, Path, description = "The resource's id, percent-encoded")),
    request_body(content = TerminationBody, description = "Nothing, or what is left to settle"),
    responses(
        (status = 200, description = "The resource as it ended", body = TerminatedBody),
        (status = 404, description = "`resource_not_found`"),
        (status = 409, description = "`resource_not_active`: it has ended before"),
        (status = 422, description = "`amount_negative`, `amount_overflow`"),
    )
)]
pub(crate) async fn terminate_by_post(name: At<String>, body: Json<TerminationBody>) -> Answer {
    terminated(name, body).await
}

async fn terminated(At(name): At<String>, Json { call, value, bytes, .. }: Json<TerminationBody>) -> Answer {
    let (claim, name) = call.claim_of(&bytes, name_in_path(&name)).await?;
    let fields = [("amount_negative", "final_amount"), ("amount_overflow", "final_amount")];
    let last = value.final_amount.map(|money| money.0);
    let done = call.judged(call.app().terminate_resource(call.caller, claim.key, name, last).await, &fields)?;
    let ended = call.app().terminated_by(&done.event)?;
    let body = TerminatedBody {
        resource: ResourceBody::new(&call, ended.resource),
        released: Money(ended.released),
        partner_released: Money(ended.partner_released),
        amount: Money(ended.amount),
        voucher_amount: Money(ended.voucher_amount),
        partner_amount: Money(ended.partner_amount),
    };
    changed(&body, done.replayed)
}
