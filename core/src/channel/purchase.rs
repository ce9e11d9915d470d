//! The purchase check: whoever buys, the credit that pays is judged first and its paying partner's second, and if either
//! does not suffice nothing happens (R54-R60).

use super::Uin;
use crate::money::Amount;
use arrayvec::ArrayVec;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// Whose credit a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum Side {
    /// The customer that buys.
    Customer = 1,
    /// The paying partner, Q(c) of R7.
    Partner = 2,
    /// Who pays on behalf of the account that buys.
    Payer = 3,
}

/// As many sides as a purchase has at most: who pays, and the partner that owes for it.
pub const SIDES_MAX: usize = 2;

impl Side {
    /// Which of two things is this side's: the payer's, or the paying partner's.
    pub fn of<T>(self, payer: T, partner: T) -> T {
        match self {
            Side::Customer | Side::Payer => payer,
            Side::Partner => partner,
        }
    }
}

/// What the sides are judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum Purchase {
    /// Something is paid or held (R55, R56).
    Order = 1,
    /// Something is frozen for what will be used (R57).
    Freeze = 2,
}

/// What one side must be able to pay, and what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which side.
    pub side: Side,
    /// Whose funds.
    pub account: Uin,
    /// What was needed.
    pub required: Amount,
    /// What there was.
    pub available: Amount,
}

impl Check {
    /// Equality passes (R55). Who is overdue passes nothing, not even a free purchase (R58).
    pub fn passed(&self) -> bool {
        self.required <= self.available
    }
}

/// What the sides say, in the order in which they are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict(ArrayVec<Check, SIDES_MAX>);

impl Verdict {
    /// All sides, in the order in which they are judged.
    pub fn checks(&self) -> impl Iterator<Item = Check> {
        self.0.iter().copied()
    }

    /// The check that failed first, if one did.
    pub fn failed(&self) -> Option<Check> {
        self.checks().find(|check| !check.passed())
    }
}

/// Judges who pays first, then the paying partner (R54, R60), in the order in which they are given. All are judged, so that
/// all that is short can be told at once.
pub fn check_purchase(sides: ArrayVec<Check, SIDES_MAX>) -> Verdict {
    Verdict(sides)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(customer: Option<(i64, i64)>, partner: (i64, i64)) -> Verdict {
        let check = |side, account, (available, required)| Check {
            side,
            account: Uin::new(account).unwrap(),
            required: Amount::whole(required),
            available: Amount::whole(available),
        };
        let customer = customer.map(|figures| check(Side::Customer, 1, figures));
        check_purchase(customer.into_iter().chain([check(Side::Partner, 2, partner)]).collect())
    }

    #[test]
    fn equality_passes_on_both_sides() {
        assert_eq!(verdict(Some((100, 100)), (90, 90)).failed(), None);
    }

    #[test]
    fn the_customer_is_what_failed_when_both_do() {
        let both_short = verdict(Some((99, 100)), (0, 90));
        assert_eq!(
            both_short.failed().map(|c| (c.side, c.required, c.available)),
            Some((Side::Customer, Amount::whole(100), Amount::whole(99)))
        );
        assert_eq!(
            both_short.checks().filter(|check| !check.passed()).count(),
            2,
            "the partner's side is told as well"
        );
    }

    #[test]
    fn the_partner_is_judged_when_the_customer_passes() {
        let failed = verdict(Some((100, 100)), (89, 90)).failed().unwrap();
        assert_eq!((failed.side, failed.account.number(), failed.available), (Side::Partner, 2, Amount::whole(89)));
    }

    #[test]
    fn an_overdue_customer_may_not_even_take_what_is_free() {
        assert_eq!(verdict(Some((-1, 0)), (90, 0)).failed().map(|c| c.side), Some(Side::Customer));
        assert_eq!(verdict(Some((0, 0)), (0, 0)).failed(), None);
    }

    #[test]
    fn a_partner_that_buys_for_itself_has_one_side() {
        assert_eq!(verdict(None, (90, 90)).failed(), None);
        assert_eq!(verdict(None, (90, 91)).failed().map(|c| c.side), Some(Side::Partner));
    }
}
