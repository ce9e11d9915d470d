//! What rows need besides their records: products are named by code in them, and days are days of the calendar.

use credere_core::channel::Product;
use credere_core::ledger::Calendar;
use credere_core::money::{Amount, Overflow};

/// What the rows of all areas are made with.
pub(crate) struct Basis<'a> {
    /// All products, each in the place of its number.
    pub(crate) products: &'a [Product],
    /// The deployment's calendar.
    pub(crate) calendar: Calendar,
}

impl Basis<'_> {
    /// A product's code, by its number.
    pub(crate) fn code_of(&self, number: u32) -> String {
        self.products.get(number as usize).map(|product| product.code.to_string()).unwrap_or_default()
    }
}

/// An amount of what was decided, of which vouchers pay a part.
pub(crate) fn decided(amount: Result<Amount, Overflow>) -> Amount {
    amount.expect("vouchers pay at most the price of what is charged, so that both parts of it are amounts")
}
