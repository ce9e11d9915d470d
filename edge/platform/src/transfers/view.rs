//! A transfer as JSON.

use crate::call::Call;
use crate::wire::{AccountNumber, Money};
use credere_core::organization::Transfer;
use serde::Serialize;
use utoipa::ToSchema;

/// Money that an organization's admin handed to a member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer, example = json!({
    "transfer_id": "trf_42", "org_id": 101, "admin_uin": 100_000_000_001_u64, "member_uin": 100_000_000_002_u64,
    "amount": "100.00", "returned": "40.00", "made_at": "2026-10-12T08:00:00+08:00"
}))]
pub(super) struct TransferBody {
    transfer_id: String,
    org_id: u64,
    /// Whose money it was.
    admin_uin: AccountNumber,
    /// Whose it is.
    member_uin: AccountNumber,
    /// How much was handed over.
    amount: Money,
    /// How much of that has come back.
    returned: Money,
    #[schema(format = DateTime)]
    made_at: String,
}

impl TransferBody {
    pub(super) fn new(call: &Call, transfer: &Transfer) -> TransferBody {
        let Transfer { id, organization, admin, member, amount, returned, made_at } = *transfer;
        TransferBody {
            transfer_id: id.to_string(),
            org_id: organization.0,
            admin_uin: AccountNumber(admin),
            member_uin: AccountNumber(member),
            amount: Money(amount),
            returned: Money(returned),
            made_at: call.time(made_at),
        }
    }
}
