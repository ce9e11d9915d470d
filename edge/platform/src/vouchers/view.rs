//! A voucher as it is shown, whether it comes from what was just decided or from history, and the names of what it is.

use crate::call::Call;
use crate::problem::Problem;
use crate::wire::{AccountNumber, Money, by_name};
use credere_core::channel::{Voucher, VoucherId, VoucherKind, VoucherMode, VoucherStatus, VoucherUsage};
use credere_store::contract::VoucherRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose cost a voucher pays (R111).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = VoucherKind)]
pub(super) enum KindName {
    /// Type I: the owning partner's, for all its customers.
    PartnerAll,
    /// Type II: the owning partner's, for one customer's trial; a linked type III comes with it.
    PartnerCustomer,
    /// Type III: the owning customer's.
    Customer,
}

by_name!(KindName);

/// What a voucher is for (R115).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(remote = "Self")]
#[schema(as = VoucherUsage)]
pub(super) enum UsageName {
    CustomerOffer,
    ProductTrial,
}

by_name!(UsageName);

impl From<UsageName> for VoucherUsage {
    fn from(usage: UsageName) -> VoucherUsage {
        match usage {
            UsageName::CustomerOffer => VoucherUsage::CustomerOffer,
            UsageName::ProductTrial => VoucherUsage::ProductTrial,
        }
    }
}

/// Which way of paying a voucher fits (R114).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = VoucherPaymentMode)]
pub(super) enum ModeName {
    All,
    Prepaid,
    Postpaid,
}

by_name!(ModeName);

impl From<ModeName> for VoucherMode {
    fn from(mode: ModeName) -> VoucherMode {
        match mode {
            ModeName::All => VoucherMode::All,
            ModeName::Prepaid => VoucherMode::Prepaid,
            ModeName::Postpaid => VoucherMode::Postpaid,
        }
    }
}

/// How a voucher stands (R116).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = VoucherStatus)]
pub(super) enum StatusName {
    /// It has something left and may pay.
    Issued,
    /// It has nothing left.
    Used,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Invalidated,
}

by_name!(StatusName);

impl From<StatusName> for VoucherStatus {
    fn from(status: StatusName) -> VoucherStatus {
        match status {
            StatusName::Issued => VoucherStatus::Issued,
            StatusName::Used => VoucherStatus::Used,
            StatusName::Expired => VoucherStatus::Expired,
            StatusName::Invalidated => VoucherStatus::Invalidated,
        }
    }
}

/// A voucher.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Voucher, example = json!({
    "id": "84", "kind": "partner_customer", "owner_uin": 100_000_000_001_u64, "customer_uin": 100_000_000_777_u64,
    "issuer_uin": null, "linked_id": "85", "amount": "100.00", "remaining": "40.00", "status": "issued",
    "usage": "ProductTrial", "payment_mode": "all", "products": { "mode": "only", "codes": ["cvm"] },
    "effective_at": "2026-01-01T00:00:00+08:00", "expires_at": "2026-02-01T00:00:00+08:00",
    "issued_at": "2025-12-31T08:00:00+08:00"
}))]
pub(super) struct VoucherBody {
    /// Decimal digits.
    id: String,
    /// `partner_all` (type I), `partner_customer` (type II) or `customer` (type III).
    kind: String,
    owner_uin: AccountNumber,
    /// Whose trial a type II pays.
    customer_uin: Option<AccountNumber>,
    /// Who issued a type III, and bears it.
    issuer_uin: Option<AccountNumber>,
    /// The type III that came with a type II.
    linked_id: Option<String>,
    amount: Money,
    /// What is left of it.
    remaining: Money,
    /// `issued`, `used`, `expired` or `invalidated`.
    status: String,
    /// `CustomerOffer` or `ProductTrial`.
    usage: String,
    /// `all`, `prepaid` or `postpaid`.
    payment_mode: String,
    products: ProductsShown,
    #[schema(format = DateTime)]
    effective_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(format = DateTime)]
    issued_at: String,
}

/// Which products a voucher fits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VoucherProductsShown)]
struct ProductsShown {
    /// `all`, `only` or `except`.
    mode: String,
    codes: Vec<String>,
}

impl VoucherBody {
    /// A voucher as history has it.
    pub(super) fn from_row(call: &Call, row: VoucherRow) -> VoucherBody {
        // Every type II brings one, and nothing else does.
        let linked = row.customer.map(|_| VoucherId(row.id).linked().to_string());
        VoucherBody {
            id: VoucherId(row.id).to_string(),
            kind: row.kind,
            owner_uin: AccountNumber(row.owner),
            customer_uin: row.customer.map(AccountNumber),
            issuer_uin: row.issuer.map(AccountNumber),
            linked_id: linked,
            amount: Money(row.amount),
            remaining: Money(row.remaining),
            status: row.status,
            usage: row.usage,
            payment_mode: row.payment_mode,
            products: ProductsShown { mode: row.products_mode, codes: row.products },
            effective_at: call.time(row.effective_at),
            expires_at: call.time(row.expires_at),
            issued_at: call.time(row.issued_at),
        }
    }

    /// A voucher as it was decided. Its products' codes come from the book: products stay, and so do their codes.
    ///
    /// # Errors
    /// When there is no such product.
    pub(super) fn from_decision(call: &Call, voucher: Voucher) -> Result<VoucherBody, Problem> {
        let codes = voucher.products.listed().iter().map(|number| call.app().product_code(*number));
        let products = codes.collect::<Option<Vec<_>>>().ok_or_else(Problem::internal)?;
        let (customer, issuer) = match voucher.kind {
            VoucherKind::PartnerAll => (None, None),
            VoucherKind::PartnerCustomer(customer) => (Some(customer), None),
            VoucherKind::Customer { issuer } => (None, Some(issuer)),
        };
        let row = VoucherRow {
            id: voucher.id.0,
            kind: voucher.kind.name().to_owned(),
            owner: voucher.owner,
            customer,
            issuer,
            amount: voucher.amount,
            remaining: voucher.remaining,
            status: voucher.status.name().to_owned(),
            usage: voucher.usage.name().to_owned(),
            payment_mode: voucher.mode.name().to_owned(),
            products_mode: voucher.products.name().to_owned(),
            products,
            effective_at: voucher.effective_at,
            expires_at: voucher.expires_at,
            issued_at: voucher.issued_at,
            changed_at: voucher.issued_at,
        };
        Ok(VoucherBody::from_row(call, row))
    }
}
