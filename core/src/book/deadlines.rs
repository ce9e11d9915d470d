//! When something falls due for a resource by itself, in the order of time: over all accounts for the next duty, and for
//! each account for what must follow at once. Kept by every change; nothing in here decides what is due.

use super::map::Map;
use crate::channel::{ResourceId, Uin};
use crate::ledger::Moment;
use arrayvec::ArrayVec;
use std::collections::BTreeSet;

/// The moments at which one resource has to be looked at.
pub(super) type Moments = ArrayVec<Moment, 2>;

/// The moments of all resources.
#[derive(Debug, Clone, Default)]
pub(super) struct Deadlines {
    all: BTreeSet<(Moment, Uin, ResourceId)>,
    by_account: Map<Uin, BTreeSet<(Moment, ResourceId)>>,
    by_resource: Map<ResourceId, Moments>,
}

impl Deadlines {
    /// A resource is looked at at these moments, and no longer at others.
    pub(super) fn set(&mut self, account: Uin, id: ResourceId, moments: Moments) {
        let before = if moments.is_empty() {
            self.by_resource.remove(&id)
        } else {
            self.by_resource.insert(id, moments.clone())
        };
        for at in before.unwrap_or_default() {
            self.all.remove(&(at, account, id));
            if let Some(theirs) = self.by_account.get_mut(&account) {
                theirs.remove(&(at, id));
            }
        }
        for at in moments {
            self.all.insert((at, account, id));
            self.by_account.entry(account).or_default().insert((at, id));
        }
        if self.by_account.get(&account).is_some_and(BTreeSet::is_empty) {
            self.by_account.remove(&account);
        }
    }

    /// All of them, the earliest first.
    pub(super) fn all(&self) -> impl Iterator<Item = (Moment, ResourceId)> {
        self.all.iter().map(|(at, _, id)| (*at, *id))
    }

    /// Those of one account that have come by `now`, the earliest first.
    pub(super) fn come(&self, account: Uin, now: Moment) -> impl Iterator<Item = ResourceId> {
        let theirs = self.by_account.get(&account).into_iter().flatten();
        theirs.take_while(move |(at, _)| *at <= now).map(|(_, id)| *id)
    }

    /// Those of one resource.
    pub(super) fn of(&self, id: ResourceId) -> Moments {
        self.by_resource.get(&id).cloned().unwrap_or_default()
    }
}
