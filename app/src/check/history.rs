//! What history should be: filled a second time while the journal is read, up to where the store's own has come.

use crate::engine::CATCH_UP_ROWS;
use crate::progress::{Phase, Progress};
use crate::rows::{self, Basis};
use credere_core::book::Record;
use credere_store::contract::{Comparison, History, HistoryFold, StoreError};
use credere_store::frame::Frame;
use std::path::Path;

/// What was found to hold of history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryProof {
    /// Up to which record it has been filled.
    pub upto_seq: u64,
    /// How many rows it has, in all its tables.
    pub rows: u64,
}

/// A second history.
pub(super) struct ExpectedHistory<'s> {
    second: Option<Box<dyn Comparison + 's>>,
    upto_seq: u64,
    fold: HistoryFold,
}

impl<'s> ExpectedHistory<'s> {
    pub(super) fn new(store: &'s dyn History, scratch: &Path) -> Result<ExpectedHistory<'s>, StoreError> {
        let (second, upto_seq) = (store.compare_history(scratch)?, store.history_seq()?);
        Ok(ExpectedHistory { second, upto_seq, fold: HistoryFold::default() })
    }

    /// Takes the records of the next frame in.
    pub(super) fn take(&mut self, basis: &Basis<'_>, frame: &Frame, records: &[Record]) -> Result<(), StoreError> {
        let Some(second) = self.second.as_ref().filter(|_| frame.last_seq <= self.upto_seq) else { return Ok(()) };
        rows::add(&mut self.fold, basis, frame.first_seq, frame.at, records)?;
        self.fold.upto_seq = frame.last_seq;
        if rows::count(&self.fold) >= CATCH_UP_ROWS {
            second.fold(std::mem::take(&mut self.fold))?;
        }
        Ok(())
    }

    /// Compares; `None` where there is nothing to compare.
    pub(super) fn finish(self, progress: &dyn Progress) -> Result<Option<HistoryProof>, StoreError> {
        let Some(second) = self.second else { return Ok(None) };
        if self.fold.upto_seq > 0 {
            second.fold(self.fold)?;
        }
        let mut begun = false;
        let rows = second.finish(&mut |done, total| {
            if !begun {
                progress.begin(Phase::Comparison, total);
                begun = true;
            }
            progress.reached(done);
        });
        progress.end();
        Ok(Some(HistoryProof { upto_seq: self.upto_seq, rows: rows? }))
    }
}
