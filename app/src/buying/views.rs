//! Orders and authorizations as they are shown.

use super::rows;
use crate::failure::Failure;
use credere_core::channel::{Authorization, Order};
use credere_store::contract::{AuthorizationRow, OrderRow, StoreError};

/// An order as it stands.
pub type OrderView = OrderRow;

/// The order as the core knows it.
///
/// # Errors
/// [`Failure::Store`] when the row does not hold it: it is damaged.
pub fn order_of(row: &OrderView) -> Result<Order, Failure> {
    rows::order_of(row).ok_or_else(|| {
        let what = format!("the order at event {} does not decode", row.seq);
        Failure::Store(StoreError::corrupt(what))
    })
}

/// An authorization, open (from the book) or closed (from history).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorizationView {
    /// Open, with its product's code, and whether its time is over already.
    Open {
        /// What is held.
        authorization: Authorization,
        /// The product's code.
        product: String,
        /// Past its time, and about to be ended.
        lapsed: bool,
    },
    /// Closed.
    Closed(AuthorizationRow),
}
