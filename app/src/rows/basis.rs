//! What rows need besides their records: products are named by code in them, and days are days of the calendar.

use credere_core::channel::Product;
use credere_core::ledger::Calendar;
use credere_core::money::{Amount, Overflow};
use credere_store::contract::{Fault, StoreError};

/// What the rows of all areas are made with.
pub(crate) struct Basis<'a> {
    /// All products, each in the place of its number.
    pub(crate) products: &'a [Product],
    /// The deployment's calendar.
    pub(crate) calendar: Calendar,
}

impl Basis<'_> {
    /// A product's code, by its number.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a number that no product has.
    pub(crate) fn code_of(&self, number: u32) -> Result<String, StoreError> {
        let product = self.products.get(number as usize);
        let product =
            product.ok_or_else(|| StoreError::corrupt(format!("a record names product {number}, and none is")))?;
        Ok(product.code.to_string())
    }
}

/// An amount that follows from what was decided: a part of a price, less what vouchers pay of it, or the opposite of a total.
///
/// # Errors
/// [`StoreError::Corrupt`] where it is none: nobody can have decided that.
pub(crate) fn decided(amount: Result<Amount, Overflow>) -> Result<Amount, StoreError> {
    amount.map_err(|error| StoreError::corrupt(Fault::of(error)))
}
