//! Vouchers in memory, by number, and what each of them paid.

use super::skipping;
use crate::bill::narrow;
use crate::contract::{
    HistoryFold, StoreError, VoucherFilter, VoucherMonthRow, VoucherRow, VoucherUseRow, VouchersHistory,
};
use crate::memory::MemoryStore;
use credere_core::ledger::Month;
use std::collections::BTreeMap;

/// The rows of vouchers.
#[derive(Default, PartialEq)]
pub(super) struct VouchersRows {
    vouchers: BTreeMap<u64, VoucherRow>,
    uses: BTreeMap<(u64, u64), VoucherUseRow>,
}

impl VouchersRows {
    pub(super) fn fold(&mut self, fold: &mut HistoryFold, position: u64) {
        self.vouchers.extend(fold.vouchers.drain(..).map(|row| (row.id, row)));
        for row in fold.voucher_uses.drain(..).filter(|row| row.line_seq > position) {
            self.uses.entry((row.voucher, row.line_seq)).or_insert(row);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.vouchers.len() + self.uses.len()
    }

    fn matching(&self, filter: &VoucherFilter, before_id: Option<u64>) -> impl Iterator<Item = &VoucherRow> {
        let newest_first = self.vouchers.range(..before_id.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        newest_first.filter(|row| filter.matches(row))
    }

    /// A voucher's payments, oldest first.
    fn uses_of(&self, voucher: u64) -> impl DoubleEndedIterator<Item = &VoucherUseRow> {
        self.uses.range((voucher, 0)..=(voucher, u64::MAX)).map(|(_, row)| row)
    }
}

impl VouchersHistory for MemoryStore {
    fn voucher(&self, id: u64) -> Result<Option<VoucherRow>, StoreError> {
        Ok(self.inner.lock().rows.vouchers.vouchers.get(&id).cloned())
    }

    fn vouchers(
        &self,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherRow>, StoreError> {
        let rows = &self.inner.lock().rows.vouchers;
        Ok(rows.matching(filter, before_id).skip(skipping(skip)).take(limit).cloned().collect())
    }

    fn voucher_count(&self, filter: &VoucherFilter) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.vouchers.matching(filter, None).count() as u64)
    }

    fn voucher_uses(
        &self,
        voucher: u64,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherUseRow>, StoreError> {
        let rows = &self.inner.lock().rows.vouchers;
        let newest_first = rows.uses_of(voucher).rev().filter(|row| month.is_none_or(|month| row.month == month));
        Ok(newest_first.skip(skipping(skip)).take(limit).cloned().collect())
    }

    fn voucher_use_months(&self, voucher: u64) -> Result<Vec<VoucherMonthRow>, StoreError> {
        let mut months: BTreeMap<Month, (u64, i128)> = BTreeMap::new();
        for row in self.inner.lock().rows.vouchers.uses_of(voucher) {
            let (uses, amount) = months.entry(row.month).or_default();
            *uses += 1;
            *amount += i128::from(row.amount.units());
        }
        let row_of = |(month, (uses, amount))| narrow(amount).map(|amount| VoucherMonthRow { month, uses, amount });
        months.into_iter().rev().map(row_of).collect()
    }
}
