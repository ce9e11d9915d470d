//! What was paid for prepaid resources, and what of it goes back to whom.

use super::arithmetic::Units;
use super::facts::{Buyer, Parts, Price};

/// What was paid for a prepaid resource and is not given back (R82, R87).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paid {
    /// By the account.
    pub customer: Units,
    /// By the paying partner.
    pub partner: Units,
    /// Which parts of the account's own money paid its side; nothing where credit did.
    pub parts: Parts,
}

impl Paid {
    /// Both together.
    pub fn and(self, other: Paid) -> Paid {
        Paid {
            customer: self.customer + other.customer,
            partner: self.partner + other.partner,
            parts: self.parts.and(other.parts),
        }
    }

    /// One less the other.
    pub fn less(self, other: Paid) -> Paid {
        Paid {
            customer: self.customer - other.customer,
            partner: self.partner - other.partner,
            parts: self.parts.less(other.parts),
        }
    }
}

/// What goes back to one who paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// To whom.
    pub buyer: Buyer,
    /// Below zero.
    pub price: Price,
    /// Which parts of the payer's own money it goes back to, above zero.
    pub back: Option<Parts>,
}

impl Share {
    /// What comes back with it.
    pub fn given(&self) -> Paid {
        Paid { customer: -self.price.customer, partner: -self.price.partner, parts: self.back.unwrap_or_default() }
    }
}
