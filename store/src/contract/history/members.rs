//! Organizations in history: the invitations to them, for ever. Which of them are open, and who is a member, is in the book.

use super::super::StoreError;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::organization::{InvitationEnd, InvitationId, OrganizationId, Permissions};

/// What history says of organizations: the invitations to them.
pub trait MembersHistory {
    /// One invitation.
    ///
    /// # Errors
    /// [`StoreError`]
    fn invitation(&self, id: InvitationId) -> Result<Option<InvitationRow>, StoreError>;

    /// The invitations to an organization, newest first, after skipping `skip`, at most `limit`; and how many there are in
    /// all, at the same moment.
    ///
    /// # Errors
    /// [`StoreError`]
    fn invitations_of(
        &self,
        organization: OrganizationId,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<InvitationRow>, u64), StoreError>;

    /// The invitations that an account was sent, by whichever organization, in the same way.
    ///
    /// # Errors
    /// [`StoreError`]
    fn invitations_to(&self, member: Uin, skip: u64, limit: usize) -> Result<(Vec<InvitationRow>, u64), StoreError>;
}

/// An invitation as it stands (O38, O39). That nobody answered it in time is not said: its moment says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// Its number; at this position of its shard it was sent.
    pub id: InvitationId,
    /// To which organization.
    pub organization: OrganizationId,
    /// Who sent it.
    pub admin: Uin,
    /// Who is invited.
    pub member: Uin,
    /// What the admin is to be allowed to do for it.
    pub permissions: Permissions,
    /// Whether it may leave by itself.
    pub allow_quit: bool,
    /// When it was sent.
    pub sent_at: Moment,
    /// What ended it; `None` while nothing has.
    pub end: Option<InvitationEnd>,
    /// When that was.
    pub ended_at: Option<Moment>,
}
