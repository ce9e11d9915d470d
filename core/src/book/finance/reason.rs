//! The reasons for which a command about somebody's own money is refused.

use crate::channel::Uin;
use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// The account does not pay with money of its own: it is a reseller, or has its credit from one (O3).
    #[refused(Unprocessable, Later)]
    NoFinance(Uin) = 1,
    /// The account has no such card.
    #[refused(NotFound, Never)]
    CardNotFound = 2,
    /// The card's month is over already (O69).
    #[refused(Unprocessable, Never)]
    CardExpired = 3,
    /// The account has as many cards as it may have.
    #[refused(Conflict, Later)]
    TooManyCards = 4,
    /// The account has its own offers.
    #[refused(NotFound, Later)]
    InheritanceNotFound = 5,
    /// An account always has its own offers, and cannot inherit them.
    #[refused(Unprocessable, Never)]
    InheritsFromItself = 6,
    /// Neither do both pay the platform themselves nor have both their credit from the same partner, so that the offers of one
    /// mean nothing to the other.
    #[refused(Unprocessable, Later)]
    OffersNotAlike {
        /// Who was to inherit.
        account: Uin,
        /// Whose offers.
        from: Uin,
    } = 7,
}
