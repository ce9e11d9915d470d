//! Bill lines, what they come to, and receipts. Lines come faster than anything else, so a fold appends them in the order
//! in which they come ([`blocks`]) and writes nothing else; all that is asked of bills is sorted and summed once a
//! segment of the journal is past ([`closing`]), and what is not past yet is in memory ([`segments`]). A line is written
//! once; whether it is confirmed is told by the bill's receipts, which are few and are read once a question.

mod blocks;
mod closed;
mod closing;
mod cut;
mod held;
mod keys;
mod listing;
mod marks;
mod merging;
mod packed;
mod page;
mod page_cache;
mod pages;
mod receipts;
mod segments;
mod sums;
#[cfg(test)]
mod tests;

use super::tally::Tallies;
use super::{FILE, HistoryFile};
use crate::contract::{
    Bill, BillTotalRow, BillsHistory, DayTotalRow, LineFilter, LineRow, NamedTotalRow, ReceiptRow, StoreError,
};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::Within;
use crate::sqlite::places;
use closing::Writing;
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use cut::Cut;
use listing::Wanted;
pub(super) use page_cache::PageCache;
use rusqlite::Connection;
pub(super) use segments::{Change, Known};
use std::collections::BTreeSet;
use sums::Reading;

pub(super) const TABLES: [&str; 4] = [blocks::TABLE, pages::TABLE, segments::TABLE, receipts::TABLE];

/// So many lines are read before they are passed on to a visitor.
const VISIT_LINES: usize = 1_000;

impl BillsHistory for SqliteStore {
    fn lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError> {
        self.read_bill(bill, |reading| {
            let confirmations = &reading.confirmations()?;
            reading.lines(&Wanted { filter, confirmations }, after_seq, skip, limit)
        })
    }

    fn line_count(&self, bill: Bill, filter: &LineFilter) -> Result<u64, StoreError> {
        self.read_bill(bill, |reading| {
            let confirmations = &reading.confirmations()?;
            reading.count(&Wanted { filter, confirmations })
        })
    }

    fn visit_lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        visit: &mut dyn FnMut(LineRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // Read once, so that a receipt that comes in between is not told of half the lines.
        let (confirmations, mut after_seq) = (&self.read_bill(bill, |reading| reading.confirmations())?, None);
        loop {
            // Nothing is held while the visitor works: it may take its time, and ask the store something else.
            let wanted = Wanted { filter, confirmations };
            let lines = self.read_bill(bill, |reading| reading.lines(&wanted, after_seq, 0, VISIT_LINES))?;
            let Some(last) = lines.last() else { return Ok(()) };
            after_seq = Some(last.seq);
            lines.into_iter().try_for_each(&mut *visit)?;
        }
    }

    fn lines_by_seq(&self, bill: Bill, seqs: &[u64]) -> Result<Vec<LineRow>, StoreError> {
        let seqs: Vec<u64> = BTreeSet::from_iter(seqs.iter().copied()).into_iter().collect();
        self.read_bill(bill, |reading| reading.lines_at(&seqs, &reading.confirmations()?))
    }

    fn bill_totals(&self, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError> {
        self.read_bill(bill, |reading| reading.totals())
    }

    fn day_totals(&self, bill: Bill, day: u8) -> Result<Vec<DayTotalRow>, StoreError> {
        self.read_bill(bill, |reading| reading.of_day(day))
    }

    fn resource_totals(
        &self,
        bill: Bill,
        managing: Option<&[Uin]>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError> {
        self.read_bill(bill, |reading| reading.by_resource(managing, after, limit))
    }

    fn tag_totals(
        &self,
        bill: Bill,
        managing: Option<&[Uin]>,
        tag: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError> {
        self.read_bill(bill, |reading| reading.by_tag(managing, tag, after, limit))
    }

    fn bill_months(&self, account: Uin) -> Result<Vec<Month>, StoreError> {
        let in_months = |known: &Known| {
            let closed = known.closed.iter().flat_map(|closed| &*closed.months);
            let months: BTreeSet<Month> =
                closed.chain(known.recent.keys().map(|ledger| &ledger.month)).copied().collect();
            let recent = known.recent.keys().filter(|ledger| ledger.account == account).map(|ledger| ledger.month);
            let recent: BTreeSet<Month> = recent.collect();
            let sources = |month: &Month| (*month, recent.contains(month), known.sources(*month));
            months.iter().rev().map(sources).collect::<Vec<_>>()
        };
        self.read_known(in_months, |history, connection, months| {
            let mut found = Vec::new();
            for (month, is_recent, sources) in months {
                if is_recent || sums::is_any((connection, &history.pages), &sources, account, month)? {
                    found.push(month);
                }
            }
            Ok(found)
        })
    }

    fn receipts(&self, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError> {
        self.read_bill(bill, |reading| reading.receipts())
    }
}

impl SqliteStore {
    /// Reads a bill as it stands at one moment.
    fn read_bill<T>(
        &self,
        bill: Bill,
        read: impl FnOnce(&Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read_known(
            |known| (known.sources(bill.month), known.recent(bill)),
            |history, connection, (sources, recent)| {
                let cut = Cut::of(history.segment_bits);
                read(&Reading::new((connection, &history.pages), cut, bill, sources, recent)?)
            },
        )
    }

    /// Reads history as it stands at one moment, with something of what is known of lines at that moment.
    fn read_known<P, T>(
        &self,
        pick: impl FnOnce(&Known) -> P,
        read: impl FnOnce(&HistoryFile, &Connection, P) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let history = self.history()?;
        let connection = history.readers.take();
        let (transaction, picked) = {
            // A fold changes both while nobody looks.
            let known = history.known.read();
            let transaction = connection.unchecked_transaction().within(FILE)?;
            // The transaction's moment is that of its first read.
            if places::reached(&transaction, FILE)?.seq != known.position {
                return Err(StoreError::io(format!("{FILE}: a fold that failed is still to be repeated")));
            }
            (transaction, pick(&known))
        };
        read(&history, &transaction, picked)
    }
}

impl HistoryFile {
    /// Writes lines that are not there yet into a history that is filled up to `position`.
    pub(super) fn write_lines<'c>(
        &self,
        tallies: &mut Tallies<'c>,
        connection: &'c Connection,
        mut lines: Vec<LineRow>,
        (position, upto_seq): (u64, u64),
    ) -> Result<Change, StoreError> {
        lines.sort_by_key(|line| line.seq);
        lines.dedup_by_key(|line| line.seq);
        let known = self.known.read();
        let writing = Writing { connection, tallies, cut: Cut::of(self.segment_bits) };
        if known.position == position {
            return writing.lines(&known, lines, upto_seq);
        }
        // A commit that was reported as failed has gone through.
        let before = Known::load(connection, self.segment_bits, position)?;
        let change = writing.lines(&before, lines, upto_seq)?;
        Ok(Change { before: Some(before), ..change })
    }
}
