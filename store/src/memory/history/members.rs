//! Invitations in memory, by number.

use super::skipping;
use crate::contract::{HistoryFold, InvitationRow, MembersHistory, StoreError};
use crate::memory::MemoryStore;
use credere_core::channel::Uin;
use credere_core::organization::{InvitationId, OrganizationId};
use std::collections::BTreeMap;

/// The rows of organizations.
#[derive(Default, PartialEq)]
pub(super) struct MembersRows {
    invitations: BTreeMap<InvitationId, InvitationRow>,
}

impl MembersRows {
    pub(super) fn fold(&mut self, fold: &mut HistoryFold) {
        self.invitations.extend(fold.invitations.drain(..).map(|row| (row.id, row)));
    }

    pub(super) fn count(&self) -> usize {
        self.invitations.len()
    }

    /// A page of the invitations that match, newest first, and how many there are.
    fn page(&self, matches: impl Fn(&InvitationRow) -> bool, skip: u64, limit: usize) -> (Vec<InvitationRow>, u64) {
        let all = || self.invitations.values().rev().filter(|row| matches(row));
        (all().skip(skipping(skip)).take(limit).cloned().collect(), all().count() as u64)
    }
}

impl MembersHistory for MemoryStore {
    fn invitation(&self, id: InvitationId) -> Result<Option<InvitationRow>, StoreError> {
        Ok(self.inner.lock().rows.members.invitations.get(&id).cloned())
    }

    fn invitations_of(
        &self,
        organization: OrganizationId,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<InvitationRow>, u64), StoreError> {
        Ok(self.inner.lock().rows.members.page(|row| row.organization == organization, skip, limit))
    }

    fn invitations_to(&self, member: Uin, skip: u64, limit: usize) -> Result<(Vec<InvitationRow>, u64), StoreError> {
        Ok(self.inner.lock().rows.members.page(|row| row.member == member, skip, limit))
    }
}
