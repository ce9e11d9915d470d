//! Organizations, members and invitations as they are shown.

use credere_core::channel::{Site, Uin};
use credere_core::ledger::Moment;
use credere_core::organization::{InvitationEnd, InvitationId, Member, Organization, Permissions};
use credere_store::contract::InvitationRow;

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationView {
    /// Its admin, and what is set for it.
    pub organization: Organization,
    /// Its admin's site.
    pub site: Site,
    /// What its admin is called.
    pub name: Option<String>,
    /// How many accounts are in it, its admin among them.
    pub accounts: usize,
}

/// A member of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberView {
    /// What decides.
    pub member: Member,
    /// What its admin calls it.
    pub name: Option<String>,
    /// What its admin notes of it.
    pub remark: Option<String>,
    /// Who pays for it, where somebody else does.
    pub payer: Option<Uin>,
    /// Whether it is of another entity than who pays for it (A13).
    pub entity_differs: bool,
}

/// What has become of an invitation (O39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be accepted.
    Open,
    /// Nobody answered it in time.
    Expired,
    /// It was answered or taken back.
    Ended(InvitationEnd),
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// Its number.
    pub id: InvitationId,
    /// Who sent it.
    pub admin: Uin,
    /// What the admin is called.
    pub admin_name: Option<String>,
    /// The admin's mail address.
    pub admin_email: Option<String>,
    /// Who is invited.
    pub member: Uin,
    /// What the admin calls it.
    pub member_name: Option<String>,
    /// What the admin notes of it.
    pub member_remark: Option<String>,
    /// What the admin is to be allowed to do for it.
    pub permissions: Permissions,
    /// When it was sent.
    pub sent_at: Moment,
    /// When it is over.
    pub expires_at: Moment,
    /// What has become of it.
    pub state: InvitationState,
}

impl InvitationState {
    pub(super) fn of(row: &InvitationRow, expires_at: Moment, now: Moment) -> InvitationState {
        match row.end {
            Some(end) => InvitationState::Ended(end),
            None if now < expires_at => InvitationState::Open,
            None => InvitationState::Expired,
        }
    }
}
