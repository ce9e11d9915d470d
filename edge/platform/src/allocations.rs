//! Records of what was handed out and taken back, of a customer's credit and of a second-level reseller's pool alike. What
//! either is handed is asked for in its own subject.

use crate::call::Call;
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::wire::{AccountNumber, Money};
use credere_app::parties::AllocationView;
use credere_core::channel::Uin;
use credere_core::ledger::Shard;
use serde::Serialize;
use utoipa::ToSchema;

/// Cursors hold the journal position of a record.
const LIST: List = List(b'l');

/// One record of the history (R41).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationRecord)]
pub(crate) struct AllocationRecordBody {
    allocation_id: String,
    /// The increment.
    amount: Money,
    /// The total after it.
    total_after: Money,
    /// What was available (of a pool: what remained) after it.
    available_after: Money,
    /// The partner that acted.
    operator_uin: AccountNumber,
    remark: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// An allocation's public name.
pub(crate) fn allocation_id(number: u64) -> String {
    format!("alloc_{number}")
}

/// A page of an account's allocation records.
///
/// # Errors
/// 404 when there is no such account.
pub(crate) async fn list_allocations_of(
    call: &Call,
    account: Uin,
    query: &PageQuery,
) -> Result<Page<AllocationRecordBody>, Problem> {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let (found, _) = call.app().allocations(call.caller, account, wanted.from, 0, wanted.limit + 1).await?;
    Ok(LIST.page(
        wanted,
        found,
        |row| Shard::within(row.number),
        |row: AllocationView| AllocationRecordBody {
            allocation_id: allocation_id(row.number),
            amount: Money(row.amount),
            total_after: Money(row.total_after),
            available_after: Money(row.available_after),
            operator_uin: AccountNumber(row.operator),
            remark: row.remark,
            created_at: call.time(row.at),
        },
    ))
}
