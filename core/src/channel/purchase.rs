//! The purchase check: whoever buys, the customer's credit is judged first and its paying partner's second, and if
//! either does not suffice nothing happens (R54-R60).

use super::Uin;
use crate::ledger::Line;
use crate::money::Amount;
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};

/// Whose credit a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum Side {
    /// The customer that buys.
    Customer = 1,
    /// The paying partner, Q(c) of R7.
    Partner = 2,
}

impl Side {
    /// The name used by the platform API.
    pub const fn name(self) -> &'static str {
        match self {
            Side::Customer => "customer",
            Side::Partner => "partner",
        }
    }
}

/// What both sides are judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum Purchase {
    /// Something is paid or held (R55, R56).
    Order = 1,
    /// Something is frozen for what will be used (R57).
    Freeze = 2,
}

/// What one side must be able to pay, and from which line.
#[derive(Debug, Clone, Copy)]
pub struct Need<'a> {
    /// Whose line.
    pub account: Uin,
    /// The line.
    pub line: &'a Line,
    /// How much of it.
    pub required: Amount,
}

/// One side's outcome, with its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which side.
    pub side: Side,
    /// Whose line.
    pub account: Uin,
    /// What was needed.
    pub required: Amount,
    /// What there was.
    pub available: Amount,
}

impl Check {
    /// Equality passes (R55). An overdue line passes nothing, not even a free purchase (R58).
    pub fn passed(&self) -> bool {
        self.required <= self.available
    }
}

/// What the two sides say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The customer's side; absent when a partner buys for itself.
    pub customer: Option<Check>,
    /// The partner's side.
    pub partner: Check,
}

impl Verdict {
    /// Both sides, in the order in which they are judged.
    pub fn checks(&self) -> impl Iterator<Item = Check> {
        self.customer.into_iter().chain([self.partner])
    }

    /// The check that failed first, if one did.
    pub fn failed(&self) -> Option<Check> {
        self.checks().find(|check| !check.passed())
    }
}

/// Judges the customer first, then the paying partner (R54, R60). Both are judged, so that all that is short can be told
/// at once.
pub fn check_purchase(customer: Option<Need<'_>>, partner: Need<'_>) -> Verdict {
    let judge = |side, need: Need<'_>| Check {
        side,
        account: need.account,
        required: need.required,
        available: need.line.available(),
    };
    Verdict { customer: customer.map(|need| judge(Side::Customer, need)), partner: judge(Side::Partner, partner) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(customer: Option<(i64, i64)>, partner: (i64, i64)) -> Verdict {
        let uin = |n| Uin::new(n).unwrap();
        let lines = customer.map(|(has, _)| Line::with_limit(Amount::whole(has)));
        let partner_line = Line::with_limit(Amount::whole(partner.0));
        let need = |account, line, required| Need { account, line, required: Amount::whole(required) };
        check_purchase(
            customer.zip(lines.as_ref()).map(|((_, needs), line)| need(uin(1), line, needs)),
            need(uin(2), &partner_line, partner.1),
        )
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
        assert!(!both_short.partner.passed(), "the partner's side is told as well");
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
