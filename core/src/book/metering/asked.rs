//! The commands about resources and usage, told from their events.

use super::command::{
    ActivateResource, DeleteResource, ResizeResource, ResumeResource, SettleUsage, SuspendResource, TerminateResource,
};
use super::event::{
    Event, ResourceActivated, ResourceDeleted, ResourceResized, ResourceResumed, ResourceSuspended, ResourceTerminated,
    UsageSettled,
};
use crate::book::{Book, Command};
use crate::channel::{ProductCode, Resource, ResourceStep};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
        let code = |number: u32| Some(before.product_numbered(number)?.code.clone());
        match self {
            Event::ResourceActivated(ResourceActivated { resource, .. }) => {
                Some(activated(resource, code(resource.product)?).into())
            }
            Event::ResourceResized(ResourceResized { resource, .. }) => Some(
                ResizeResource {
                    resource: Some(resource.id.into()),
                    unit_price: Some(resource.unit_price),
                    quantity: Some(resource.quantity),
                }
                .into(),
            ),
            Event::ResourceTerminated(ResourceTerminated { resource, charge, .. }) => Some(
                TerminateResource {
                    resource: Some(resource.id.into()),
                    final_amount: charge.as_ref().map(|charge| charge.price.list),
                }
                .into(),
            ),
            Event::ResourceSuspended(ResourceSuspended { resource }) => Some(step(resource, ResourceStep::Suspend)),
            Event::ResourceResumed(ResourceResumed { resource }) => Some(step(resource, ResourceStep::Resume)),
            Event::ResourceDeleted(ResourceDeleted { resource, .. }) => Some(step(resource, ResourceStep::Delete)),
            Event::UsageSettled(UsageSettled { charge, resource_name, details, covered, .. }) => {
                let list = covered.as_ref().map_or(charge.price.list, |covered| covered.list);
                let resource = match resource_name {
                    Some(name) => Some(name.parse().ok()?),
                    None => None,
                };
                Some(
                    SettleUsage {
                        account: charge.account,
                        product: code(charge.product)?,
                        amount: if charge.action.lowers() { list.negated().ok()? } else { list },
                        units: covered.as_ref().map(|covered| covered.units),
                        period_start: charge.period_start,
                        period_end: charge.period_end,
                        resource,
                        action: Some(charge.action),
                        details: details.clone(),
                    }
                    .into(),
                )
            }
        }
    }
}

fn activated(resource: &Resource, product: ProductCode) -> ActivateResource {
    ActivateResource {
        account: resource.account,
        name: resource.name.clone(),
        product,
        unit_price: resource.unit_price,
        quantity: resource.quantity,
        details: resource.details.clone(),
    }
}

fn step(resource: &Resource, step: ResourceStep) -> Command {
    match step {
        ResourceStep::Resume => ResumeResource { id: resource.id }.into(),
        ResourceStep::Suspend => SuspendResource { id: resource.id }.into(),
        ResourceStep::Delete => DeleteResource { id: resource.id }.into(),
    }
}
