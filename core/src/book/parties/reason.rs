//! The reasons for which a command about accounts, partners and customers is refused.

use crate::book::{Because, Figure, Finding, Meaning, Retry, Rule, Status};
use crate::channel::{PartnerKind, Uin};
use crate::money::Amount;
use credere_numbered::{Named, Numbered, Refused};

/// What kind of thing was not found, or is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
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

impl Party {
    /// What it means that there is none.
    const fn not_found(self) -> Meaning {
        let (code, when) = match self {
            Party::Account => ("account_not_found", "There is no account with this number."),
            Party::Partner => ("partner_not_found", "There is no partner with this number."),
            Party::Customer => ("customer_not_found", "The account is not bound to a partner."),
            Party::Distributor => ("distributor_not_found", "There is no distributor with this number."),
            Party::SecondLevel => {
                ("second_level_reseller_not_found", "There is no second-level reseller with this number.")
            }
        };
        Meaning::of(code, Status::NotFound, Retry::Later, when)
    }
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// There is no such account, partner, ...
    #[refused(field_0.not_found())]
    PartyNotFound(Party, Uin) = 1,
    /// The account has no such API credential, or it was taken back.
    #[refused(NotFound, Never)]
    CredentialNotFound = 2,
    /// The number is taken by another account.
    #[refused(Conflict, Never)]
    AccountExists(Uin) = 3,
    /// The account is a partner already.
    #[refused(Conflict, Never)]
    AlreadyPartner(Uin) = 4,
    /// The account is bound to a partner already (R10).
    #[refused(Conflict, Later)]
    AlreadyBound(Uin) = 5,
    /// A partner of this kind cannot have what was asked (R2, R4).
    ///
    /// An agent has no customers, only a second-level reseller has a distributor, a second-level reseller has no spend line.
    #[refused(Unprocessable, Never)]
    WrongPartnerKind(PartnerKind) = 6,
    /// A second-level reseller needs the distributor that it is under (R2).
    #[refused(Unprocessable, Never)]
    DistributorRequired = 7,
    /// The customer has a non-stop privilege, which must be off before (R106, R140).
    #[refused(Conflict, Later)]
    NonStopOn(Uin) = 8,
    /// The customer has frozen credit, open orders, or resources (R140).
    #[refused(Conflict, Later)]
    HasOpenHolds(Uin) = 9,
    /// The customer has orders that are to be paid, and nothing else is open (R140).
    #[refused(Conflict, Later)]
    HasParkedOrders(Uin) = 10,
    /// A quota or line must not be below zero.
    #[refused(Unprocessable, Never)]
    QuotaNegative = 11,
    /// The amount is too large for a pool, or pulling is switched off (R49, A7).
    #[refused(Unprocessable, Never)]
    PoolAmountOutOfRange {
        /// The largest that is permitted, either way.
        limit: Amount,
    } = 12,
    /// More than the partner may still hand out (R32, R47).
    #[refused(Unprocessable, Later)]
    ExceedsAllocatable {
        /// Whose quota.
        partner: Uin,
        /// What was asked.
        requested: Amount,
        /// What is left to hand out.
        allocatable: Amount,
    } = 13,
    /// More is to be taken back than is available (R33).
    #[refused(Unprocessable, Later)]
    ExceedsAvailable {
        /// Whose credit.
        customer: Uin,
        /// What was asked.
        requested: Amount,
        /// What is available.
        available: Amount,
    } = 14,
    /// More is to be pulled than remains in the pool (R48).
    #[refused(Unprocessable, Later)]
    ExceedsPool {
        /// Whose pool.
        second_level: Uin,
        /// What was asked.
        requested: Amount,
        /// What remains.
        remaining: Amount,
    } = 15,
    /// The quota would fall below what is handed out.
    #[refused(Unprocessable, Later)]
    BelowAllocated {
        /// Whose quota.
        partner: Uin,
        /// What was asked.
        requested: Amount,
        /// What is handed out.
        allocated: Amount,
    } = 16,
    /// The voucher quota would fall below what is issued (R119).
    #[refused(Unprocessable, Later)]
    BelowIssued {
        /// Whose quota.
        partner: Uin,
        /// What was asked.
        requested: Amount,
        /// What is issued.
        issued: Amount,
    } = 17,
    /// Something is owed, so the customer cannot be unbound (R140).
    #[refused(Conflict, Later)]
    Overdue {
        /// The customer that owes.
        customer: Uin,
        /// Its available credit, below zero.
        available: Amount,
    } = 18,
    /// The account is in an organization: where it stands in the channel does not change meanwhile (R136).
    #[refused(Conflict, Later)]
    InOrganization(Uin) = 19,
}

impl Reason {
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
            | Reason::InOrganization(_)
            | Reason::QuotaNegative
            | Reason::PoolAmountOutOfRange { .. } => return Because::new(),
        };
        Because::from_iter([finding])
    }
}
