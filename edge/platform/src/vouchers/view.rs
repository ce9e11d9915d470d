//! A voucher as it is shown, whether it comes from what was just decided or from history, and the names of what it is.

use crate::call::Call;
use crate::wire::{AccountNumber, Money, names};
use credere_app::vouchers::VoucherView;
use credere_core::channel::{VoucherKind, VoucherMode, VoucherStatus, VoucherUsage};
use serde::Serialize;
use utoipa::ToSchema;

names! {
    /// Whose cost a voucher pays (R111).
    #[schema(as = VoucherKind)]
    pub(super) enum KindName {
        /// Type I: the owning partner's, for all its customers.
        PartnerAll,
        /// Type II: the owning partner's, for one customer's trial; a linked type III comes with it.
        PartnerCustomer,
        /// Type III: the owning customer's.
        Customer,
    }
}

names! {
    /// What a voucher is for (R115).
    #[schema(as = VoucherUsage)]
    pub(super) enum UsageName of VoucherUsage {
        #[serde(rename = "CustomerOffer")]
        CustomerOffer,
        #[serde(rename = "ProductTrial")]
        ProductTrial,
    }
}

names! {
    /// Which way of paying a voucher fits (R114).
    #[schema(as = VoucherPaymentMode)]
    pub(super) enum ModeName of VoucherMode {
        All,
        Prepaid,
        Postpaid,
    }
}

names! {
    /// How a voucher stands (R116).
    #[schema(as = VoucherStatus)]
    pub(super) enum StatusName of VoucherStatus {
        /// It has something left and may pay.
        Issued,
        /// It has nothing left.
        Used,
        /// Its time is over.
        Expired,
        /// It was taken back.
        Invalidated,
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
    kind: &'static str,
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
    status: &'static str,
    /// `CustomerOffer` or `ProductTrial`.
    usage: &'static str,
    /// `all`, `prepaid` or `postpaid`.
    payment_mode: &'static str,
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
    mode: &'static str,
    codes: Vec<String>,
}

impl VoucherBody {
    /// A voucher as it stands.
    pub(super) fn new(call: &Call, view: VoucherView) -> VoucherBody {
        // Every type II brings one, and nothing else does.
        let (customer, issuer, linked) = match view.kind {
            VoucherKind::PartnerAll => (None, None, None),
            VoucherKind::PartnerCustomer(customer) => (Some(customer), None, Some(view.id.linked())),
            VoucherKind::Customer { issuer } => (None, issuer, None),
        };
        VoucherBody {
            id: view.id.to_string(),
            kind: view.kind.name(),
            owner_uin: AccountNumber(view.owner),
            customer_uin: customer.map(AccountNumber),
            issuer_uin: issuer.map(AccountNumber),
            linked_id: linked.map(|id| id.to_string()),
            amount: Money(view.amount),
            remaining: Money(view.remaining),
            status: view.status.name(),
            usage: view.usage.name(),
            payment_mode: view.mode.name(),
            products: ProductsShown { mode: view.scope.name(), codes: view.products },
            effective_at: call.time(view.effective_at),
            expires_at: call.time(view.expires_at),
            issued_at: call.time(view.issued_at),
        }
    }
}
