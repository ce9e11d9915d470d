//! From records to the rows of history. Everything a row says is in its record, so history can be told again from the
//! journal alone. What the events of an area come to is said there.

mod basis;
mod numbers;

pub(crate) use basis::{Basis, decided};
pub(crate) use numbers::number_at;

use crate::{audit, bills, buying, members, metering, parties, standing, vouchers};
use credere_core::book::{Event, Record, notices};
use credere_core::channel::NoticeKind;
use credere_core::ledger::Moment;
use credere_store::contract::{Fault, HistoryFold, StoreError};

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
        + fold.invitations.len()
}

/// Adds the rows of one commit's records, in which a batch stands whole.
///
/// # Errors
/// [`StoreError::Corrupt`] for a record that says what nobody can have decided; the fold has a part of the rows then.
pub(crate) fn add(
    fold: &mut HistoryFold,
    basis: &Basis<'_>,
    first_seq: u64,
    at: Moment,
    records: &[Record],
) -> Result<(), StoreError> {
    for (place, (seq, record)) in (first_seq..).zip(records).enumerate() {
        if let Some(event) = record.event() {
            add_event(fold, basis, seq, at, event).map_err(|error| of_record(seq, error))?;
        }
        audit::rows::add(fold, (seq, at), record, &records[..place]);
    }
    Ok(())
}

/// What is wrong, with the record that it was found in.
fn of_record(seq: u64, error: StoreError) -> StoreError {
    let text = match &error {
        StoreError::Corrupt(fault) => fault.to_string(),
        other => other.to_string(),
    };
    StoreError::corrupt(Fault::new(format!("record {seq} makes no rows: {text}"), error))
}

fn add_event(fold: &mut HistoryFold, basis: &Basis<'_>, seq: u64, at: Moment, event: &Event) -> Result<(), StoreError> {
    match event {
        Event::Parties(event) => parties::rows::add(fold, basis, seq, at, event)?,
        Event::Buying(event) => buying::rows::add(fold, basis, seq, at, event)?,
        Event::Metering(event) => metering::rows::add(fold, basis, seq, at, event)?,
        Event::Vouchers(event) => vouchers::rows::add(fold, basis, at, event)?,
        Event::Bills(event) => bills::rows::add(fold, seq, at, event),
        Event::Standing(event) => standing::rows::add(fold, seq, at, event),
        Event::Members(event) => members::rows::add(fold, basis, at, event)?,
        Event::Notices(notices::Event::PaymentRequested(fact)) => {
            let kind = NoticeKind::PaymentRequested;
            fold.notices.push(buying::rows::told_row(kind, fact.payer, fact.told, &fact.order, (seq, at)));
        }
        // They leave no rows but the audit's.
        Event::Catalogue(_)
        | Event::Notices(_)
        | Event::Finance(_)
        | Event::Packs(_)
        | Event::Transfers(_)
        | Event::Deployment(_) => {}
    }
    Ok(())
}
