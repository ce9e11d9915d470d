//! History in memory: ordered maps, read backwards. Sums are worked out when they are asked for.

use super::MemoryStore;
use crate::bill::{BillPart, Confirmations, LineFacts, ResourceSums, Sums, check_fold, matches, narrow, total_rows};
use crate::contract::{
    AllocationRow, AuditFilter, AuditRow, AuthorizationRow, Bill, BillTotalRow, Comparison, History, HistoryFold,
    LineFilter, LineRow, NoticeFilter, NoticeKey, NoticeRow, OrderRow, ReceiptRow, ResourceRow, ResourceTotalRow,
    StoreError, VoucherFilter, VoucherMonthRow, VoucherRow, VoucherUseRow,
};
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

/// History's rows and how far they reach.
#[derive(Default, PartialEq)]
pub(super) struct Rows {
    seq: u64,
    allocations: BTreeMap<(Uin, u64), AllocationRow>,
    orders: BTreeMap<u64, OrderRow>,
    authorizations: BTreeMap<u64, AuthorizationRow>,
    audit: BTreeMap<u64, AuditRow>,
    lines: BTreeMap<(Uin, Month, u64), LineRow>,
    receipts: BTreeMap<(Uin, Month, u64), ReceiptRow>,
    vouchers: BTreeMap<u64, VoucherRow>,
    voucher_uses: BTreeMap<(u64, u64), VoucherUseRow>,
    resources: BTreeMap<u64, ResourceRow>,
    notices: BTreeMap<NoticeKey, NoticeRow>,
}

impl Rows {
    fn allocations_of(&self, account: Uin, seqs: Range<u64>) -> impl DoubleEndedIterator<Item = &AllocationRow> {
        let end = seqs.end.max(seqs.start);
        self.allocations.range((account, seqs.start)..(account, end)).map(|(_, row)| row)
    }

    fn receipts_of(&self, bill: Bill) -> impl Iterator<Item = &ReceiptRow> {
        self.receipts.range(of_bill(bill, 0)).map(|(_, row)| row)
    }

    /// A bill's lines from a position on, each with whether it is confirmed.
    fn lines_of(&self, bill: Bill, from_seq: u64) -> impl Iterator<Item = LineRow> {
        let confirmations = Confirmations::of(self.receipts_of(bill));
        let told = move |row: &LineRow| LineRow { confirmed: confirmations.cover(&LineFacts::of(row)), ..row.clone() };
        self.lines.range(of_bill(bill, from_seq)).map(move |(_, row)| told(row))
    }

    fn matching<'r>(
        &'r self,
        bill: Bill,
        filter: &'r LineFilter,
        after_seq: Option<u64>,
    ) -> impl Iterator<Item = LineRow> + 'r {
        let from = after_seq.map_or(0, |after| after.saturating_add(1));
        self.lines_of(bill, from).filter(|row| matches(filter, &LineFacts::of(row), row.confirmed))
    }

    fn vouchers_that_match(&self, filter: &VoucherFilter, before_id: Option<u64>) -> impl Iterator<Item = &VoucherRow> {
        let newest_first = self.vouchers.range(..before_id.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        newest_first.filter(|row| filter.matches(row))
    }

    fn fold(&mut self, fold: HistoryFold) -> Result<(), StoreError> {
        check_fold(&fold, self.seq, "history")?;
        let before = std::mem::replace(&mut self.seq, fold.upto_seq);
        let allocations = fold.allocations.into_iter().filter(|row| row.seq > before);
        self.allocations.extend(allocations.map(|row| ((row.account, row.seq), row)));
        self.orders.extend(fold.orders.into_iter().map(|row| (row.seq, row)));
        self.authorizations.extend(fold.authorizations.into_iter().map(|row| (row.opened_seq, row)));
        let audit = fold.audit.into_iter().filter(|row| row.seq > before);
        self.audit.extend(audit.map(|row| (row.seq, row)));
        for row in fold.lines.into_iter().filter(|row| row.seq > before) {
            self.lines.entry((row.account, row.month, row.seq)).or_insert(row);
        }
        let receipts = fold.receipts.into_iter().filter(|row| row.seq > before);
        self.receipts.extend(receipts.map(|row| ((row.account, row.month, row.seq), row)));
        self.vouchers.extend(fold.vouchers.into_iter().map(|row| (row.id, row)));
        for row in fold.voucher_uses.into_iter().filter(|row| row.line_seq > before) {
            self.voucher_uses.entry((row.voucher, row.line_seq)).or_insert(row);
        }
        self.resources.extend(fold.resources.into_iter().map(|row| (row.seq, row)));
        let notices = fold.notices.into_iter().filter(|row| row.key.seq > before);
        self.notices.extend(notices.map(|row| (row.key, row)));
        Ok(())
    }

    fn count(&self) -> u64 {
        let counts = [
            self.allocations.len(),
            self.orders.len(),
            self.authorizations.len(),
            self.audit.len(),
            self.lines.len(),
            self.receipts.len(),
            self.vouchers.len(),
            self.voucher_uses.len(),
            self.resources.len(),
            self.notices.len(),
        ];
        counts.into_iter().map(|count| count as u64).sum()
    }

    /// A voucher's payments, oldest first.
    fn uses_of(&self, voucher: u64) -> impl DoubleEndedIterator<Item = &VoucherUseRow> {
        self.voucher_uses.range((voucher, 0)..=(voucher, u64::MAX)).map(|(_, row)| row)
    }
}

