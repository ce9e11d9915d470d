//! What a bill line says: who is charged for what, in which month, at which price, and which vouchers paid a part. A
//! charge is made once and never changes; corrections are charges of their own (R94).

use super::action_type::ActionType;
use super::voucher::VoucherUse;
use super::{Binding, Paying, Price, Uin};
use crate::ledger::{Moment, Month, Parts};
use crate::money::{Amount, Overflow};
use serde::{Deserialize, Serialize};

/// How far ahead a period that is charged may begin, in seconds, 31 days: clocks differ, and some settle a month that has just
/// begun.
pub(crate) const PERIOD_AHEAD_MAX: i64 = 31 * 86_400;

/// What one bill line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Who used or bought it: the bill's owner.
    pub account: Uin,
    /// Under which of the payer's bindings; `None` when a partner is charged for its own use, and where money of one's own
    /// pays.
    pub binding: Option<Binding>,
    /// Who pays.
    pub paying: Paying,
    /// The product's number.
    pub product: u32,
    /// What the charge is for.
    pub action: ActionType,
    /// The bill that it is on.
    pub month: Month,
    /// From when it was used; the moment of the charge for what is paid before use.
    pub period_start: Moment,
    /// The end of the period that is charged, which is not part of it.
    pub period_end: Moment,
    /// Before vouchers, on both sides. Negative for what lowers the cost.
    pub price: Price,
    /// Which of the payer's vouchers paid a part (type III).
    pub vouchers: Vec<VoucherUse>,
    /// Which of the paying partner's vouchers paid a part of its side (types I and II).
    pub partner_vouchers: Vec<VoucherUse>,
    /// What each part of the payer's own money paid, or below zero what went back to each; absent where credit pays.
    pub parts: Option<Parts>,
}

impl Charge {
    /// What the customer's vouchers paid.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen for a charge that was decided: vouchers pay at most its price.
    pub fn voucher_amount(&self) -> Result<Amount, Overflow> {
        sum(&self.vouchers)
    }

    /// What the customer owes: its price less vouchers.
    ///
    /// # Errors
    /// As [`Charge::voucher_amount`].
    pub fn amount(&self) -> Result<Amount, Overflow> {
        self.price.customer.minus(self.voucher_amount()?)
    }

    /// What the paying partner owes the platform: its price less its own vouchers (R28).
    ///
    /// # Errors
    /// As [`Charge::voucher_amount`].
    pub fn partner_amount(&self) -> Result<Amount, Overflow> {
        self.price.partner.minus(sum(&self.partner_vouchers)?)
    }
}

/// What several vouchers paid together.
///
/// # Errors
/// [`Overflow`]
pub fn sum(uses: &[VoucherUse]) -> Result<Amount, Overflow> {
    uses.iter().try_fold(Amount::ZERO, |all, one| all.plus(one.amount))
}
