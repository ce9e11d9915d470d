//! What a customer still owes its partner, by month and type of line: the book's side of a bill. The lines themselves are
//! in history; the sums here are what a receipt is decided on, and what the customer's `used` is the sum of (R13).

use super::{ActionType, Binding};
use crate::ledger::Month;
use crate::money::Amount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One month's unconfirmed lines under one binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBill {
    /// Under which binding.
    pub binding: Binding,
    /// Which month's bill.
    pub month: Month,
    /// By type of line, in the order of their first posting.
    pub parts: Vec<OpenPart>,
}

/// The unconfirmed lines of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPart {
    /// What its lines are for.
    pub action: ActionType,
    /// How many lines are not confirmed.
    pub lines: u32,
    /// What they come to.
    pub amount: Amount,
    /// The lines of this part that were confirmed one by one.
    pub confirmed: Arc<BTreeSet<u64>>,
}
