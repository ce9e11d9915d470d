//! The part of the book about resources and usage: resources that run or are stopped.

use super::schedule::Schedule;
use crate::book::Book;
use crate::book::pages::{PageKey, Pages};
use crate::channel::{Resource, ResourceId, ResourceName, Uin};
use std::collections::{BTreeMap, BTreeSet};

/// Resources that run or are stopped.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) resources: Pages<ResourceId, Resource>,
    pub(in crate::book) names: BTreeMap<ResourceName, ResourceId>,
    /// Whose they are, and when something falls due for them by itself.
    pub(in crate::book) schedule: Schedule,
}

impl Book {
    /// A resource that runs or is stopped, by the caller's name for it.
    pub fn resource(&self, name: &ResourceName) -> Option<&Resource> {
        self.metering.resources.get(self.metering.names.get(name)?)
    }

    /// A resource that runs or is stopped, by its number.
    pub fn resource_numbered(&self, id: ResourceId) -> Option<&Resource> {
        self.metering.resources.get(&id)
    }

    /// An account's resources that run or are stopped, by product.
    pub(in crate::book) fn resources_of(&self, account: Uin) -> impl Iterator<Item = &Resource> {
        self.metering.schedule.of_account(account).filter_map(|id| self.metering.resources.get(&id))
    }

    /// All resources that run or are stopped, oldest first.
    pub fn resources(&self) -> impl DoubleEndedIterator<Item = &Resource> {
        self.metering.resources.values()
    }

    pub(in crate::book) fn index_resource(&mut self, resource: Resource) {
        self.metering.names.insert(resource.name.clone(), resource.id);
        let (account, product) = (resource.account, resource.product);
        self.metering.schedule.add(&resource);
        self.metering.resources.insert(resource.id, resource);
        self.reschedule_product(account, product);
    }

    /// Makes all resources findable, and finds anew when something falls due for them.
    pub(in crate::book) fn index_resources(&mut self) {
        let State { resources, names, schedule } = &mut self.metering;
        let mut products = BTreeSet::new();
        for resource in resources.values() {
            names.insert(resource.name.clone(), resource.id);
            schedule.add(resource);
            products.insert((resource.account, resource.product));
        }
        products.into_iter().for_each(|(account, product)| self.reschedule_product(account, product));
    }
}

impl PageKey for ResourceId {
    fn number(&self) -> u64 {
        self.0
    }
}
