//! Allocation in history: the records of credit that was handed out and taken back (R41), and of pools that were raised
//! and lowered. What a line holds now is in the book; here is how it came about.

use super::super::StoreError;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use std::ops::Range;

/// What history says of allocation: credit handed out and taken back, and pools raised and lowered.
pub trait PartiesHistory {
    /// Allocation records of an account (a customer's credit, or a second-level reseller's pool) at these journal
    /// positions, newest first, after skipping `skip`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError>;

    /// How many allocation records an account has at these journal positions.
    ///
    /// # Errors
    /// [`StoreError`]
    fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError>;
}

/// One allocation or reclaim (R41), or one grant to or pull from a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationRow {
    /// Journal position.
    pub seq: u64,
    /// Whose credit or pool.
    pub account: Uin,
    /// The partner that acted.
    pub operator: Uin,
    /// Signed increment.
    pub amount: Amount,
    /// The account's total after it.
    pub total_after: Amount,
    /// The account's available (a pool's remaining) after it.
    pub available_after: Amount,
    /// What the operator noted.
    pub remark: Option<String>,
    /// When it was allocated.
    pub at: Moment,
}
