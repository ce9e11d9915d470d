//! A pack as it is shown.

use crate::call::Call;
use crate::wire::{AccountNumber, Quantity};
use credere_app::packs::PackView;
use serde::Serialize;
use utoipa::ToSchema;

/// A pack.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pack, example = json!({
    "pack_id": "pack_42", "account_uin": 100_000_000_777_u64, "product_code": "cvm", "units": "100.00", "remaining": "70.00",
    "state": "active", "created_at": "2026-01-01T00:00:00+08:00", "expires_at": "2027-01-01T00:00:00+08:00"
}))]
pub(super) struct PackBody {
    pack_id: String,
    /// Whose usage it covers.
    account_uin: AccountNumber,
    product_code: String,
    /// How many units it was bought with.
    units: Quantity,
    /// How many are left.
    remaining: Quantity,
    /// `active`, `used` once nothing is left, or `expired` with something left.
    #[schema(value_type = String, pattern = "^(active|used|expired)$")]
    state: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    /// From when on it covers nothing.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl PackBody {
    pub(super) fn new(call: &Call, view: PackView) -> PackBody {
        let PackView { pack, product, state } = view;
        PackBody {
            pack_id: pack.id.to_string(),
            account_uin: AccountNumber(pack.account),
            product_code: product,
            units: Quantity(pack.units),
            remaining: Quantity(pack.remaining),
            state: state.name(),
            created_at: call.time(pack.created_at),
            expires_at: call.time(pack.expires_at),
        }
    }
}
