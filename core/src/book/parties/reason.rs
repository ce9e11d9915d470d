//! The reasons for which a command about accounts, partners and customers is refused.

use crate::book::{Because, Figure, Finding, Meaning, Retry, Rule, Status};
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
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::PartyNotFound(Party::Account, _) => {
                Meaning::of("account_not_found", Status::NotFound, Retry::Later)
            }
            Reason::PartyNotFound(Party::Partner, _) => {
                Meaning::of("partner_not_found", Status::NotFound, Retry::Later)
            }
            Reason::PartyNotFound(Party::Customer, _) => {
                Meaning::of("customer_not_found", Status::NotFound, Retry::Later)
            }
            Reason::PartyNotFound(Party::Distributor, _) => {
                Meaning::of("distributor_not_found", Status::NotFound, Retry::Later)
            }
            Reason::PartyNotFound(Party::SecondLevel, _) => {
                Meaning::of("second_level_reseller_not_found", Status::NotFound, Retry::Later)
            }
            Reason::CredentialNotFound => Meaning::of("credential_not_found", Status::NotFound, Retry::Never),
            Reason::AccountExists(_) => Meaning::of("account_exists", Status::Conflict, Retry::Never),
            Reason::AlreadyPartner(_) => Meaning::of("already_partner", Status::Conflict, Retry::Never),
            Reason::AlreadyBound(_) => Meaning::of("already_bound", Status::Conflict, Retry::Later),
            Reason::WrongPartnerKind(_) => Meaning::of("wrong_partner_kind", Status::Unprocessable, Retry::Never),
            Reason::DistributorRequired => Meaning::of("distributor_required", Status::Unprocessable, Retry::Never),
            Reason::NonStopOn(_) => Meaning::of("non_stop_on", Status::Conflict, Retry::Later),
            Reason::HasOpenHolds(_) => Meaning::of("has_open_holds", Status::Conflict, Retry::Later),
            Reason::HasParkedOrders(_) => Meaning::of("has_parked_orders", Status::Conflict, Retry::Later),
            Reason::QuotaNegative => Meaning::of("quota_negative", Status::Unprocessable, Retry::Never),
            Reason::PoolAmountOutOfRange { .. } => {
                Meaning::of("pool_amount_out_of_range", Status::Unprocessable, Retry::Never)
            }
            Reason::ExceedsAllocatable { .. } => {
                Meaning::of("exceeds_allocatable", Status::Unprocessable, Retry::Later)
            }
            Reason::ExceedsAvailable { .. } => Meaning::of("exceeds_available", Status::Unprocessable, Retry::Later),
            Reason::ExceedsPool { .. } => Meaning::of("exceeds_pool", Status::Unprocessable, Retry::Later),
            Reason::BelowAllocated { .. } => Meaning::of("below_allocated", Status::Unprocessable, Retry::Later),
            Reason::BelowIssued { .. } => Meaning::of("below_issued", Status::Unprocessable, Retry::Later),
            Reason::Overdue { .. } => Meaning::of("overdue", Status::Conflict, Retry::Later),
        }
    }

    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        let code = self.meaning().code;
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
