//! What happens between parties leaves in history: allocations and reclaims, grants to pools and pulls from them; and in
//! the directory: who is bound to whom.

use crate::rows::{Basis, decided};
use crate::vouchers::rows::changed;
use credere_core::book;
use credere_core::book::parties::{CustomerBound, CustomerUnbound, Event};
use credere_core::channel::Binding;
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_store::contract::{AllocationRow, DirectoryWrite, HistoryFold, StoreError};

/// Adds the rows of one event.
pub(crate) fn add(
    fold: &mut HistoryFold,
    basis: &Basis<'_>,
    seq: u64,
    at: Moment,
    event: &Event,
) -> Result<(), StoreError> {
    match event {
        Event::CreditAllocated(fact) => fold.allocations.push(AllocationRow {
            seq,
            account: fact.customer,
            operator: fact.partner,
            amount: fact.amount,
            total_after: fact.total_after,
            available_after: fact.available_after,
            remark: fact.remark.clone(),
            at,
        }),
        Event::PoolAllocated(fact) => fold.allocations.push(AllocationRow {
            seq,
            account: fact.second_level,
            operator: fact.distributor,
            amount: fact.amount,
            total_after: fact.total_after,
            available_after: fact.remaining_after,
            remark: fact.remark.clone(),
            at,
        }),
        Event::CustomerUnbound(fact) => {
            if fact.returned != Amount::ZERO {
                fold.allocations.push(AllocationRow {
                    seq,
                    account: fact.customer,
                    operator: fact.partner,
                    amount: decided(fact.returned.negated())?,
                    total_after: Amount::ZERO,
                    available_after: Amount::ZERO,
                    remark: None,
                    at,
                });
            }
            changed(fold, basis, at, &fact.vouchers_after)?;
        }
        _ => {}
    }
    Ok(())
}

/// What the directory is told of the event at this position where it begins or ends a binding: it finds a partner's
/// customers by their names.
pub(crate) fn binding_write(seq: u64, event: &book::Event) -> Option<DirectoryWrite> {
    let begun = event.bound().map(|CustomerBound { customer, partner, .. }| DirectoryWrite::Bound {
        customer: *customer,
        binding: Binding { partner: *partner, seq },
    });
    match event {
        book::Event::Parties(Event::CustomerUnbound(CustomerUnbound { customer, .. })) => {
            Some(DirectoryWrite::Unbound { customer: *customer })
        }
        _ => begun,
    }
}
