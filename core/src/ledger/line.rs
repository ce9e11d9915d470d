//! One credit line and the only function that says what is available on it.

use super::movement::Movement;
use crate::money::{Amount, Overflow};
use serde::{Deserialize, Serialize};

/// A line of credit: a limit, what has been used of it, and what is frozen for later.
///
/// For a customer the limit is its `total` (R12); for a partner's spend ledger it is the `spend_line` (R27), and both
/// frozen parts together are its `frozen`. `used` may be negative after a refund of something already confirmed (R16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Read")]
pub struct Line {
    limit: Amount,
    used: Amount,
    prepay_frozen: Amount,
    postpay_frozen: Amount,
}

/// A line as it comes from a journal or snapshot, which is input: its figures need not fit together.
#[derive(Deserialize)]
struct Read {
    limit: Amount,
    used: Amount,
    prepay_frozen: Amount,
    postpay_frozen: Amount,
}

impl TryFrom<Read> for Line {
    type Error = Overflow;

    fn try_from(Read { limit, used, prepay_frozen, postpay_frozen }: Read) -> Result<Line, Overflow> {
        Line { limit, used, prepay_frozen, postpay_frozen }.checked()
    }
}

impl Line {
    /// An untouched line with this limit.
    pub const fn with_limit(limit: Amount) -> Line {
        Line { limit, used: Amount::ZERO, prepay_frozen: Amount::ZERO, postpay_frozen: Amount::ZERO }
    }

    /// What was handed out on this line: a customer's `total`, a partner's `spend_line`.
    pub const fn limit(&self) -> Amount {
        self.limit
    }

    /// What has been charged and not yet returned.
    pub const fn used(&self) -> Amount {
        self.used
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
        // INVARIANT: every change goes through `checked`, which refuses a line whose frozen sum does not fit.
        self.prepay_frozen.plus(self.postpay_frozen).expect("a line's frozen sum fits, see `checked`")
    }

    /// What may still be spent: `limit - used - prepay_frozen - postpay_frozen` (R14). Below zero when overdue (R16).
    pub fn available(&self) -> Amount {
        // INVARIANT: every change goes through `checked`, which refuses a line whose available does not fit.
        Amount::from_wide(self.available_wide()).expect("a line's available fits, see `checked`")
    }

    /// The line with its limit raised by `by` (lowered when negative).
    ///
    /// # Errors
    /// [`Overflow`] when a figure would leave the range of an amount; so for every function below.
    pub fn raised(self, by: Amount) -> Result<Line, Overflow> {
        Line { limit: self.limit.plus(by)?, ..self }.checked()
    }

    /// The line with `amount` charged (given back when negative).
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn charged(self, amount: Amount) -> Result<Line, Overflow> {
        self.moved(Movement::charged(amount, None))
    }

    /// The line after a movement.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn moved(self, by: Movement) -> Result<Line, Overflow> {
        let prepay_frozen = self.prepay_frozen.plus(by.held)?;
        let postpay_frozen = self.postpay_frozen.plus(by.frozen)?;
        Line { used: self.used.plus(by.charged)?, prepay_frozen, postpay_frozen, ..self }.checked()
    }

    fn available_wide(&self) -> i128 {
        let [limit, used, prepay, postpay] =
            [self.limit, self.used, self.prepay_frozen, self.postpay_frozen].map(|a| i128::from(a.units()));
        limit - used - prepay - postpay
    }

    /// What becomes available when everything that is held is let go must fit as well, so that letting go never fails.
    fn checked(self) -> Result<Line, Overflow> {
        Amount::from_wide(self.available_wide())?;
        Amount::from_wide(i128::from(self.limit.units()) - i128::from(self.used.units()))?;
        self.prepay_frozen.plus(self.postpay_frozen)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(n: i64) -> Amount {
        Amount::whole(n)
    }

    #[test]
    fn every_part_lowers_what_is_available() {
        let line = Line::with_limit(whole(100)).charged(whole(30)).unwrap().moved(Movement::held(whole(20))).unwrap();
        assert_eq!(line.available(), whole(50));
        assert_eq!(line.raised(whole(-50)).unwrap().available(), whole(0));
        assert_eq!(line.charged(whole(51)).unwrap().available(), whole(-1));
        assert_eq!((line.limit(), line.used(), line.frozen()), (whole(100), whole(30), whole(20)));
        assert_eq!((line.prepay_frozen(), line.postpay_frozen()), (whole(20), whole(0)));
    }

    #[test]
    fn a_hold_becomes_a_charge_or_comes_back() {
        let held = Line::with_limit(whole(100)).moved(Movement::held(whole(40))).unwrap();
        assert_eq!(held.moved(Movement::held(whole(-40))).unwrap(), Line::with_limit(whole(100)));
        let captured = Movement { held: whole(-40), ..Movement::charged(whole(25), None) };
        let captured = held.moved(captured).unwrap();
        assert_eq!((captured.used(), captured.prepay_frozen(), captured.available()), (whole(25), whole(0), whole(75)));
    }

    #[test]
    fn a_figure_out_of_range_is_refused_at_the_change_that_makes_it() {
        let full = Line::with_limit(Amount::INPUT_MAX);
        assert_eq!(full.charged(Amount::from_units(-i64::MAX)), Err(Overflow));
        let hold = |line: Line, amount| line.moved(Movement::held(amount));
        assert_eq!(hold(Line::default().charged(Amount::from_units(i64::MAX)).unwrap(), whole(2)), Err(Overflow));
        assert_eq!(full.raised(Amount::INPUT_MAX), Err(Overflow));
        assert_eq!(hold(hold(full, Amount::from_units(i64::MAX)).unwrap(), Amount::from_units(1)), Err(Overflow));
        assert_eq!(hold(Line::default(), Amount::from_units(i64::MIN)), Err(Overflow));
    }
}
