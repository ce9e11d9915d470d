//! `POST /v1/organizations/{org_id}/transfers`

use super::TAG;
use super::view::TransferBody;
use crate::body::Json;
use crate::call::{Answer, At, created};
use crate::organizations::organization_in_path;
use crate::wire::{AccountNumber, Money};
use credere_core::book::{Command, transfers};
use serde::Deserialize;
use utoipa::ToSchema;

/// Money for a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTransfer, example = json!({ "member_uin": 100_000_000_002_u64, "amount": "100.00" }))]
pub(crate) struct NewTransferBody {
    /// To whom: a member that pays for itself and has given its admin permission 3.
    member_uin: AccountNumber,
    /// How much; above zero.
    amount: Money,
}

/// Hands money of an organization's admin to a member.
///
/// Only cash moves, and only what nothing is set aside of: at most the admin's `cash` and its `available` (O95, O96). At the
/// member it first repays what is owed on credit, as a top-up does. The member pays for itself, has given its admin permission
/// 3, and is of the same entity.
#[utoipa::path(
    post,
    path = "/v1/organizations/{org_id}/transfers",
    tag = TAG,
    params(("org_id" = u64, Path, description = "The organization's number")),
    request_body = NewTransferBody,
    responses(
        (status = 201, description = "The transfer", body = TransferBody),
        (status = 404, description = "`organization_not_found`, `member_not_found`"),
        (status = 409, description = "`paid_on_behalf`: somebody pays for the member; `entity_differs`: the member is of \
            another entity than its admin, or of none"),
        (status = 422, description = "`permission_missing`: the member has not given permission 3; `exceeds_transferable`, with \
            `transferable`; `no_finance`, `amount_not_positive`"),
    )
)]
pub(crate) async fn transfer_funds(
    At(id): At<String>,
    Json { call, value, bytes, .. }: Json<NewTransferBody>,
) -> Answer {
    let (claim, organization) = call.claim_of(&bytes, organization_in_path(&id)).await?;
    let NewTransferBody { member_uin, amount } = value;
    let asked = transfers::TransferFunds { organization, member: member_uin.0, amount: amount.0 };
    let fields = [
        ("amount_not_positive", "amount"),
        ("exceeds_transferable", "amount"),
        ("member_not_found", "member_uin"),
        ("permission_missing", "member_uin"),
        ("paid_on_behalf", "member_uin"),
        ("entity_differs", "member_uin"),
    ];
    let done = call.decide(claim.key, Command::from(asked), &fields).await?;
    created(&TransferBody::new(&call, &done.transfer()?), done.replayed)
}
