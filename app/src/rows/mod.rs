//! From records to the rows of history. Everything a row says is in its record, so history can be told again from the
//! journal alone. What the events of an area come to is said there.

mod basis;

pub(crate) use basis::Basis;

use crate::{audit, bills, buying, metering, parties, standing, vouchers};
use credere_core::book::{Event, Record};
use credere_core::ledger::Moment;
use credere_store::contract::HistoryFold;

/// How many rows a fold has.
pub(crate) fn count(fold: &HistoryFold) -> usize {
    fold.allocations.len()
        + fold.orders.len()
        + fold.authorizations.len()
        + fold.audit.len()
        + fold.lines.len()
        + fold.receipts.len()
        + fold.vouchers.len()
        + fold.voucher_uses.len()
        + fold.resources.len()
        + fold.notices.len()
}

/// Adds the rows of one record.
pub(crate) fn add(fold: &mut HistoryFold, basis: &Basis<'_>, seq: u64, at: Moment, record: &Record) {
    match record.event() {
        Some(Event::Parties(event)) => parties::rows::add(fold, basis, seq, at, event),
        Some(Event::Buying(event)) => buying::rows::add(fold, basis, seq, at, event),
        Some(Event::Metering(event)) => metering::rows::add(fold, basis, seq, at, event),
        Some(Event::Vouchers(event)) => vouchers::rows::add(fold, basis, at, event),
        Some(Event::Bills(event)) => bills::rows::add(fold, seq, at, event),
        Some(Event::Standing(event)) => standing::rows::add(fold, seq, at, event),
        // They leave no rows but the audit's.
        Some(Event::Catalogue(_) | Event::Notices(_) | Event::Deployment(_)) | None => {}
    }
    audit::rows::add(fold, seq, at, record);
}
