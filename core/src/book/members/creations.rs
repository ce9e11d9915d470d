//! The accounts that were opened for organizations, as the book holds them.

use super::reason::Reason;
use crate::book::{Book, Rejection};
use crate::ledger::Moment;
use crate::organization::{Creation, OrganizationId, RecordId};
use std::ops::Bound;

impl Book {
    /// One account that was opened for an organization.
    pub fn creation(&self, id: RecordId) -> Option<&Creation> {
        self.members.creations.get(&id)
    }

    /// The accounts that were opened for an organization, oldest first.
    pub fn creations_of(&self, organization: OrganizationId) -> impl DoubleEndedIterator<Item = &Creation> {
        self.members.created.get(&organization).into_iter().flatten().filter_map(|id| self.creation(*id))
    }

    /// Those behind a number, oldest first.
    pub fn creations_after(&self, organization: OrganizationId, after: RecordId) -> impl Iterator<Item = &Creation> {
        let theirs = self.members.created.get(&organization).into_iter();
        let behind = theirs.flat_map(move |theirs| theirs.range((Bound::Excluded(after), Bound::Unbounded)));
        behind.filter_map(|id| self.creation(*id))
    }

    /// How many accounts were opened for an organization on the day of this moment.
    pub(super) fn created_on_day_of(&self, organization: OrganizationId, now: Moment) -> usize {
        let today = self.calendar().day(now);
        let newest_first = self.creations_of(organization).rev();
        newest_first.take_while(|creation| self.calendar().day(creation.at) == today).count()
    }

    /// A creation of this organization.
    pub(super) fn creation_in(&self, organization: OrganizationId, id: RecordId) -> Result<&Creation, Rejection> {
        let creation = self.creation(id).filter(|one| one.organization == organization);
        creation.ok_or(Reason::CreationNotFound.into())
    }
}
