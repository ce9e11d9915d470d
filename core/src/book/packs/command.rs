//! The commands about packs.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{ProductCode, Uin};
use crate::ledger::Moment;
use crate::money::Factor;

commands!(Packs {
    AddPack(asked) => Some(asked.account), Home::Account(asked.account);
});

/// Adds a pack that was bought; what it cost is an order's affair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddPack {
    /// Whose usage it covers.
    pub account: Uin,
    /// Of which product.
    pub product: ProductCode,
    /// How many units; above zero.
    pub units: Factor,
    /// From when on it covers nothing; in the future.
    pub expires_at: Moment,
}
