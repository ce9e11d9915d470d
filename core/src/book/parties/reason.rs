//! The reasons for which a command about accounts, partners and customers is refused.

use crate::book::{Because, Figure, Finding, Retry, Rule, Status};
use crate::channel::{PartnerKind, Uin};
use crate::money::Amount;
use credere_numbered::Numbered;

/// What kind of thing was not found, or is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum Party {
    /// An account.
    Account = 1,
    /// A partner.
    Partner = 2,
    /// A bound customer.
    Customer = 3,
    /// A distributor.
    Distributor = 4,
    /// A second-level reseller.
    SecondLevel = 5,
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// There is no such account, partner, ...
    PartyNotFound(Party, Uin) = 1,
    /// There is no such API credential.
    CredentialNotFound = 2,
    /// The number is taken by an account.
    AccountExists(Uin) = 3,
    /// The account is a partner already.
    AlreadyPartner(Uin) = 4,
    /// The account is bound to a partner already (R10).
    AlreadyBound(Uin) = 5,
    /// A partner of this kind cannot have what was asked: an agent has no customers, only a second-level reseller has
    /// a distributor, a second-level reseller has no spend line.
    WrongPartnerKind(PartnerKind) = 6,
    /// A second-level reseller needs the distributor that it is under.
    DistributorRequired = 7,
    /// The customer has a non-stop privilege, which must be off before it is unbound (R106).
    NonStopOn(Uin) = 8,
    /// The customer has credit frozen, open orders, or resources that run or are stopped (R140).
    HasOpenHolds(Uin) = 9,
    /// Nothing else stands in the way of unbinding, but the customer has orders that are to be paid.
    HasParkedOrders(Uin) = 10,
    /// The quota must not be below zero.
    QuotaNegative = 11,
    /// Grants to and pulls from a pool are bounded to 1,000,000 each (R49).
    PoolAmountOutOfRange {
        /// The largest that is permitted, either way.
        limit: Amount,
    } = 12,
    /// More than the partner may still hand out (R32, R47).
    ExceedsAllocatable {
        /// Whose quota.
        partner: Uin,
        /// What was asked.
        requested: Amount,
        /// What is left to hand out.
        allocatable: Amount,
    } = 13,
    /// More is to be taken back than is available (R33).
    ExceedsAvailable {
        /// Whose credit.
        customer: Uin,
        /// What was asked.
        requested: Amount,
        /// What is available.
        available: Amount,
    } = 14,
    /// More is to be pulled than remains in the pool (R48).
    ExceedsPool {
        /// Whose pool.
        second_level: Uin,
        /// What was asked.
        requested: Amount,
        /// What remains.
        remaining: Amount,
    } = 15,
    /// The quota would fall below what is handed out.
    BelowAllocated {
        /// Whose quota.
        partner: Uin,
        /// What was asked.
        requested: Amount,
        /// What is handed out.
        allocated: Amount,
    } = 16,
    /// The voucher quota of a second-level reseller would fall below what it has issued (R119).
    BelowIssued {
        /// Whose quota.
        partner: Uin,
        /// What was asked.
        requested: Amount,
        /// What is issued.
        issued: Amount,
    } = 17,
    /// Something is owed, so that the customer cannot be unbound (R140).
    Overdue {
        /// The customer that owes.
        customer: Uin,
        /// Its available credit, below zero.
        available: Amount,
    } = 18,
}

