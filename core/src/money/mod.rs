//! Exact money. An [`Amount`] is a whole number of 10^-8 currency units; a [`Rate`] is a multiplier with eight places.
//! There are no operators and no floats: every sum is checked, every product names its rounding.

mod amount;
mod currency;
mod decimal;
mod factor;
mod rate;

pub use amount::{Amount, Overflow};
pub use currency::is_currency;
pub use decimal::ParseDecimalError;
pub use factor::{Factor, part_up_to_cents, product_up_to_cents};
pub use rate::{Rate, Rounding};
