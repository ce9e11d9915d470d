//! Applying the events about resources and usage.

use super::event::{
    Event, ResourceActivated, ResourceDeleted, ResourceResized, ResourceResumed, ResourceSuspended, ResourceTerminated,
    UsageSettled,
};
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::channel::{Resource, ResourceId};

/// Applies an event at journal position `seq`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::ResourceActivated(ResourceActivated { resource, lines_after }) => {
            if resource.id != ResourceId(book.number_at(seq)?) || book.metering.names.contains_key(&resource.name) {
                return Err(Misfit("the resource is there already"));
            }
            book.index_resource(Resource::clone(resource));
            book.set_lines(resource.paying, lines_after)?;
        }
        Event::ResourceResized(ResourceResized { resource, lines_after }) => {
            book.set_resource(resource)?;
            book.set_lines(resource.paying, lines_after)?;
        }
        Event::ResourceTerminated(ResourceTerminated { resource, charge, vouchers_after, lines_after, .. }) => {
            book.end_resource(resource)?;
            book.set_vouchers(vouchers_after)?;
            book.set_lines(resource.paying, lines_after)?;
            if let Some(charge) = charge {
                book.post(charge)?;
            }
        }
        Event::ResourceSuspended(ResourceSuspended { resource })
        | Event::ResourceResumed(ResourceResumed { resource }) => {
            book.set_resource(resource)?;
        }
        Event::ResourceDeleted(ResourceDeleted { resource, lines_after, .. }) => {
            book.end_resource(resource)?;
            book.set_lines(resource.paying, lines_after)?;
        }
        Event::UsageSettled(UsageSettled { charge, resource, covered, vouchers_after, lines_after, .. }) => {
            if let Some(resource) = resource {
                book.set_resource(resource)?;
            }
            if let Some(covered) = covered {
                book.use_packs(covered)?;
            }
            book.set_lines(charge.paying, lines_after)?;
            book.set_vouchers(vouchers_after)?;
            book.post(charge)?;
        }
    }
    Ok(())
}

impl Book {
    pub(in crate::book) fn set_resource(&mut self, resource: &Resource) -> Fit<()> {
        let kept = self.metering.resources.get_mut(&resource.id).ok_or("no such resource")?;
        let before = std::mem::replace(kept, resource.clone());
        self.metering.schedule.remove(&before);
        self.metering.schedule.add(resource);
        self.reschedule_product(before.account, before.product);
        if (resource.account, resource.product) != (before.account, before.product) {
            self.reschedule_product(resource.account, resource.product);
        }
        Ok(())
    }

    fn end_resource(&mut self, resource: &Resource) -> Fit<()> {
        let ended = self.metering.resources.remove(&resource.id).ok_or("no such resource")?;
        self.metering.names.remove(&ended.name);
        self.metering.schedule.remove(&ended);
        self.reschedule_product(ended.account, ended.product);
        Ok(())
    }
}
