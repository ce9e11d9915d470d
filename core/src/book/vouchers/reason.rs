//! The reasons for which a command about vouchers is refused.

use crate::book::{Because, Figure, Finding, Meaning, Retry, Rule, Status};
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
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::VoucherNotFound => Meaning::of("voucher_not_found", Status::NotFound, Retry::Never),
            Reason::ProductTrialNotYours => {
                Meaning::of("product_trial_not_permitted", Status::Unprocessable, Retry::Never)
            }
            Reason::VoucherNotIssued(_) => Meaning::of("voucher_not_issued", Status::Conflict, Retry::Never),
            Reason::VoucherAmountOutOfRange { .. } => {
                Meaning::of("voucher_amount_out_of_range", Status::Unprocessable, Retry::Never)
            }
            Reason::ExceedsVoucherQuota { .. } => {
                Meaning::of("voucher_quota_exceeded", Status::Unprocessable, Retry::Later)
            }
        }
    }

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
