//! What pays, whichever of the two it is.

use super::finance::Finance;
use super::line::Line;
use super::movement::Movement;
use crate::money::{Amount, Overflow};
use credere_numbered::Numbered;

/// What pays: credit that a partner handed down, or money of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Funds {
    /// Credit (R12).
    Credit(Line) = 1,
    /// Money (O3).
    Money(Finance) = 2,
}

impl Funds {
    /// What may still be spent; below zero when overdue.
    pub fn available(&self) -> Amount {
        match self {
            Funds::Credit(line) => line.available(),
            Funds::Money(finance) => finance.available(),
        }
    }

    /// All that is set aside.
    pub fn frozen(&self) -> Amount {
        match self {
            Funds::Credit(line) => line.frozen(),
            Funds::Money(finance) => finance.frozen(),
        }
    }

    /// What open orders and authorizations hold.
    pub const fn prepay_frozen(&self) -> Amount {
        match self {
            Funds::Credit(line) => line.prepay_frozen(),
            Funds::Money(finance) => finance.prepay_frozen(),
        }
    }

    /// What is left after a movement.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn moved(self, by: Movement) -> Result<Funds, Overflow> {
        Ok(match self {
            Funds::Credit(line) => Funds::Credit(line.moved(by)?),
            Funds::Money(finance) => Funds::Money(finance.moved(by)?),
        })
    }
}
