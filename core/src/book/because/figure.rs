//! The figures that decisions look at, by the name that people see, and what a figure can be.

use crate::ledger::Line;
use crate::money::{Amount, Factor};
use credere_numbered::Named;
use std::fmt;

/// Which of an account's figures was looked at, by the name that people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Named)]
pub enum Figure {
    /// What a customer may spend.
    CustomerAvailable,
    /// What is frozen of a customer's credit.
    CustomerFrozen,
    /// What who pays for itself, or on behalf of others, may spend.
    PayerAvailable,
    /// What is frozen of that.
    PayerFrozen,
    /// How much an account that pays for itself may owe.
    CreditLimit,
    /// What the platform says of an account's overdue bills.
    OverdueAmount,
    /// What an organization's admin can hand over of its cash.
    Transferable,
    /// What can come back of what a member was handed.
    Returnable,
    /// What a partner may owe the platform besides what it owes.
    SpendAvailable,
    /// What is frozen of a partner's spend line.
    SpendFrozen,
    /// What a partner owes the platform.
    Owed,
    /// What a partner may hand out in all.
    AllocationQuota,
    /// What a partner may still hand out.
    Allocatable,
    /// What a distributor may take back from a pool.
    PoolRemaining,
    /// What a partner may issue in vouchers in all.
    VoucherQuota,
    /// What a partner may still issue in vouchers.
    VoucherQuotaRemaining,
    /// What is left on a voucher.
    VoucherRemaining,
    /// How many units of what was used packs cover.
    PacksCover,
    /// What vouchers pay of a charge.
    VouchersPay,
    /// What an account has paid for a prepaid resource and not got back.
    Paid,
    /// What an account's credit paid for an order.
    OrderPaid,
    /// What refunds have given back of an order.
    GivenBack,
    /// What a refund may still give back of an order.
    Refundable,
    /// What an authorization holds, at list price.
    Authorized,
    /// What a customer owes on a month's bill.
    Unconfirmed,
    /// What a receipt gives back.
    Returned,
    /// Whether a month's bill is issued.
    BillIssued,
    /// What a customer may spend of what was handed down to it, in percent.
    AvailableRatio,
    /// The level that the managing partner is warned at.
    PartnerWarning,
    /// The level that the customer itself is warned at.
    OwnWarning,
    /// Whether an account's identity is verified.
    Verified,
    /// Whether an account is some partner's customer.
    Bound,
    /// Whether a customer is the partner's, or that of one below it.
    Managed,
    /// Whether a partner is granted what it asks for.
    Granted,
    /// Whether a customer is suspended by force.
    Forced,
    /// Whether prepaid resources run on while their customer is overdue.
    NonStopPrepaid,
    /// Whether postpaid resources run on while their customer is overdue.
    NonStopPostpaid,
    /// Whether a customer has any non-stop privilege.
    NonStop,
    /// Whether a customer's resources stop without grace.
    SpecialSuspension,
    /// Whether something of a customer's is held, frozen or running.
    OpenHolds,
    /// Whether a customer has orders that are to be paid.
    ParkedOrders,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value {
    /// Money.
    Amount(Amount),
    /// Hundredths of a percent; absent where a level is not set.
    Percent(Option<i64>),
    /// Whether a condition holds.
    Flag(bool),
    /// How many of something.
    Quantity(Factor),
}

impl Value {
    /// A warning level in whole percent.
    pub fn level(percent: Option<u8>) -> Value {
        Value::Percent(percent.map(|percent| 100 * i64::from(percent)))
    }

    /// What a line has available of its limit (R21), rounded down, so that it is below a whole level exactly when the line
    /// is. A line without a limit has no ratio.
    pub fn ratio(line: &Line) -> Value {
        let (available, limit) = (i128::from(line.available().units()), i128::from(line.limit().units()));
        // More than a percentage can say is told as the most that it can.
        let hundredths = |ratio: i128| i64::try_from(ratio).unwrap_or(if ratio < 0 { i64::MIN } else { i64::MAX });
        Value::Percent((limit > 0).then(|| hundredths((10_000 * available).div_euclid(limit))))
    }
}

impl From<Amount> for Value {
    fn from(amount: Amount) -> Value {
        Value::Amount(amount)
    }
}

impl From<Factor> for Value {
    fn from(quantity: Factor) -> Value {
        Value::Quantity(quantity)
    }
}

impl From<bool> for Value {
    fn from(holds: bool) -> Value {
        Value::Flag(holds)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Amount(amount) => amount.fmt(f),
            Value::Percent(None) => f.write_str("none"),
            Value::Percent(Some(hundredths)) => {
                let sign = if *hundredths < 0 { "-" } else { "" };
                let hundredths = hundredths.unsigned_abs();
                match hundredths % 100 {
                    0 => write!(f, "{sign}{}%", hundredths / 100),
                    rest => write!(f, "{sign}{}.{rest:02}%", hundredths / 100),
                }
            }
            Value::Quantity(quantity) => quantity.fmt(f),
            Value::Flag(true) => f.write_str("yes"),
            Value::Flag(false) => f.write_str("no"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::below;

    #[test]
    fn a_ratio_is_below_a_level_exactly_when_the_line_is() {
        for (total, used, shown) in [
            (1_000, 750, "25%"),
            (1_000, 751, "24.90%"),
            (3, 2, "33.33%"),
            (3, 4, "-33.34%"),
            (1_000, 0, "100%"),
            (0, 5, "none"),
        ] {
            let line = Line::with_limit(Amount::whole(total)).charged(Amount::whole(used)).unwrap();
            let ratio = Value::ratio(&line);
            assert_eq!(ratio.to_string(), shown);
            for level in 0..=100 {
                if let (Value::Percent(Some(ratio)), Value::Percent(Some(level_is))) =
                    (ratio, Value::level(Some(level)))
                {
                    assert_eq!(ratio < level_is, below(&line, level), "{total} {used} {level}");
                }
            }
        }
    }
}
