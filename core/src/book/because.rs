//! Why a decision came out as it did: which figures of whom were compared under which rule. Small and copied, since
//! every decision carries it; text is made at the edge.

use crate::channel::Uin;
use crate::money::Amount;
use arrayvec::ArrayVec;
use std::fmt;

/// What was compared, in the order in which it was judged.
pub type Because = ArrayVec<Finding, 4>;

/// A rule of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the rules' numbers; `Rule::gist` says what they are about")]
pub enum Rule {
    R32,
    R33,
    R47,
    R48,
    R55,
    R56,
    R57,
    R62,
    R82,
    R112,
    R119,
    R140,
}

impl Rule {
    /// The rule in a few words.
    pub const fn gist(self) -> &'static str {
        match self {
            Rule::R32 => "an allocation must not exceed what the partner may still hand out",
            Rule::R33 => "a reclaim must not exceed what the customer has available",
            Rule::R47 => "a pool grant must not exceed what the distributor may still hand out",
            Rule::R48 => "a pool pull must not exceed what remains in the pool",
            Rule::R55 => "a purchase must not exceed the customer's available credit",
            Rule::R56 => "a purchase must not exceed the paying partner's available spend line",
            Rule::R57 => "an activation must not freeze more than is available on either side",
            Rule::R62 => "what was used is charged whatever is available",
            Rule::R82 => "a downgrade must not give back more than was paid for its resource",
            Rule::R112 => "vouchers pay before credit does",
            Rule::R119 => "a second-level reseller issues at most its voucher quota",
            Rule::R140 => "a customer is unbound only with nothing owed and nothing frozen",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Which of an account's figures was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Figure {
    /// What a customer may spend.
    CustomerAvailable,
    /// What a partner may owe the platform besides what it owes.
    SpendAvailable,
    /// What a partner may still hand out.
    Allocatable,
    /// What a distributor may take back from a pool.
    PoolRemaining,
    /// What a second-level reseller may still issue in vouchers.
    VoucherQuotaRemaining,
    /// What vouchers pay of a charge.
    VouchersPay,
    /// What an account has paid for a prepaid resource and not got back.
    Paid,
}

impl Figure {
    /// The name that people see.
    pub const fn name(self) -> &'static str {
        match self {
            Figure::CustomerAvailable => "customer_available",
            Figure::SpendAvailable => "spend_available",
            Figure::Allocatable => "allocatable",
            Figure::PoolRemaining => "pool_remaining",
            Figure::VoucherQuotaRemaining => "voucher_quota_remaining",
            Figure::VouchersPay => "vouchers_pay",
            Figure::Paid => "paid",
        }
    }
}

/// One comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Under which rule.
    pub rule: Rule,
    /// Whose figure.
    pub account: Uin,
    /// Which figure.
    pub figure: Figure,
    /// What was needed of it.
    pub required: Amount,
    /// What it was before the decision.
    pub found: Amount,
}

impl Finding {
    /// Whether the figure sufficed, or did not have to: what was used is charged whatever there is (R62), and vouchers
    /// pay what they can (R112).
    pub fn passed(&self) -> bool {
        matches!(self.rule, Rule::R62 | Rule::R112) || self.required <= self.found
    }
}
