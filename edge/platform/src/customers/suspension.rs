//! `PUT /v1/customers/{uin}/suspension`

use super::TAG;
use crate::accounts::AccountBody;
use crate::body::Json;
use crate::call::{Answer, At, shown, uin_in_path};
use crate::problem::Problem;
use credere_core::book::{Command, parties, standing};
use serde::Deserialize;
use utoipa::ToSchema;

/// Whether a customer is suspended by force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Suspension, example = json!({ "forced": true }))]
pub(crate) struct SuspensionBody {
    forced: bool,
}

/// Suspends a customer by force, or ends that.
///
/// It buys nothing new, and its resources stop at once, whatever its credit, grace or privileges; no credit moves
/// (R108-R109). When the force ends its credit decides again. Partners with the grant `force_suspension` do the same
/// through the Cloud API.
#[utoipa::path(
    put,
    path = "/v1/customers/{uin}/suspension",
    tag = TAG,
    params(("uin" = u64, Path, description = "The customer's number")),
    request_body = SuspensionBody,
    responses(
        (status = 200, description = "The account as it is now", body = AccountBody),
        (status = 404, description = "`customer_not_found`"),
        (status = 422, description = "`wrong_partner_kind`: an agent's customer takes no part in credit (R4)"),
    )
)]
pub(crate) async fn force_suspension(At(uin): At<String>, Json { call, value, .. }: Json<SuspensionBody>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Customer)?;
    call.decide(None, Command::from(standing::ForceSuspension { customer: uin, forced: value.forced }), &[]).await?;
    let view = call.app().customer(call.caller, uin).await.map_err(Problem::after_change)?;
    shown(&AccountBody::new(call.app(), view)?)
}