fn of_bill(bill: Bill, from_seq: u64) -> std::ops::RangeInclusive<(Uin, Month, u64)> {
    (bill.account, bill.month, from_seq)..=(bill.account, bill.month, u64::MAX)
}

fn skipping(skip: u64) -> usize {
    usize::try_from(skip).unwrap_or(usize::MAX)
}

impl History for MemoryStore {
    fn history_seq(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.seq)
    }

    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError> {
        let mut inner = self.inner.lock();
        inner.check_end(fold.upto_seq)?;
        inner.rows.fold(fold)
    }

    fn clear_history(&self) -> Result<(), StoreError> {
        self.inner.lock().rows = Rows::default();
        Ok(())
    }

    fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let newest_first = rows.allocations_of(account, seqs).rev();
        Ok(newest_first.skip(skipping(skip)).take(limit).cloned().collect())
    }

    fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.allocations_of(account, seqs).count() as u64)
    }

    fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError> {
        Ok(self.inner.lock().rows.orders.get(&seq).cloned())
    }

    fn orders(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let matches = |row: &&OrderRow| {
            account.is_none_or(|account| row.account == account) && state.is_none_or(|state| row.state == state)
        };
        let newest_first = rows.orders.range(..before_seq.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        Ok(newest_first.filter(matches).take(limit).cloned().collect())
    }

    fn closed_authorization(&self, opened_seq: u64) -> Result<Option<AuthorizationRow>, StoreError> {
        Ok(self.inner.lock().rows.authorizations.get(&opened_seq).cloned())
    }

    fn lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        Ok(rows.matching(bill, filter, after_seq).skip(skipping(skip)).take(limit).collect())
    }

    fn line_count(&self, bill: Bill, filter: &LineFilter) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.matching(bill, filter, None).count() as u64)
    }

    fn visit_lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        visit: &mut dyn FnMut(LineRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut after_seq = None;
        // Nothing is held while the visitor works: it may ask the store something else.
        while let Some(row) = self.lines(bill, filter, after_seq, 0, 1)?.pop() {
            after_seq = Some(row.seq);
            visit(row)?;
        }
        Ok(())
    }

    fn lines_by_seq(&self, bill: Bill, seqs: &[u64]) -> Result<Vec<LineRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let seqs: BTreeSet<u64> = seqs.iter().copied().collect();
        Ok(rows.lines_of(bill, 0).filter(|row| seqs.contains(&row.seq)).collect())
    }

    fn bill_totals(&self, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError> {
        let mut parts: BTreeMap<BillPart, Sums> = BTreeMap::new();
        for (_, row) in self.inner.lock().rows.lines.range(of_bill(bill, 0)) {
            let sums = parts.entry(BillPart::of(row)).or_default();
            *sums = sums.plus(&Sums::of(row))?;
        }
        total_rows(parts)
    }

    fn resource_totals(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ResourceTotalRow>, StoreError> {
        let mut sums = ResourceSums::new(after, limit);
        self.visit_lines(bill, filter, &mut |line| sums.add(&line))?;
        sums.rows()
    }

    fn bill_months(&self, account: Uin) -> Result<Vec<Month>, StoreError> {
        let rows = &self.inner.lock().rows;
        let months: BTreeSet<Month> =
            rows.lines.keys().filter(|(of, ..)| *of == account).map(|(_, month, _)| *month).collect();
        Ok(months.into_iter().rev().collect())
    }

    fn billed_accounts(&self, month: Month, after: Option<Uin>, limit: usize) -> Result<Vec<Uin>, StoreError> {
        let rows = &self.inner.lock().rows;
        let in_month = rows.lines.keys().filter(|(_, of, _)| *of == month).map(|(account, ..)| *account);
        let accounts: BTreeSet<Uin> = in_month.filter(|account| after.is_none_or(|after| *account > after)).collect();
        Ok(accounts.into_iter().take(limit).collect())
    }

    fn receipts(&self, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError> {
        Ok(self.inner.lock().rows.receipts_of(bill).cloned().collect())
    }

    fn voucher(&self, id: u64) -> Result<Option<VoucherRow>, StoreError> {
        Ok(self.inner.lock().rows.vouchers.get(&id).cloned())
    }

    fn vouchers(
        &self,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        Ok(rows.vouchers_that_match(filter, before_id).skip(skipping(skip)).take(limit).cloned().collect())
    }

    fn voucher_count(&self, filter: &VoucherFilter) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.vouchers_that_match(filter, None).count() as u64)
    }

    fn voucher_uses(
        &self,
        voucher: u64,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherUseRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let newest_first = rows.uses_of(voucher).rev().filter(|row| month.is_none_or(|month| row.month == month));
        Ok(newest_first.skip(skipping(skip)).take(limit).cloned().collect())
    }

    fn voucher_use_months(&self, voucher: u64) -> Result<Vec<VoucherMonthRow>, StoreError> {
        let mut months: BTreeMap<Month, (u64, i128)> = BTreeMap::new();
        for row in self.inner.lock().rows.uses_of(voucher) {
            let (uses, amount) = months.entry(row.month).or_default();
            *uses += 1;
            *amount += i128::from(row.amount.units());
        }
        let told = |(month, (uses, amount))| narrow(amount).map(|amount| VoucherMonthRow { month, uses, amount });
        months.into_iter().rev().map(told).collect()
    }

    fn resource(&self, name: &str) -> Result<Option<ResourceRow>, StoreError> {
        Ok(self.inner.lock().rows.resources.values().rev().find(|row| row.name == name).cloned())
    }

    fn resources(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ResourceRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let matches = |row: &&ResourceRow| {
            account.is_none_or(|account| row.account == account) && state.is_none_or(|state| row.state == state)
        };
        let newest_first = rows.resources.range(..before_seq.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        Ok(newest_first.filter(matches).take(limit).cloned().collect())
    }

    fn notices(
        &self,
        filter: &NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let before = before.unwrap_or(NoticeKey { seq: u64::MAX, place: 0 });
        let newest_first = rows.notices.range(..before).rev().map(|(_, row)| row);
        Ok(newest_first.filter(|row| filter.matches(row)).take(limit).cloned().collect())
    }

    fn audit_of_request(&self, request_id: &str) -> Result<Option<AuditRow>, StoreError> {
        Ok(self.inner.lock().rows.audit.values().rev().find(|row| row.request_id == request_id).cloned())
    }

    fn audit(&self, filter: &AuditFilter, before_seq: Option<u64>, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        let rows = &self.inner.lock().rows;
        let newest_first = rows.audit.range(..before_seq.unwrap_or(u64::MAX)).rev().map(|(_, row)| row);
        Ok(newest_first.filter(|row| filter.matches(row)).take(limit).cloned().collect())
    }

    fn compare_history(&self, _: &Path) -> Result<Option<Box<dyn Comparison + '_>>, StoreError> {
        Ok(Some(Box::new(SecondRows { store: self, rows: Mutex::default() })))
    }
}

/// A second history, to be compared with the store's.
struct SecondRows<'s> {
    store: &'s MemoryStore,
    rows: Mutex<Rows>,
}

impl Comparison for SecondRows<'_> {
    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError> {
        self.rows.lock().fold(fold)
    }

    fn finish(self: Box<Self>, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, StoreError> {
        let (expected, actual) = (self.rows.into_inner(), &self.store.inner.lock().rows);
        if expected != *actual {
            return Err(StoreError::Corrupt("history is not what the journal says".into()));
        }
        let rows = expected.count();
        progress(rows, rows);
        Ok(rows)
    }
}
