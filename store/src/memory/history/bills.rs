//! Lines and receipts in memory, by bill. Sums are worked out when they are asked for.

use super::skipping;
use crate::bill::{
    BillPart, Confirmations, DayPart, Ledger, LedgerKind, LineFacts, NamedSums, Sums, day_rows, is_under, matches,
    tags_of, total_rows,
};
use crate::contract::{
    Bill, BillTotalRow, BillsHistory, DayTotalRow, HistoryFold, LineFilter, LineRow, NamedTotalRow, ReceiptRow,
    StoreError,
};
use crate::memory::MemoryStore;
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of bills.
#[derive(Default, PartialEq)]
pub(super) struct BillsRows {
    /// A line that another account than its owner pays is there twice.
    lines: BTreeMap<(Ledger, u64), LineRow>,
    receipts: BTreeMap<(Uin, Month, u64), ReceiptRow>,
}

impl BillsRows {
    pub(super) fn fold(&mut self, fold: &mut HistoryFold, position: u64) {
        for row in fold.lines.drain(..).filter(|row| row.seq > position) {
            let (payers, owners) = Ledger::of(&row);
            if let Some(owners) = owners {
                self.lines.entry((owners, row.seq)).or_insert_with(|| row.clone());
            }
            self.lines.entry((payers, row.seq)).or_insert(row);
        }
        let receipts = fold.receipts.drain(..).filter(|row| row.seq > position);
        self.receipts.extend(receipts.map(|row| ((row.account, row.month, row.seq), row)));
    }

    pub(super) fn count(&self) -> usize {
        self.lines.keys().filter(|(ledger, _)| ledger.is_payers()).count() + self.receipts.len()
    }

    fn ledgers_of(&self, bill: Bill) -> Vec<Ledger> {
        Ledger::of_bill(bill).unwrap_or_else(|| {
            let Bill { account, month, .. } = bill;
            let first = (Ledger { account, month, kind: LedgerKind::Own }, u64::MAX);
            let last = (Ledger { account, month, kind: LedgerKind::OnBehalf }, 0);
            let owned: BTreeSet<Ledger> = self.lines.range(first..last).map(|((ledger, _), _)| *ledger).collect();
            owned.into_iter().filter(|ledger| !ledger.is_payers()).collect()
        })
    }

    fn receipts_of(&self, bill: Bill) -> Vec<&ReceiptRow> {
        let payers: BTreeSet<Uin> = self.ledgers_of(bill).iter().map(Ledger::payer).collect();
        let of_payer = |payer| self.receipts.range((payer, bill.month, 0)..=(payer, bill.month, u64::MAX));
        let mut receipts: Vec<_> = payers.into_iter().flat_map(of_payer).map(|(_, row)| row).collect();
        receipts.sort_by_key(|row| row.seq);
        receipts
    }

    /// A bill's lines from a position on, oldest first.
    fn rows_of(&self, bill: Bill, from_seq: u64) -> impl Iterator<Item = &LineRow> {
        let rows = |ledger| self.lines.range((ledger, from_seq)..=(ledger, u64::MAX)).map(|(_, row)| row).peekable();
        let mut ledgers: Vec<_> = self.ledgers_of(bill).into_iter().map(rows).collect();
        std::iter::from_fn(move || {
            let first =
                (0..ledgers.len()).min_by_key(|place| ledgers[*place].peek().map_or(u64::MAX, |row| row.seq))?;
            ledgers[first].next()
        })
    }

    /// The same, each with whether it is confirmed.
    fn lines_of(&self, bill: Bill, from_seq: u64) -> impl Iterator<Item = LineRow> {
        let confirmations = Confirmations::of(self.receipts_of(bill));
        let row_of =
            move |row: &LineRow| LineRow { confirmed: confirmations.cover(&LineFacts::of(row)), ..row.clone() };
        self.rows_of(bill, from_seq).map(row_of)
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
}

impl BillsHistory for MemoryStore {
    fn lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError> {
        let rows = &self.inner.lock().rows.bills;
        Ok(rows.matching(bill, filter, after_seq).skip(skipping(skip)).take(limit).collect())
    }

    fn line_count(&self, bill: Bill, filter: &LineFilter) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.bills.matching(bill, filter, None).count() as u64)
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
        let rows = &self.inner.lock().rows.bills;
        let seqs: BTreeSet<u64> = seqs.iter().copied().collect();
        Ok(rows.lines_of(bill, 0).filter(|row| seqs.contains(&row.seq)).collect())
    }

    fn bill_totals(&self, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError> {
        let mut parts: BTreeMap<BillPart, Sums> = BTreeMap::new();
        for row in self.inner.lock().rows.bills.rows_of(bill, 0) {
            let sums = parts.entry(BillPart::of(row)).or_default();
            *sums = sums.plus(&Sums::of(row))?;
        }
        total_rows(parts)
    }

    fn day_totals(&self, bill: Bill, day: u8) -> Result<Vec<DayTotalRow>, StoreError> {
        let mut parts: BTreeMap<DayPart, Sums> = BTreeMap::new();
        let rows = &self.inner.lock().rows.bills;
        for row in rows.rows_of(bill, 0).filter(|row| row.day == day) {
            let sums = parts.entry((row.binding_seq, row.managing, row.action)).or_default();
            *sums = sums.plus(&Sums::of(row))?;
        }
        day_rows(parts)
    }

    fn resource_totals(
        &self,
        bill: Bill,
        managing: Option<&[Uin]>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError> {
        self.named_totals(bill, managing, NamedSums::new(after, limit), |line| line.resource.clone())
    }

    fn tag_totals(
        &self,
        bill: Bill,
        managing: Option<&[Uin]>,
        tag: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError> {
        let value_of = |line: &LineRow| tags_of(line).remove(tag).unwrap_or_default();
        self.named_totals(bill, managing, NamedSums::new(after, limit), value_of)
    }

    fn bill_months(&self, account: Uin) -> Result<Vec<Month>, StoreError> {
        let rows = &self.inner.lock().rows.bills;
        let months: BTreeSet<Month> =
            rows.lines.keys().filter(|(ledger, _)| ledger.account == account).map(|(ledger, _)| ledger.month).collect();
        Ok(months.into_iter().rev().collect())
    }

    fn receipts(&self, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError> {
        Ok(self.inner.lock().rows.bills.receipts_of(bill).into_iter().cloned().collect())
    }
}

impl MemoryStore {
    fn named_totals(
        &self,
        bill: Bill,
        managing: Option<&[Uin]>,
        mut sums: NamedSums<'_>,
        name_of: impl Fn(&LineRow) -> String,
    ) -> Result<Vec<NamedTotalRow>, StoreError> {
        let rows = &self.inner.lock().rows.bills;
        for row in rows.rows_of(bill, 0).filter(|row| is_under(row.managing, managing)) {
            sums.add(&name_of(row), &row.product, &Sums::of(row))?;
        }
        sums.rows()
    }
}
