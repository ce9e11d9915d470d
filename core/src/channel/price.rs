//! What a list price comes to on each side.

use crate::money::{Amount, Overflow, Rate, Rounding};
use serde::{Deserialize, Serialize};

/// One purchase's price: the customer pays its partner by one rate, the partner the platform by another (R18, R28). Who pays
/// for itself pays the platform by the first, and there is no second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Before discounts.
    pub list: Amount,
    /// The customer's discount.
    pub customer_rate: Rate,
    /// The paying partner's discount; `None` where nobody stands between payer and platform.
    pub partner_rate: Option<Rate>,
    /// `list × customer_rate`, rounded half-even to 8 places (R147).
    pub customer: Amount,
    /// `list × partner_rate`, rounded likewise; nothing without one.
    pub partner: Amount,
}

impl Price {
    /// The price of `list` at these rates.
    ///
    /// # Errors
    /// [`Overflow`] when a side's amount does not fit.
    pub fn at(list: Amount, customer_rate: Rate, partner_rate: Option<Rate>) -> Result<Price, Overflow> {
        Ok(Price {
            list,
            customer_rate,
            partner_rate,
            customer: customer_rate.of(list, Rounding::HalfEven)?,
            partner: partner_rate.map_or(Ok(Amount::ZERO), |rate| rate.of(list, Rounding::HalfEven))?,
        })
    }
}
