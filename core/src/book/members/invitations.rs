//! Inviting, and turning an invitation down or taking it back (O38, O39).

use super::admission::{has_room, may_join, reaches};
use super::command::{CancelInvitation, DenyInvitation, InviteMember};
use super::entities;
use super::event::{InvitationEnded, InvitationSent};
use super::reason::Reason;
use crate::book::conditions::Entry;
use crate::book::{Book, Context, Decision, Rejection};
use crate::channel::Uin;
use crate::organization::{Invitation, InvitationEnd, InvitationId, Permission};

pub(super) fn send(book: &Book, context: &Context<'_>, asked: &InviteMember) -> Result<Decision, Rejection> {
    let InviteMember { admin, member, permissions, payer, allow_quit, ref applied } = *asked;
    if allow_quit && permissions.has(Permission::PayOnBehalf) {
        return Err(Reason::QuitExcludesPayOnBehalf.into());
    }
    let organization = book.admins_organization(admin)?;
    book.existing_account(member)?;
    if book.organization_of(member).is_some() {
        return Err(Reason::AlreadyInOrganization(member).into());
    }
    if book.invitation_to(member, context.now).is_some() {
        return Err(Reason::InvitationOpen(member).into());
    }
    if book.account_facts(member).site != book.account_facts(admin).site {
        return Err(Reason::SiteDiffers(member).into());
    }
    has_room(book, organization)?;
    let open = book.invitations_of(organization.id).filter(|one| one.is_open(context.now)).count();
    if reaches(open, organization.settings.quotas.open_invitations) {
        return Err(Reason::TooManyInvitations.into());
    }
    let entry = Entry { permissions, payer, created: false, applied: applied.is_some() };
    may_join(book, context, organization, member, entry)?;
    let name = applied.as_deref();
    let applied = name.map(|name| entities::applied(book, organization, member, name)).transpose()?.flatten();
    let invitation = Invitation {
        id: InvitationId(book.next_number()?),
        organization: organization.id,
        member,
        permissions,
        payer,
        allow_quit,
        sent_at: context.now,
    };
    Ok(InvitationSent { admin, invitation, applied }.into())
}

pub(super) fn cancel(book: &Book, context: &Context<'_>, asked: &CancelInvitation) -> Result<Decision, Rejection> {
    let CancelInvitation { admin, invitation } = *asked;
    let organization = book.admins_organization(admin)?;
    let invitation = book.invitation(invitation).ok_or(Reason::InvitationNotFound)?;
    if invitation.organization != organization.id {
        return Err(Reason::InvitationNotFound.into());
    }
    if !invitation.is_open(context.now) {
        return Err(Reason::InvitationNotOpen.into());
    }
    Ok(ended(invitation, admin, InvitationEnd::Canceled).into())
}

pub(super) fn deny(book: &Book, context: &Context<'_>, asked: &DenyInvitation) -> Result<Decision, Rejection> {
    let DenyInvitation { member, invitation } = *asked;
    let invitation = open_to(book, context, member, invitation)?;
    let organization = book.organization(invitation.organization).ok_or(Reason::OrganizationNotFound)?;
    Ok(ended(invitation, organization.admin, InvitationEnd::Denied).into())
}

/// An invitation of this account's that it can accept.
pub(super) fn open_to<'a>(
    book: &'a Book,
    context: &Context<'_>,
    member: Uin,
    invitation: InvitationId,
) -> Result<&'a Invitation, Rejection> {
    book.existing_account(member)?;
    let invitation = book.invitation(invitation).filter(|one| one.member == member);
    let invitation = invitation.ok_or(Reason::InvitationNotFound)?;
    if invitation.is_open(context.now) { Ok(invitation) } else { Err(Reason::InvitationNotOpen.into()) }
}

fn ended(invitation: &Invitation, admin: Uin, end: InvitationEnd) -> InvitationEnded {
    InvitationEnded { invitation: invitation.clone(), admin, end }
}
