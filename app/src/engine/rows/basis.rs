//! What rows need besides their records.

use credere_core::channel::Product;
use credere_core::ledger::Calendar;
use credere_core::money::{Amount, Overflow};

/// Products are named by code in rows, and days are days of the calendar.
pub(crate) struct Basis<'a> {
    /// All products, each in the place of its number.
    pub(crate) products: &'a [Product],
    /// The deployment's calendar.
    pub(crate) calendar: Calendar,
}

/// A product's code, by its number.
pub(super) fn code_of(products: &[Product], number: u32) -> String {
    products.get(number as usize).map(|product| product.code.to_string()).unwrap_or_default()
}

/// An amount of what was decided, of which vouchers pay a part.
pub(super) fn decided(amount: Result<Amount, Overflow>) -> Amount {
    amount.expect("vouchers pay at most the price of what is charged, so that both parts of it are amounts")
}
