//! `POST /v1/partners/{uin}/pool` and `GET /v1/partners/{uin}/pool`

use super::TAG;
use crate::allocations::{AllocationRecordBody, allocation_id, list_allocations_of};
use crate::body::Json;
use crate::call::{Answer, At, Call, created, shown, uin_in_path};
use crate::page::{Page, PageQuery};
use crate::query::Query;
use crate::wire::{AccountNumber, Money, Text};
use credere_core::book::{Command, parties};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A grant to a pool, or a pull from one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PoolIncrement, example = json!({ "amount": "-100.00", "remark": "season is over" }))]
pub(crate) struct PoolBody {
    /// An increment: granted where positive, pulled back where negative; at most 1,000,000 either way (R49).
    amount: Money,
    /// A note for the history.
    #[schema(inline)]
    remark: Option<Text<0, 256>>,
}

/// A pool after a grant or pull.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pool, example = json!({
    "uin": 100_000_000_002_u64, "amount": "3000.00", "total": "3000.00", "remaining": "3000.00",
    "allocation_id": "alloc_17"
}))]
pub(crate) struct PoolAnswer {
    /// The second-level reseller.
    uin: AccountNumber,
    /// The increment.
    amount: Money,
    /// What the pool was given in all, less what was pulled back (R45).
    total: Money,
    /// What may still be handed out of it (R46).
    remaining: Money,
    allocation_id: String,
}

/// Grants to a second-level reseller's pool, or pulls from it.
///
/// The distributor above is the operator (R45-R49). A grant must not exceed what the distributor may still hand out
/// (R47), a pull not what remains in the pool (R48). The pool limits handing out only; purchases do not touch it (R51).
#[utoipa::path(
    post,
    path = "/v1/partners/{uin}/pool",
    tag = TAG,
    params(("uin" = u64, Path, description = "The second-level reseller's number")),
    request_body = PoolBody,
    responses(
        (status = 201, description = "The pool after it", body = PoolAnswer),
        (status = 404, description = "`second_level_reseller_not_found`"),
        (status = 422, description = "`exceeds_allocatable`, `exceeds_pool`, `pool_amount_out_of_range`, \
            `amount_zero`, `wrong_partner_kind` (not a second-level reseller)"),
    )
)]
pub(crate) async fn allocate_pool(At(uin): At<String>, Json { call, value, bytes, .. }: Json<PoolBody>) -> Answer {
    let (claim, second_level) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::SecondLevel)).await?;
    let fields = [
        ("exceeds_allocatable", "amount"),
        ("exceeds_pool", "amount"),
        ("pool_amount_out_of_range", "amount"),
        ("amount_zero", "amount"),
    ];
    let remark = value.remark.map(|text| text.0);
    let command = Command::from(parties::AllocatePool { second_level, amount: value.amount.0, remark });
    let done = call.decide(claim.key, command, &fields).await?;
    let after = done.allocated()?;
    let body = PoolAnswer {
        uin: AccountNumber(after.account),
        amount: Money(after.amount),
        total: Money(after.total),
        remaining: Money(after.available),
        allocation_id: allocation_id(done.number()?),
    };
    created(&body, done.replayed)
}

/// Lists grants to and pulls from a pool.
///
/// Newest first (R41).
#[utoipa::path(
    get,
    path = "/v1/partners/{uin}/pool",
    tag = TAG,
    params(("uin" = u64, Path, description = "The second-level reseller's number"), PageQuery),
    responses(
        (status = 200, description = "A page of records", body = Page<AllocationRecordBody>),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn list_pool_allocations(call: Call, At(uin): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Account)?;
    shown(&list_allocations_of(&call, uin, &query).await?)
}
