//! Refusals: the code, and the figures that belong to it. What the core answers is told in the same words here, so that
//! both can be compared.

use super::Units;
use super::conditions::all_met;
use super::units;
use credere_core::book::{Rejection, buying, members, parties, transfers, vouchers};
use credere_core::channel::{Side, Uin};
use credere_core::money::Amount;

/// Why an act must be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: &'static str,
    /// Whose credit does not suffice, where it is that.
    pub side: Option<Side>,
    /// Whose figure it is.
    pub account: Option<Uin>,
    /// The figures by name: what was asked or needed first, then what there is.
    pub figures: Vec<(&'static str, Units)>,
}

/// What an act must come to.
pub type Judged = Result<(), Refusal>;

impl Refusal {
    /// A refusal that comes without figures.
    pub const fn plain(code: &'static str) -> Refusal {
        Refusal { code, side: None, account: None, figures: Vec::new() }
    }
}

/// Refuses without figures.
///
/// # Errors
/// Always: the refusal.
pub const fn refuse<T>(code: &'static str) -> Result<T, Refusal> {
    Err(Refusal::plain(code))
}

/// Refuses for these figures, which are `account`'s where there is one.
pub(crate) fn refuse_for<T>(
    code: &'static str,
    account: Option<Uin>,
    figures: impl Into<Vec<(&'static str, Units)>>,
) -> Result<T, Refusal> {
    Err(Refusal { code, side: None, account, figures: figures.into() })
}

impl From<&Rejection> for Refusal {
    /// What the core says, in the auditor's words.
    fn from(rejection: &Rejection) -> Refusal {
        let (account, figures): (Option<Uin>, Vec<(&'static str, Amount)>) = match rejection {
            Rejection::Buying(buying::Reason::InsufficientCredit { account, required, available, .. }) => {
                (Some(*account), vec![("required", *required), ("available", *available)])
            }
            Rejection::Parties(parties::Reason::ExceedsAllocatable { partner, requested, allocatable }) => {
                (Some(*partner), vec![("requested", *requested), ("allocatable", *allocatable)])
            }
            Rejection::Parties(parties::Reason::ExceedsAvailable { customer, requested, available }) => {
                (Some(*customer), vec![("requested", *requested), ("available", *available)])
            }
            Rejection::Parties(parties::Reason::ExceedsPool { second_level, requested, remaining }) => {
                (Some(*second_level), vec![("requested", *requested), ("remaining", *remaining)])
            }
            Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota { issuer, requested, remaining }) => {
                (Some(*issuer), vec![("requested", *requested), ("remaining", *remaining)])
            }
            Rejection::Buying(buying::Reason::ExceedsPaid { account, requested, paid }) => {
                (Some(*account), vec![("requested", *requested), ("paid", *paid)])
            }
            Rejection::Transfers(transfers::Reason::ExceedsTransferable { admin, requested, transferable }) => {
                (Some(*admin), vec![("requested", *requested), ("transferable", *transferable)])
            }
            Rejection::Transfers(transfers::Reason::ExceedsReturnable { member, requested, returnable }) => {
                (Some(*member), vec![("requested", *requested), ("returnable", *returnable)])
            }
            Rejection::Parties(parties::Reason::BelowAllocated { requested, allocated, .. }) => {
                (None, vec![("requested", *requested), ("allocated", *allocated)])
            }
            Rejection::Parties(parties::Reason::BelowIssued { requested, issued, .. }) => {
                (None, vec![("requested", *requested), ("issued", *issued)])
            }
            Rejection::Buying(buying::Reason::ExceedsAuthorization { requested, open, .. }) => {
                (None, vec![("requested", *requested), ("open", *open)])
            }
            Rejection::Buying(buying::Reason::ExceedsRefundable { requested, refundable, .. }) => {
                (None, vec![("requested", *requested), ("refundable", *refundable)])
            }
            Rejection::Buying(buying::Reason::ExceedsUnrefunded { account, requested, refundable }) => {
                (Some(*account), vec![("requested", *requested), ("refundable", *refundable)])
            }
            Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { limit })
            | Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit }) => (None, vec![("limit", *limit)]),
            Rejection::Parties(parties::Reason::Overdue { customer, available }) => {
                (Some(*customer), vec![("available", *available)])
            }
            _ => (None, Vec::new()),
        };
        if let Rejection::Members(members::Reason::ConditionsNotMet(unmet)) = rejection {
            return all_met(unmet).err().unwrap_or(Refusal::plain(rejection.code()));
        }
        let side = match rejection {
            Rejection::Buying(buying::Reason::InsufficientCredit { side, .. }) => Some(*side),
            _ => None,
        };
        let figures = figures.into_iter().map(|(name, amount)| (name, units(amount))).collect();
        Refusal { code: rejection.code(), side, account, figures }
    }
}