impl Reason {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Reason::PartyNotFound(Party::Account, _) => "account_not_found",
            Reason::PartyNotFound(Party::Partner, _) => "partner_not_found",
            Reason::PartyNotFound(Party::Customer, _) => "customer_not_found",
            Reason::PartyNotFound(Party::Distributor, _) => "distributor_not_found",
            Reason::PartyNotFound(Party::SecondLevel, _) => "second_level_reseller_not_found",
            Reason::CredentialNotFound => "credential_not_found",
            Reason::AccountExists(_) => "account_exists",
            Reason::AlreadyPartner(_) => "already_partner",
            Reason::AlreadyBound(_) => "already_bound",
            Reason::WrongPartnerKind(_) => "wrong_partner_kind",
            Reason::DistributorRequired => "distributor_required",
            Reason::HasOpenHolds(_) => "has_open_holds",
            Reason::QuotaNegative => "quota_negative",
            Reason::PoolAmountOutOfRange { .. } => "pool_amount_out_of_range",
            Reason::ExceedsAllocatable { .. } => "exceeds_allocatable",
            Reason::ExceedsAvailable { .. } => "exceeds_available",
            Reason::ExceedsPool { .. } => "exceeds_pool",
            Reason::BelowAllocated { .. } => "below_allocated",
            Reason::Overdue { .. } => "overdue",
            Reason::NonStopOn(_) => "non_stop_on",
            Reason::BelowIssued { .. } => "below_issued",
            Reason::HasParkedOrders(_) => "has_parked_orders",
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Reason::PartyNotFound(..) | Reason::CredentialNotFound => Status::NotFound,
            Reason::AccountExists(_)
            | Reason::AlreadyPartner(_)
            | Reason::AlreadyBound(_)
            | Reason::HasOpenHolds(_)
            | Reason::Overdue { .. }
            | Reason::NonStopOn(_)
            | Reason::HasParkedOrders(_) => Status::Conflict,
            Reason::WrongPartnerKind(_)
            | Reason::DistributorRequired
            | Reason::QuotaNegative
            | Reason::PoolAmountOutOfRange { .. }
            | Reason::ExceedsAllocatable { .. }
            | Reason::ExceedsAvailable { .. }
            | Reason::ExceedsPool { .. }
            | Reason::BelowAllocated { .. }
            | Reason::BelowIssued { .. } => Status::Unprocessable,
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Reason::PartyNotFound(..)
            | Reason::AlreadyBound(_)
            | Reason::HasOpenHolds(_)
            | Reason::ExceedsAllocatable { .. }
            | Reason::ExceedsAvailable { .. }
            | Reason::ExceedsPool { .. }
            | Reason::BelowAllocated { .. }
            | Reason::Overdue { .. }
            | Reason::NonStopOn(_)
            | Reason::BelowIssued { .. }
            | Reason::HasParkedOrders(_) => Retry::Later,
            Reason::CredentialNotFound
            | Reason::AccountExists(_)
            | Reason::AlreadyPartner(_)
            | Reason::WrongPartnerKind(_)
            | Reason::DistributorRequired
            | Reason::QuotaNegative
            | Reason::PoolAmountOutOfRange { .. } => Retry::Never,
        }
    }

    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        let code = self.code();
        let finding = match *self {
            Reason::ExceedsAllocatable { partner, requested, allocatable } => {
                Finding::at_least(Rule::R32, (partner, Figure::Allocatable), requested, allocatable, code)
            }
            Reason::ExceedsAvailable { customer, requested, available } => {
                Finding::at_least(Rule::R33, (customer, Figure::CustomerAvailable), requested, available, code)
            }
            Reason::ExceedsPool { second_level, requested, remaining } => {
                Finding::at_least(Rule::R48, (second_level, Figure::PoolRemaining), requested, remaining, code)
            }
            Reason::BelowAllocated { partner, requested, allocated } => {
                Finding::at_least(Rule::R25, (partner, Figure::AllocationQuota), allocated, requested, code)
            }
            Reason::BelowIssued { partner, requested, issued } => {
                Finding::at_least(Rule::R119, (partner, Figure::VoucherQuota), issued, requested, code)
            }
            Reason::Overdue { customer, available } => {
                Finding::at_least(Rule::R140, (customer, Figure::CustomerAvailable), Amount::ZERO, available, code)
            }
            Reason::NonStopOn(uin) => Finding::must_be(Rule::R140, (uin, Figure::NonStop), false, true, code),
            Reason::HasOpenHolds(uin) => Finding::must_be(Rule::R140, (uin, Figure::OpenHolds), false, true, code),
            Reason::HasParkedOrders(uin) => {
                Finding::must_be(Rule::R140, (uin, Figure::ParkedOrders), false, true, code)
            }
            Reason::AlreadyBound(uin) => Finding::must_be(Rule::R10, (uin, Figure::Bound), false, true, code),
            Reason::PartyNotFound(..)
            | Reason::CredentialNotFound
            | Reason::AccountExists(_)
            | Reason::AlreadyPartner(_)
            | Reason::WrongPartnerKind(_)
            | Reason::DistributorRequired
            | Reason::QuotaNegative
            | Reason::PoolAmountOutOfRange { .. } => return Because::new(),
        };
        Because::from_iter([finding])
    }
}
