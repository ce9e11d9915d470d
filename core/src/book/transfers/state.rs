//! The part of the book about money that moved within organizations.

use crate::book::Book;
use crate::book::map::Map;
use crate::book::pages::{PageKey, Pages};
use crate::channel::TransferId;
use crate::organization::{OrganizationId, Transfer};
use std::collections::BTreeSet;
use std::ops::Bound;

/// Every transfer there was: what is left of one can come back however late.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) all: Pages<TransferId, Transfer>,
    /// Each organization's, oldest first.
    of: Map<OrganizationId, BTreeSet<TransferId>>,
}

impl State {
    /// Keeps a transfer as it stands from now on.
    pub(super) fn put(&mut self, transfer: Transfer) {
        self.of.entry(transfer.organization).or_default().insert(transfer.id);
        self.all.insert(transfer.id, transfer);
    }
}

impl Book {
    /// One transfer.
    pub fn transfer(&self, id: TransferId) -> Option<&Transfer> {
        self.transfers.all.get(&id)
    }

    /// Every transfer there was, oldest first.
    pub fn transfers(&self) -> impl Iterator<Item = &Transfer> {
        self.transfers.all.values()
    }

    /// The transfers of an organization, oldest first.
    pub fn transfers_of(&self, organization: OrganizationId) -> impl DoubleEndedIterator<Item = &Transfer> {
        self.transfers.of.get(&organization).into_iter().flatten().filter_map(|id| self.transfer(*id))
    }

    /// The transfers of an organization before one, or all, newest first.
    pub fn transfers_before(
        &self,
        organization: OrganizationId,
        before: Option<TransferId>,
    ) -> impl Iterator<Item = &Transfer> {
        let upto = before.map_or(Bound::Unbounded, Bound::Excluded);
        let theirs = self.transfers.of.get(&organization);
        let ids = theirs.into_iter().flat_map(move |all| all.range((Bound::Unbounded, upto)).rev());
        ids.filter_map(|id| self.transfer(*id))
    }

    /// Makes transfers findable by their organizations.
    pub(in crate::book) fn index_transfers(&mut self) {
        for transfer in self.transfers.all.values() {
            self.transfers.of.entry(transfer.organization).or_default().insert(transfer.id);
        }
    }
}

impl PageKey for TransferId {
    fn number(&self) -> u64 {
        self.0
    }
}
