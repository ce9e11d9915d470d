//! The part of the book about resources and usage: resources that run or are stopped.

use crate::book::Book;
use crate::book::deadlines::Deadlines;
use crate::book::map::Map;
use crate::book::pages::{PageKey, Pages};
use crate::channel::{Resource, ResourceId, ResourceName, Uin};
use std::collections::{BTreeMap, BTreeSet};

/// Resources that run or are stopped.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) resources: Pages<ResourceId, Resource>,
    pub(in crate::book) names: BTreeMap<ResourceName, ResourceId>,
    pub(in crate::book) resources_of: Map<Uin, BTreeSet<ResourceId>>,
    /// When something falls due for resources by itself.
    pub(in crate::book) deadlines: Deadlines,
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

    /// An account's resources that run or are stopped, oldest first.
    pub fn resources_of(&self, account: Uin) -> impl Iterator<Item = &Resource> {
        self.metering.resources_of.get(&account).into_iter().flatten().filter_map(|id| self.metering.resources.get(id))
    }

    /// All resources that run or are stopped, oldest first.
    pub fn resources(&self) -> impl DoubleEndedIterator<Item = &Resource> {
        self.metering.resources.values()
    }

    pub(in crate::book) fn index_resource(&mut self, resource: Resource) {
        self.metering.names.insert(resource.name.clone(), resource.id);
        self.metering.resources_of.entry(resource.account).or_default().insert(resource.id);
        self.metering.resources.insert(resource.id, resource);
    }

    /// Makes every resource findable, and finds anew when something falls due for it.
    pub(in crate::book) fn index_resources(&mut self) {
        let State { resources, names, resources_of, .. } = &mut self.metering;
        for resource in resources.values() {
            names.insert(resource.name.clone(), resource.id);
            resources_of.entry(resource.account).or_default().insert(resource.id);
        }
        let all: Vec<(Uin, ResourceId)> = resources.values().map(|one| (one.account, one.id)).collect();
        all.into_iter().for_each(|(account, id)| self.reschedule_resource(account, id));
    }
}

impl PageKey for ResourceId {
    fn number(&self) -> u64 {
        self.0
    }
}
