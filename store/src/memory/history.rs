//! History in memory: ordered maps, read backwards, those of each area in its own file.

mod audit;
mod bills;
mod buying;
mod members;
mod metering;
mod parties;
mod standing;
mod vouchers;

use super::{Hold, MemoryStore};
use crate::bill::check_fold;
use crate::contract::{Comparison, History, HistoryFold, StoreError};
use audit::AuditRows;
use bills::BillsRows;
use buying::BuyingRows;
use members::MembersRows;
use metering::MeteringRows;
use parking_lot::Mutex;
use parties::PartiesRows;
use standing::StandingRows;
use std::path::Path;
use vouchers::VouchersRows;

/// History's rows and how far they reach.
#[derive(Default, PartialEq)]
pub(super) struct Rows {
    seq: u64,
    parties: PartiesRows,
    buying: BuyingRows,
    metering: MeteringRows,
    bills: BillsRows,
    vouchers: VouchersRows,
    standing: StandingRows,
    members: MembersRows,
    audit: AuditRows,
}

impl Rows {
    fn fold(&mut self, mut fold: HistoryFold) -> Result<(), StoreError> {
        check_fold(&fold, self.seq, "history")?;
        let position = std::mem::replace(&mut self.seq, fold.upto_seq);
        self.parties.fold(&mut fold, position);
        self.buying.fold(&mut fold);
        self.metering.fold(&mut fold);
        self.bills.fold(&mut fold, position);
        self.vouchers.fold(&mut fold, position);
        self.standing.fold(&mut fold, position);
        self.members.fold(&mut fold);
        self.audit.fold(&mut fold, position);
        Ok(())
    }

    fn count(&self) -> u64 {
        let Rows { seq: _, parties, buying, metering, bills, vouchers, standing, members, audit } = self;
        let counts = [
            parties.count(),
            buying.count(),
            metering.count(),
            bills.count(),
            vouchers.count(),
            standing.count(),
            members.count(),
            audit.count(),
        ];
        counts.into_iter().map(|count| count as u64).sum()
    }
}

fn skipping(skip: u64) -> usize {
    usize::try_from(skip).unwrap_or(usize::MAX)
}

impl History for MemoryStore {
    fn history_seq(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().rows.seq)
    }

    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError> {
        Hold::wait(self.next_hold(|inner| &mut inner.fold_hold));
        let mut inner = self.inner.lock();
        inner.check_end(fold.upto_seq)?;
        inner.rows.fold(fold)
    }

    fn clear_history(&self) -> Result<(), StoreError> {
        self.inner.lock().rows = Rows::default();
        Ok(())
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
            return Err(StoreError::corrupt("history is not what the journal says"));
        }
        let rows = expected.count();
        progress(rows, rows);
        Ok(rows)
    }
}
