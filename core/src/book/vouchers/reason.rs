//! The reasons for which a command about vouchers is refused.

use crate::book::{Because, Figure, Finding, Rule};
use crate::channel::{Uin, VoucherStatus};
use crate::money::Amount;
use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// There never was such a voucher.
    #[refused(NotFound, Never)]
    VoucherNotFound = 1,
    /// A second-level reseller issues offers only (R115).
    #[refused(Unprocessable, Never, "product_trial_not_permitted")]
    ProductTrialNotYours = 2,
    /// The voucher is used up, expired or taken back.
    #[refused(Conflict, Never)]
    VoucherNotIssued(VoucherStatus) = 3,
    /// A voucher is issued over at most 1,000,000 (R120).
    #[refused(Unprocessable, Never)]
    VoucherAmountOutOfRange {
        /// The largest that is permitted.
        limit: Amount,
    } = 4,
    /// More than a second-level reseller may still issue (R119).
    #[refused(Unprocessable, Later, "voucher_quota_exceeded")]
    ExceedsVoucherQuota {
        /// Who issues.
        issuer: Uin,
        /// What was asked.
        requested: Amount,
        /// What is left of the quota.
        remaining: Amount,
    } = 5,
}

impl Reason {
    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        match *self {
            Reason::ExceedsVoucherQuota { issuer, requested, remaining } => {
                let of = (issuer, Figure::VoucherQuotaRemaining);
                Because::from_iter([Finding::at_least(Rule::R119, of, requested, remaining, self.meaning().code)])
            }
            Reason::VoucherNotFound
            | Reason::ProductTrialNotYours
            | Reason::VoucherNotIssued(_)
            | Reason::VoucherAmountOutOfRange { .. } => Because::new(),
        }
    }
}
