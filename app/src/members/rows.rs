//! What events about organizations leave in history: invitations, and how they ended; and in the directory.

use crate::metering::rows::resource_row;
use crate::rows::Basis;
use credere_core::book;
use credere_core::book::members::{Event, InvitationEnded, InvitationSent, MemberJoined, OrganizationDeleted};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::organization::{Invitation, InvitationEnd};
use credere_store::contract::{DirectoryWrite, HistoryFold, InvitationRow, ProfilePatch, StoreError};

/// Adds the rows of one event.
///
/// # Errors
/// [`StoreError::Corrupt`] for a resource of a product that there is not.
pub(crate) fn add(fold: &mut HistoryFold, basis: &Basis<'_>, at: Moment, event: &Event) -> Result<(), StoreError> {
    for resource in event.resources() {
        fold.resources.push(resource_row(resource, basis)?);
    }
    let ended = |invitation: &Invitation, admin: Uin, end| row(invitation, admin, Some((end, at)));
    match event {
        Event::InvitationSent(InvitationSent { invitation, admin, .. }) => {
            fold.invitations.push(row(invitation, *admin, None));
        }
        Event::InvitationEnded(InvitationEnded { invitation, admin, end }) => {
            fold.invitations.push(ended(invitation, *admin, *end));
        }
        Event::MemberJoined(MemberJoined { invitation, admin, .. }) => {
            fold.invitations.push(ended(invitation, *admin, InvitationEnd::Accepted));
        }
        Event::OrganizationDeleted(OrganizationDeleted { invitations, admin, .. }) => {
            let open = invitations.iter().filter(|invitation| invitation.is_open(at));
            fold.invitations.extend(open.map(|invitation| ended(invitation, *admin, InvitationEnd::Void)));
        }
        Event::OrganizationCreated(_)
        | Event::OrganizationChanged(_)
        | Event::MemberChanged(_)
        | Event::PermissionsDecided(_)
        | Event::MembersLeft(_)
        | Event::MemberCreated(_)
        | Event::CreationDecided(_)
        | Event::CreationRetried(_)
        | Event::EntityAssociated(_)
        | Event::EntityChanged(_)
        | Event::EntityDecided(_)
        | Event::EntityEnded(_) => {}
    }
    Ok(())
}

/// What the directory is told of an event by which accounts cease to be members: what their admin called them goes.
pub(crate) fn directory_writes(event: &book::Event) -> impl Iterator<Item = DirectoryWrite> {
    let left = match event {
        book::Event::Members(Event::MembersLeft(left)) => &left.members[..],
        _ => &[],
    };
    left.iter().map(|(uin, _)| {
        let patch = ProfilePatch { member_name: Some(None), member_remark: Some(None), ..ProfilePatch::default() };
        DirectoryWrite::Profile { uin: *uin, patch }
    })
}

fn row(invitation: &Invitation, admin: Uin, end: Option<(InvitationEnd, Moment)>) -> InvitationRow {
    let Invitation { id, organization, member, permissions, allow_quit, sent_at, .. } = *invitation;
    let (end, ended_at) = end.unzip();
    InvitationRow { id, organization, admin, member, permissions, allow_quit, sent_at, end, ended_at }
}
