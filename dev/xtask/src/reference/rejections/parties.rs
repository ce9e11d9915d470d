//! When refusals about accounts, credentials, partners, bindings and allocation come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::parties::{Party, Reason};

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::PartyNotFound(Party::Account, _) => "There is no account with this number.",
        Reason::PartyNotFound(Party::Partner, _) => "There is no partner with this number.",
        Reason::PartyNotFound(Party::Customer, _) => "The account is not bound to a partner.",
        Reason::PartyNotFound(Party::Distributor, _) => "There is no distributor with this number.",
        Reason::PartyNotFound(Party::SecondLevel, _) => "There is no second-level reseller with this number.",
        Reason::CredentialNotFound => "The account has no such API credential, or it was taken back.",
        Reason::AccountExists(_) => "The number is taken by another account.",
        Reason::AlreadyPartner(_) => "The account is a partner already.",
        Reason::AlreadyBound(_) => "The account is bound to a partner already (R10).",
        Reason::WrongPartnerKind(_) => "A partner of this kind cannot have what was asked (R2, R4).",
        Reason::DistributorRequired => "A second-level reseller needs the distributor that it is under (R2).",
        Reason::NonStopOn(_) => "The customer has a non-stop privilege, which must be off before (R106, R140).",
        Reason::HasOpenHolds(_) => "The customer has frozen credit, open orders, or resources (R140).",
        Reason::HasParkedOrders(_) => "The customer has orders that are to be paid, and nothing else is open (R140).",
        Reason::QuotaNegative => "A quota or line must not be below zero.",
        Reason::PoolAmountOutOfRange { .. } => {
            "The amount is too large for a pool, or pulling is switched off (R49, A7)."
        }
        Reason::ExceedsAllocatable { .. } => "More than the partner may still hand out (R32, R47).",
        Reason::ExceedsAvailable { .. } => "More is to be taken back than is available (R33).",
        Reason::ExceedsPool { .. } => "More is to be pulled than remains in the pool (R48).",
        Reason::BelowAllocated { .. } => "The quota would fall below what is handed out.",
        Reason::BelowIssued { .. } => "The voucher quota would fall below what is issued (R119).",
        Reason::Overdue { .. } => "Something is owed, so the customer cannot be unbound (R140).",
    }
}
