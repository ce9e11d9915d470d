//! The contract's history, passed on to the file that holds it, which may be closed for a moment while it is made anew.

use super::{FILE, HistoryFile};
use crate::contract::{
    AllocationRow, AuditFilter, AuditRow, AuthorizationRow, Bill, BillTotalRow, Comparison, History, HistoryFold,
    LineFilter, LineRow, NoticeFilter, NoticeKey, NoticeRow, OrderRow, ReceiptRow, ResourceRow, ResourceTotalRow,
    StoreError, VoucherFilter, VoucherMonthRow, VoucherRow, VoucherUseRow,
};
use crate::sqlite::compare::SecondHistory;
use crate::sqlite::connect::Access;
use crate::sqlite::{SqliteStore, open_history};
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use parking_lot::MappedRwLockReadGuard;
use std::ops::Range;
use std::path::Path;

/// So many lines are read before they are passed on to a visitor.
const VISIT_LINES: usize = 1_000;

impl SqliteStore {
    fn history(&self) -> Result<MappedRwLockReadGuard<'_, HistoryFile>, StoreError> {
        self.part("history", |files| files.history.as_ref())
    }
}

impl History for SqliteStore {
    fn history_seq(&self) -> Result<u64, StoreError> {
        if self.has_none(FILE) { Ok(0) } else { Ok(self.history()?.position()) }
    }

    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError> {
        let at = self.files()?.journal.position_at(fold.upto_seq)?;
        self.history()?.fold(fold, &at)
    }

    fn clear_history(&self) -> Result<(), StoreError> {
        self.make_anew(
            FILE,
            |files| files.history = None,
            |files| {
                files.history = Some(open_history(&self.folder, &self.options)?);
                Ok(())
            },
        )
    }

    fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError> {
        self.history()?.allocations(account, seqs, skip, limit)
    }

    fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError> {
        self.history()?.allocation_count(account, seqs)
    }

    fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError> {
        self.history()?.order(seq)
    }

    fn orders(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError> {
        self.history()?.orders(account, state, before_seq, limit)
    }

    fn closed_authorization(&self, opened_seq: u64) -> Result<Option<AuthorizationRow>, StoreError> {
        self.history()?.closed_authorization(opened_seq)
    }

    fn lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError> {
        let history = self.history()?;
        history.lines(bill, filter, &history.confirmations(bill)?, after_seq, skip, limit)
    }

    fn line_count(&self, bill: Bill, filter: &LineFilter) -> Result<u64, StoreError> {
        self.history()?.line_count(bill, filter)
    }

    fn visit_lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        visit: &mut dyn FnMut(LineRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // Read once, so that a receipt that comes in between is not told of half the lines.
        let (confirmations, mut after_seq) = (self.history()?.confirmations(bill)?, None);
        loop {
            // Nothing is held while the visitor works: it may take its time, and ask the store something else.
            let lines = self.history()?.lines(bill, filter, &confirmations, after_seq, 0, VISIT_LINES)?;
            let Some(last) = lines.last() else { return Ok(()) };
            after_seq = Some(last.seq);
            lines.into_iter().try_for_each(&mut *visit)?;
        }
    }

    fn lines_by_seq(&self, bill: Bill, seqs: &[u64]) -> Result<Vec<LineRow>, StoreError> {
        self.history()?.lines_by_seq(bill, seqs)
    }

    fn bill_totals(&self, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError> {
        self.history()?.bill_totals(bill)
    }

    fn resource_totals(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ResourceTotalRow>, StoreError> {
        self.history()?.resource_totals(bill, filter, after, limit)
    }

    fn bill_months(&self, account: Uin) -> Result<Vec<Month>, StoreError> {
        self.history()?.bill_months(account)
    }

    fn billed_accounts(&self, month: Month, after: Option<Uin>, limit: usize) -> Result<Vec<Uin>, StoreError> {
        self.history()?.billed_accounts(month, after, limit)
    }

    fn receipts(&self, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError> {
        self.history()?.receipts(bill)
    }

    fn voucher(&self, id: u64) -> Result<Option<VoucherRow>, StoreError> {
        self.history()?.voucher(id)
    }

    fn vouchers(
        &self,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherRow>, StoreError> {
        self.history()?.vouchers(filter, before_id, skip, limit)
    }

    fn voucher_count(&self, filter: &VoucherFilter) -> Result<u64, StoreError> {
        self.history()?.voucher_count(filter)
    }

    fn voucher_uses(
        &self,
        voucher: u64,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherUseRow>, StoreError> {
        self.history()?.voucher_uses(voucher, month, skip, limit)
    }

    fn voucher_use_months(&self, voucher: u64) -> Result<Vec<VoucherMonthRow>, StoreError> {
        self.history()?.voucher_use_months(voucher)
    }

    fn resource(&self, name: &str) -> Result<Option<ResourceRow>, StoreError> {
        self.history()?.resource(name)
    }

    fn resources(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ResourceRow>, StoreError> {
        self.history()?.resources(account, state, before_seq, limit)
    }

    fn notices(
        &self,
        filter: &NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        self.history()?.notices(filter, before, limit)
    }

    fn audit_of_request(&self, request_id: &str) -> Result<Option<AuditRow>, StoreError> {
        self.history()?.audit_of_request(request_id)
    }

    fn audit(&self, filter: &AuditFilter, before_seq: Option<u64>, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        self.history()?.audit(filter, before_seq, limit)
    }

    fn compare_history(&self, scratch: &Path) -> Result<Option<Box<dyn Comparison + '_>>, StoreError> {
        if self.has_none(FILE) {
            return Ok(None);
        }
        let (second, bits) = (scratch.join(FILE), self.history()?.segment_bits);
        let expected = HistoryFile::open(&second, bits, self.options.cache_share(23), Access::Write)?;
        Ok(Some(Box::new(SecondHistory::new(self, self.folder.file(FILE), expected, second))))
    }
}
