//! The reasons for which a command about vouchers is refused.

use crate::book::{Because, Figure, Finding, Retry, Rule, Status};
use crate::channel::{Uin, VoucherStatus};
use crate::money::Amount;
use credere_numbered::Numbered;

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// There is no such voucher.
    VoucherNotFound = 1,
    /// A second-level reseller issues offers only; trials come through its distributor (R115).
    ProductTrialNotYours = 2,
    /// The voucher is used up, expired or taken back.
    VoucherNotIssued(VoucherStatus) = 3,
    /// A voucher is issued over more than 0 and at most 1,000,000 (R120).
    VoucherAmountOutOfRange {
        /// The largest that is permitted.
        limit: Amount,
    } = 4,
    /// More than a second-level reseller may still issue in vouchers (R119).
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
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Reason::VoucherNotFound => "voucher_not_found",
            Reason::ProductTrialNotYours => "product_trial_not_permitted",
            Reason::VoucherNotIssued(_) => "voucher_not_issued",
            Reason::VoucherAmountOutOfRange { .. } => "voucher_amount_out_of_range",
            Reason::ExceedsVoucherQuota { .. } => "voucher_quota_exceeded",
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Reason::VoucherNotFound => Status::NotFound,
            Reason::VoucherNotIssued(_) => Status::Conflict,
            Reason::ProductTrialNotYours
            | Reason::VoucherAmountOutOfRange { .. }
            | Reason::ExceedsVoucherQuota { .. } => Status::Unprocessable,
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Reason::ExceedsVoucherQuota { .. } => Retry::Later,
            Reason::VoucherNotFound
            | Reason::ProductTrialNotYours
            | Reason::VoucherNotIssued(_)
            | Reason::VoucherAmountOutOfRange { .. } => Retry::Never,
        }
    }

    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        match *self {
            Reason::ExceedsVoucherQuota { issuer, requested, remaining } => {
                let of = (issuer, Figure::VoucherQuotaRemaining);
                Because::from_iter([Finding::at_least(Rule::R119, of, requested, remaining, self.code())])
            }
            Reason::VoucherNotFound
            | Reason::ProductTrialNotYours
            | Reason::VoucherNotIssued(_)
            | Reason::VoucherAmountOutOfRange { .. } => Because::new(),
        }
    }
}
