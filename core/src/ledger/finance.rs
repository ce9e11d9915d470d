//! The money of an account that pays for itself (O3), and which part of it pays first.

use super::movement::{Movement, Parts};
use crate::money::{Amount, Overflow};
use serde::{Deserialize, Serialize};

/// The money of an account that pays for itself. What is spent is taken from `granted`, then from `cash`, then from its
/// credit; what none of them covers, which only a settlement goes as far as, takes `cash` below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Read")]
pub struct Finance {
    cash: Amount,
    granted: Amount,
    credit_limit: Amount,
    credit_used: Amount,
    prepay_frozen: Amount,
    postpay_frozen: Amount,
}

/// Finance as it comes from a journal or snapshot, which is input: its figures need not fit together.
#[derive(Deserialize)]
struct Read {
    cash: Amount,
    granted: Amount,
    credit_limit: Amount,
    credit_used: Amount,
    prepay_frozen: Amount,
    postpay_frozen: Amount,
}

impl TryFrom<Read> for Finance {
    type Error = Overflow;

    fn try_from(read: Read) -> Result<Finance, Overflow> {
        let Read { cash, granted, credit_limit, credit_used, prepay_frozen, postpay_frozen } = read;
        Finance { cash, granted, credit_limit, credit_used, prepay_frozen, postpay_frozen }.checked()
    }
}

impl Finance {
    /// Nothing at all.
    pub const NOTHING: Finance = Finance {
        cash: Amount::ZERO,
        granted: Amount::ZERO,
        credit_limit: Amount::ZERO,
        credit_used: Amount::ZERO,
        prepay_frozen: Amount::ZERO,
        postpay_frozen: Amount::ZERO,
    };

    /// Money that was paid in; below zero where a settlement took more than there was.
    pub const fn cash(&self) -> Amount {
        self.cash
    }

    /// Money that the account was given, which is neither transferred nor paid out.
    pub const fn granted(&self) -> Amount {
        self.granted
    }

    /// How much it may owe.
    pub const fn credit_limit(&self) -> Amount {
        self.credit_limit
    }

    /// How much of that it owes. Never below zero.
    pub const fn credit_used(&self) -> Amount {
        self.credit_used
    }

    /// What open orders and authorizations hold.
    pub const fn prepay_frozen(&self) -> Amount {
        self.prepay_frozen
    }

    /// What active postpaid resources hold.
    pub const fn postpay_frozen(&self) -> Amount {
        self.postpay_frozen
    }

    /// Both frozen parts together.
    pub fn frozen(&self) -> Amount {
        // INVARIANT: every change goes through `checked`, which refuses finance whose frozen sum does not fit.
        self.prepay_frozen.plus(self.postpay_frozen).expect("the frozen sum fits, see `checked`")
    }

    /// What may still be spent: `cash + granted + credit_limit - credit_used - frozen` (O3). Below zero when overdue.
    pub fn available(&self) -> Amount {
        // INVARIANT: every change goes through `checked`, which refuses finance whose available does not fit.
        Amount::from_wide(self.available_wide()).expect("what is available fits, see `checked`")
    }

    /// What each part pays of an amount that is charged. What comes back without anything having paid it (below zero) repays
    /// what is owed on credit, and is cash beyond that.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn parts(&self, amount: Amount) -> Result<Parts, Overflow> {
        if amount.is_negative() {
            let credit = amount.max(self.credit_used.negated()?);
            return Ok(Parts { granted: Amount::ZERO, cash: amount.minus(credit)?, credit });
        }
        let positive = |amount: Amount| amount.max(Amount::ZERO);
        let granted = amount.min(positive(self.granted));
        let rest = amount.minus(granted)?;
        let cash = rest.min(positive(self.cash));
        let rest = rest.minus(cash)?;
        let credit = rest.min(positive(self.credit_limit.minus(self.credit_used)?));
        // What nothing covers takes cash below zero.
        let cash = cash.plus(rest.minus(credit)?)?;
        Ok(Parts { granted, cash, credit })
    }

    /// The finance after a movement, whose parts pay what is charged. What was paid on credit and has been repaid since
    /// comes back as cash.
    ///
    /// # Errors
    /// [`Overflow`], also where the parts are not what is charged.
    pub fn moved(self, by: Movement) -> Result<Finance, Overflow> {
        if by.parts.sum()? != by.charged {
            return Err(Overflow);
        }
        let Parts { granted, cash, credit } = by.parts;
        let owed = credit.max(self.credit_used.negated()?);
        let cash = cash.plus(credit.minus(owed)?)?;
        Finance {
            granted: self.granted.minus(granted)?,
            cash: self.cash.minus(cash)?,
            credit_used: self.credit_used.plus(owed)?,
            prepay_frozen: self.prepay_frozen.plus(by.held)?,
            postpay_frozen: self.postpay_frozen.plus(by.frozen)?,
            ..self
        }
        .checked()
    }

    /// The finance with cash paid in (not below zero), which first repays what is owed on credit.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn topped_up(self, amount: Amount) -> Result<Finance, Overflow> {
        let back = amount.negated()?;
        self.moved(Movement::charged(back, Some(self.parts(back)?)))
    }

    /// The finance with so much cash handed to somebody else; gifts and credit stay.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn handed_over(self, amount: Amount) -> Result<Finance, Overflow> {
        let parts = Parts { cash: amount, ..Parts::default() };
        self.moved(Movement::charged(amount, Some(parts)))
    }

    /// The finance with a gift.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn given(self, amount: Amount) -> Result<Finance, Overflow> {
        Finance { granted: self.granted.plus(amount)?, ..self }.checked()
    }

    /// The finance with another limit. Nothing else moves: cash below zero stays there.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn limited(self, credit_limit: Amount) -> Result<Finance, Overflow> {
        Finance { credit_limit, ..self }.checked()
    }

    fn available_wide(&self) -> i128 {
        let wide = |amount: Amount| i128::from(amount.units());
        self.unfrozen_wide() - wide(self.prepay_frozen) - wide(self.postpay_frozen)
    }

    fn unfrozen_wide(&self) -> i128 {
        let wide = |amount: Amount| i128::from(amount.units());
        wide(self.cash) + wide(self.granted) + wide(self.credit_limit) - wide(self.credit_used)
    }

    /// What becomes available when everything that is held is let go must fit as well, so that letting go never fails. Only
    /// cash goes below zero.
    fn checked(self) -> Result<Finance, Overflow> {
        Amount::from_wide(self.available_wide())?;
        Amount::from_wide(self.unfrozen_wide())?;
        self.prepay_frozen.plus(self.postpay_frozen)?;
        self.credit_limit.minus(self.credit_used)?;
        let Finance { granted, credit_limit, credit_used, prepay_frozen, postpay_frozen, .. } = self;
        let positive = [granted, credit_limit, credit_used, prepay_frozen, postpay_frozen];
        if positive.into_iter().any(Amount::is_negative) { Err(Overflow) } else { Ok(self) }
    }
}

#[cfg(test)]
mod tests;
