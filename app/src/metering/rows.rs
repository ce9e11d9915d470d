//! What metering leaves in history: resources as they stand, and what usage charged.

use crate::bills::rows::{Posting, post};
use crate::rows::Basis;
use crate::vouchers::rows::changed;
use credere_core::book::metering::Event;
use credere_core::channel::Resource;
use credere_core::ledger::Moment;
use credere_store::contract::{HistoryFold, ResourceRow, StoreError};

/// Adds the rows of one event.
pub(crate) fn add(
    fold: &mut HistoryFold,
    basis: &Basis<'_>,
    seq: u64,
    at: Moment,
    event: &Event,
) -> Result<(), StoreError> {
    match event {
        Event::UsageSettled(fact) => {
            let resource = fact.resource_name.as_deref();
            post(
                fold,
                basis,
                seq,
                at,
                Posting { charge: &fact.charge, details: &fact.details, resource, order_seq: None },
            )?;
            changed(fold, basis, at, &fact.vouchers_after)?;
            let row = fact.resource.as_deref().map(|resource| resource_row(resource, basis));
            fold.resources.extend(row.transpose()?);
        }
        Event::ResourceTerminated(fact) => {
            if let Some(charge) = &fact.charge {
                let (details, resource) = (&*fact.resource.details, Some(fact.resource.name.as_str()));
                post(fold, basis, seq, at, Posting { charge, details, resource, order_seq: None })?;
            }
            changed(fold, basis, at, &fact.vouchers_after)?;
            fold.resources.push(resource_row(&fact.resource, basis)?);
        }
        Event::ResourceActivated(fact) => fold.resources.push(resource_row(&fact.resource, basis)?),
        Event::ResourceResized(fact) => fold.resources.push(resource_row(&fact.resource, basis)?),
        Event::ResourceSuspended(fact) => fold.resources.push(resource_row(&fact.resource, basis)?),
        Event::ResourceResumed(fact) => fold.resources.push(resource_row(&fact.resource, basis)?),
        Event::ResourceDeleted(fact) => fold.resources.push(resource_row(&fact.resource, basis)?),
    }
    Ok(())
}

/// A resource as history shows it.
pub(crate) fn resource_row(resource: &Resource, basis: &Basis<'_>) -> Result<ResourceRow, StoreError> {
    Ok(ResourceRow {
        seq: resource.id.position(),
        name: resource.name.as_str().to_owned(),
        account: resource.account,
        payer: resource.paying.payer,
        partner: resource.paying.partner,
        product: basis.code_of(resource.product)?,
        unit_price: resource.unit_price,
        quantity: resource.quantity.units(),
        frozen: resource.frozen.customer,
        partner_frozen: resource.frozen.partner,
        state: resource.state.name().to_owned(),
        since: resource.since,
        activated_at: resource.activated_at,
        details: resource.details.clone(),
    })
}
