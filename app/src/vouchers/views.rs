//! Vouchers as they are shown, with what they paid.

use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Overflow};
use credere_store::contract::{VoucherMonthRow, VoucherRow, VoucherUseRow};

/// A page of what a voucher paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherUses {
    /// The voucher.
    pub voucher: VoucherRow,
    /// The payments of this page, newest first.
    pub uses: Vec<VoucherUseRow>,
    /// How often it paid and how much, by month, newest first.
    pub months: Vec<VoucherMonthRow>,
}

/// The vouchers that one customer was issued by the calling partner, but for those that were taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerVouchers {
    /// Who has them.
    pub owner: Uin,
    /// How many there are.
    pub count: u64,
    /// The newest of them, newest first.
    pub newest: Vec<VoucherRow>,
    /// What they were issued over.
    pub amount: Amount,
    /// What is left on those that may still pay (R20).
    pub remaining: Amount,
}

impl CustomerVouchers {
    pub(super) fn add(&mut self, row: VoucherRow, now: Moment, limit: usize) -> Result<(), Overflow> {
        self.count += 1;
        self.amount = self.amount.plus(row.amount)?;
        if row.status == "issued" && now < row.expires_at {
            self.remaining = self.remaining.plus(row.remaining)?;
        }
        if self.newest.len() < limit {
            self.newest.push(row);
        }
        Ok(())
    }
}
