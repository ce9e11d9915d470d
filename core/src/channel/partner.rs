//! Partners and their two ledgers, which are never merged (R22): the allocation quota says how much credit may be
//! handed out, the spend line says how much may be owed to the platform.

use super::Uin;
use crate::ledger::{Line, Moment};
use crate::money::{Amount, Overflow};
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// What a partner is (R2, R4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum PartnerKind {
    /// Sells straight to its customers.
    Reseller = 1,
    /// Has direct customers and second-level resellers.
    Distributor = 2,
    /// Under exactly one distributor, with a pool from it and customers of its own.
    SecondLevelReseller = 3,
    /// Refers customers, who pay the platform themselves; takes no part in credit.
    Agent = 4,
}

impl PartnerKind {
    /// Whether it can have customers whose credit it manages.
    pub const fn manages_credit(self) -> bool {
        match self {
            PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::SecondLevelReseller => true,
            PartnerKind::Agent => false,
        }
    }
}

/// A feature that the platform grants to single partners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered, Named)]
#[repr(u8)]
pub enum AllowlistItem {
    /// Force-suspending customers (R108).
    ForceSuspension = 1,
    /// The special suspension rule (R107).
    SpecialSuspension = 2,
    /// Customer discounts (R124).
    CustomerDiscounts = 3,
    /// Invitation links (R133).
    Invitations = 4,
    /// Opening accounts for customers (R133).
    CreateAccount = 5,
}

/// A partner and its ledgers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// The account that it is.
    pub uin: Uin,
    /// What kind of partner it is.
    pub kind: PartnerKind,
    /// The distributor above a second-level reseller, and when it came under it is `registered_at`.
    pub distributor: Option<Uin>,
    /// When it became a partner.
    pub registered_at: Moment,
    /// Journal position of its becoming one; orders a distributor's second-level resellers by age.
    pub registered_seq: u64,
    /// How much credit it may hand out; a second-level reseller's pool (R26).
    pub allocation_quota: Amount,
    /// How much it has handed out: its customers' totals, and a distributor's pools besides (R25).
    pub allocated: Amount,
    /// What it may owe the platform (R27). `None` for a second-level reseller and an agent, which owe it nothing.
    pub spend: Option<Line>,
    /// How much it may issue in vouchers. Binds second-level resellers only (R119).
    pub voucher_quota: Amount,
    /// How much it has issued in vouchers to customers, less what was left of those that were taken back.
    pub vouchers_issued: Amount,
    /// How many it has issued in all.
    pub vouchers_count: u64,
    /// Features granted to it, sorted.
    pub allowlist: Vec<AllowlistItem>,
    /// A distributor's second-level resellers, oldest first.
    pub second_levels: Vec<Uin>,
    /// The sum of its direct customers' available credit (R24), in units of 10^-8; wide, since it is a sum of many.
    pub customers_available: i128,
    /// The sum of its direct customers' totals (R24).
    pub customers_total: Amount,
}

impl Partner {
    /// What it may still hand out: quota less allocated (R23). Never below zero.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen while `0 <= allocated <= quota` holds.
    pub fn allocatable(&self) -> Result<Amount, Overflow> {
        self.allocation_quota.minus(self.allocated)
    }

    /// What of its voucher quota it has not issued (R119): nothing where it issued more than a quota that does not bind it.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen while both are at least zero.
    pub fn vouchers_remaining(&self) -> Result<Amount, Overflow> {
        Ok(self.voucher_quota.minus(self.vouchers_issued)?.max(Amount::ZERO))
    }
}
