//! `POST /v1/organizations/{org_id}/transfers/{transfer_id}/return`

use super::TAG;
use super::view::TransferBody;
use crate::body::Json;
use crate::call::{Answer, At, changed};
use crate::organizations::organization_in_path;
use crate::problem::Problem;
use crate::wire::Money;
use credere_core::book::{Command, Rejection, transfers};
use serde::Deserialize;
use utoipa::ToSchema;

/// What comes back of a transfer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferReturn, example = json!({ "amount": "40.00" }))]
pub(crate) struct ReturnBody {
    /// How much; above zero.
    amount: Money,
}

/// Gives an organization's admin back what a member has not spent of a transfer.
///
/// At most what is left of it, and what the member has in cash (O95, O96); also where the member is paid for by now. Who has
/// left the organization keeps what it has.
#[utoipa::path(
    post,
    path = "/v1/organizations/{org_id}/transfers/{transfer_id}/return",
    tag = TAG,
    params(
        ("org_id" = u64, Path, description = "The organization's number"),
        ("transfer_id" = String, Path, description = "The transfer's id")
    ),
    request_body = ReturnBody,
    responses(
        (status = 200, description = "The transfer as it is now", body = TransferBody),
        (status = 404, description = "`organization_not_found`, `transfer_not_found`; `member_not_found`: it has left"),
        (status = 422, description = "`exceeds_returnable`, with `returnable`; `no_finance`, `amount_not_positive`"),
    )
)]
pub(crate) async fn return_transfer(
    At((id, transfer)): At<(String, String)>,
    Json { call, value, bytes, .. }: Json<ReturnBody>,
) -> Answer {
    let missing = || Problem::refused(&Rejection::from(transfers::Reason::TransferNotFound));
    let named = organization_in_path(&id).and_then(|id| Ok((id, transfer.parse().map_err(|_| missing())?)));
    let (claim, (organization, transfer)) = call.claim_of(&bytes, named).await?;
    let asked = transfers::ReturnTransfer { organization, transfer, amount: value.amount.0 };
    let fields = [("amount_not_positive", "amount"), ("exceeds_returnable", "amount")];
    let done = call.decide(claim.key, Command::from(asked), &fields).await?;
    changed(&TransferBody::new(&call, &done.transfer()?), done.replayed)
}
