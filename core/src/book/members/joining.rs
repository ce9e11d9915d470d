//! Becoming a member: the conditions and the change are one decision (O41, O49-O66, A21).

use super::admission::{has_room, may_join};
use super::command::AcceptInvitation;
use super::event::MemberJoined;
use super::invitations::open_to;
use super::reason::Reason;
use crate::book::conditions::Entry;
use crate::book::payers::Handover;
use crate::book::{Book, Context, Decision, Rejection};
use crate::organization::{Invitation, Permission, StartedBy};

pub(super) fn accept(book: &Book, context: &Context<'_>, asked: &AcceptInvitation) -> Result<Decision, Rejection> {
    let AcceptInvitation { member, invitation } = *asked;
    let invitation = open_to(book, context, member, invitation)?;
    let organization = book.organization(invitation.organization).ok_or(Reason::OrganizationNotFound)?;
    if book.organization_of(member).is_some() {
        return Err(Reason::AlreadyInOrganization(member).into());
    }
    has_room(book, organization)?;
    let Invitation { permissions, payer, .. } = *invitation;
    may_join(book, context, organization, member, Entry { permissions, payer, created: false, applied: false })?;
    let payer = payer.filter(|_| permissions.has(Permission::PayOnBehalf));
    let mut handover = Handover::default();
    let begun = payer.map(|payer| handover.begin(book, member, payer, StartedBy::Accept)).transpose()?;
    let event = MemberJoined {
        admin: organization.admin,
        invitation: invitation.clone(),
        begun,
        lines_after: handover.lines(),
    };
    Ok(event.into())
}
