//! `POST` and `GET /v1/customers/{uin}/allocations`

use super::TAG;
use crate::allocations::{AllocationRecordBody, allocation_id, list_allocations_of};
use crate::body::Json;
use crate::call::{Answer, At, Call, created, shown, uin_in_path};
use crate::page::{Page, PageQuery};
use crate::query::Query;
use crate::wire::{Money, Text};
use credere_core::book::{Command, parties};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Credit handed out, or taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAllocation, example = json!({ "amount": "-50.00", "remark": "project ended" }))]
pub(crate) struct NewAllocationBody {
    /// An increment: handed out where positive, taken back where negative (R31).
    amount: Money,
    /// A note for the history.
    #[schema(inline)]
    remark: Option<Text<0, 256>>,
}

/// A customer's credit after an allocation or reclaim.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Allocation, example = json!({
    "total": "950.00", "available": "550.00", "allocation_id": "alloc_42"
}))]
pub(crate) struct AllocationAnswer {
    total: Money,
    available: Money,
    allocation_id: String,
}

/// Hands credit to a customer, or takes it back.
///
/// The managing partner is the operator (R30). Takes effect at once (R37), and also for a customer that is overdue
/// (R40). An allocation must not exceed what the partner may still hand out (R32); a reclaim must not exceed what is
/// available, and is refused whole where it does (R33).
#[utoipa::path(
    post,
    path = "/v1/customers/{uin}/allocations",
    tag = TAG,
    params(("uin" = u64, Path, description = "The customer's number")),
    request_body = NewAllocationBody,
    responses(
        (status = 201, description = "The credit after it", body = AllocationAnswer),
        (status = 404, description = "`customer_not_found`"),
        (status = 422, description = "`exceeds_allocatable`, `exceeds_available`, `amount_zero`, \
            `wrong_partner_kind` (its partner is an agent)"),
    )
)]
pub(crate) async fn allocate_credit(
    At(uin): At<String>,
    Json { call, value, bytes, .. }: Json<NewAllocationBody>,
) -> Answer {
    let (claim, customer) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Customer)).await?;
    let fields = [("exceeds_allocatable", "amount"), ("exceeds_available", "amount"), ("amount_zero", "amount")];
    let remark = value.remark.map(|text| text.0);
    let command = Command::from(parties::AllocateCredit { customer, amount: value.amount.0, remark });
    let done = call.decide(claim.key, command, &fields).await?;
    let after = done.allocated()?;
    let body = AllocationAnswer {
        total: Money(after.total),
        available: Money(after.available),
        allocation_id: allocation_id(done.number()?),
    };
    created(&body, done.replayed)
}

/// Lists a customer's allocations and reclaims.
///
/// Newest first (R41). What confirmed bills give back is not among them (R42).
#[utoipa::path(
    get,
    path = "/v1/customers/{uin}/allocations",
    tag = TAG,
    params(("uin" = u64, Path, description = "The customer's number"), PageQuery),
    responses(
        (status = 200, description = "A page of records", body = Page<AllocationRecordBody>),
        (status = 404, description = "`customer_not_found`"),
    )
)]
pub(crate) async fn list_allocations(call: Call, At(uin): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Customer)?;
    shown(&list_allocations_of(&call, uin, &query).await?)
}
