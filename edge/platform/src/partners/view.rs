//! A partner as it is shown, and the parts of one that are sent as well.

use crate::problem::Problem;
use crate::wire::{AccountNumber, Money, names};
use credere_app::App;
use credere_core::channel::{AllowlistItem, Partner, PartnerKind};
use credere_core::ledger::Line;
use serde::Serialize;
use utoipa::ToSchema;

/// A partner with its two ledgers, which are never merged (R22).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Partner, example = json!({
    "uin": 100_000_000_001_u64, "kind": "distributor", "distributor_uin": null,
    "allocation": { "quota": "10000.00", "allocated": "3000.00", "allocatable": "7000.00" },
    "spend": { "line": "10000.00", "used": "360.00", "frozen": "0.00", "available": "9640.00" },
    "vouchers": { "quota": "0.00", "issued": "0.00", "remaining": "0.00" },
    "allowlist": ["customer_discounts"], "registered_at": "2026-01-31T08:00:00+08:00"
}))]
pub(crate) struct PartnerBody {
    uin: AccountNumber,
    kind: KindName,
    /// The distributor above a second-level reseller.
    distributor_uin: Option<AccountNumber>,
    allocation: AllocationBody,
    /// `null` for a second-level reseller and an agent, which owe the platform nothing.
    spend: Option<SpendBody>,
    vouchers: VouchersBody,
    /// Features that the platform granted it.
    allowlist: Vec<FeatureName>,
    #[schema(format = DateTime)]
    registered_at: String,
}

/// What a partner may hand out (R23); a second-level reseller's is its pool (R26).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartnerAllocation)]
struct AllocationBody {
    quota: Money,
    /// What its customers (a distributor's pools besides) have of it (R25).
    allocated: Money,
    /// `quota - allocated`.
    allocatable: Money,
}

/// What a partner may owe the platform, in partner prices (R27).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartnerSpend)]
pub(super) struct SpendBody {
    line: Money,
    /// What was charged and is not paid to the platform.
    #[schema(value_type = crate::described::Figure)]
    used: Money,
    /// What open orders, authorizations and resources hold.
    frozen: Money,
    /// `line - used - frozen`.
    #[schema(value_type = crate::described::Figure)]
    available: Money,
}

impl From<Line> for SpendBody {
    fn from(line: Line) -> SpendBody {
        SpendBody {
            line: Money(line.limit()),
            used: Money(line.used()),
            frozen: Money(line.frozen()),
            available: Money(line.available()),
        }
    }
}

/// What a partner may issue to customers in vouchers. The quota binds a second-level reseller (R119); for the others it
/// is a figure to go by, and `remaining` is below zero where they have issued more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartnerVouchers)]
struct VouchersBody {
    quota: Money,
    /// What it has issued.
    issued: Money,
    /// `quota - issued`.
    remaining: Money,
}

names! {
    /// What a partner is (R2, R4).
    #[schema(as = PartnerKind)]
    pub(super) enum KindName of PartnerKind {
        /// Sells straight to its customers.
        Reseller,
        /// Has direct customers and second-level resellers.
        Distributor,
        /// Under exactly one distributor, with a pool from it and customers of its own.
        SecondLevelReseller,
        /// Refers customers; takes no part in credit.
        Agent,
    }
}

names! {
    /// A feature that the platform grants to single partners.
    #[schema(as = Feature)]
    pub(super) enum FeatureName of AllowlistItem {
        /// Force-suspending customers (R108).
        ForceSuspension,
        /// The special suspension rule (R107).
        SpecialSuspension,
        /// Customer discounts (R124).
        CustomerDiscounts,
        /// Invitation links (R133).
        Invitations,
        /// Opening accounts for customers (R133).
        CreateAccount,
    }
}

impl PartnerBody {
    /// A partner as it stands.
    ///
    /// # Errors
    /// A figure that does not fit, which the book does not let happen.
    pub(crate) fn new(app: &App, partner: &Partner) -> Result<PartnerBody, Problem> {
        let allocatable = partner.allocatable().map_err(|_| Problem::internal())?;
        let remaining = partner.vouchers_remaining().map_err(|_| Problem::internal())?;
        Ok(PartnerBody {
            uin: AccountNumber(partner.uin),
            kind: partner.kind.into(),
            distributor_uin: partner.distributor.map(AccountNumber),
            allocation: AllocationBody {
                quota: Money(partner.allocation_quota),
                allocated: Money(partner.allocated),
                allocatable: Money(allocatable),
            },
            spend: partner.spend.map(SpendBody::from),
            vouchers: VouchersBody {
                quota: Money(partner.voucher_quota),
                issued: Money(partner.vouchers_issued),
                remaining: Money(remaining),
            },
            allowlist: partner.allowlist.iter().copied().map(FeatureName::from).collect(),
            registered_at: app.rfc3339(partner.registered_at),
        })
    }
}
