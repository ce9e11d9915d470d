//! What buying changes of a line or of money of one's own, and which part of that money pays.

use crate::money::{Amount, Overflow};
use serde::{Deserialize, Serialize};

/// What buying changes on one side: how much is set aside, and what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Movement {
    /// So much more is set aside for orders and authorizations; less when negative.
    pub held: Amount,
    /// So much more is set aside for resources; less when negative.
    pub frozen: Amount,
    /// So much is charged; given back when negative.
    pub charged: Amount,
    /// What each part of one's own money pays of what is charged. Credit has no parts.
    pub parts: Parts,
}

impl Movement {
    /// So much is set aside for an order or authorization; made available again when negative.
    pub fn held(held: Amount) -> Movement {
        Movement { held, ..Movement::default() }
    }

    /// So much is set aside for resources; made available again when negative.
    pub fn frozen(frozen: Amount) -> Movement {
        Movement { frozen, ..Movement::default() }
    }

    /// So much is charged, and the parts of one's own money pay it like this.
    pub fn charged(charged: Amount, parts: Option<Parts>) -> Movement {
        Movement { charged, parts: parts.unwrap_or_default(), ..Movement::default() }
    }
}

/// What each part of somebody's money pays of something; below zero what goes back to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Parts {
    /// Of what it was given.
    pub granted: Amount,
    /// Of its own cash.
    pub cash: Amount,
    /// On its credit.
    pub credit: Amount,
}

impl Parts {
    /// The same the other way round: what goes back where this was paid.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn negated(&self) -> Result<Parts, Overflow> {
        let Parts { granted, cash, credit } = self;
        Ok(Parts { granted: granted.negated()?, cash: cash.negated()?, credit: credit.negated()? })
    }

    /// All parts together.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen for parts of an amount.
    pub fn sum(&self) -> Result<Amount, Overflow> {
        self.granted.plus(self.cash)?.plus(self.credit)
    }

    /// What goes back to each of what they paid, after so much has gone back: in the opposite order, to each at most what it
    /// had paid. So the parts that go back are the same however often a refund is cut.
    ///
    /// # Errors
    /// [`Overflow`] where more is to go back than was paid.
    pub fn returned(&self, before: Amount, amount: Amount) -> Result<Parts, Overflow> {
        let after = self.in_opposite_order(before.plus(amount)?)?;
        let before = self.in_opposite_order(before)?;
        Ok(Parts {
            granted: after.granted.minus(before.granted)?,
            cash: after.cash.minus(before.cash)?,
            credit: after.credit.minus(before.credit)?,
        })
    }

    fn in_opposite_order(&self, amount: Amount) -> Result<Parts, Overflow> {
        let credit = amount.min(self.credit);
        let cash = amount.minus(credit)?.min(self.cash);
        let granted = amount.minus(credit)?.minus(cash)?;
        if granted > self.granted { Err(Overflow) } else { Ok(Parts { granted, cash, credit }) }
    }
}
