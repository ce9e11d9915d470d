//! Ceasing to be a member, by whatever door: the same conditions, in one decision with the change (O43, O67-O71).

use super::admission::met;
use super::command::{QuitOrganization, RemoveMembers};
use super::event::MembersLeft;
use super::reason::Reason;
use crate::book::payers::{Ended, Handover};
use crate::book::{Book, Context, Decision, Pair, Rejection};
use crate::channel::Uin;
use crate::organization::{EndedBy, Member, MemberKind, Organization};
use std::collections::BTreeSet;

pub(super) fn remove(book: &Book, context: &Context<'_>, asked: &RemoveMembers) -> Result<Decision, Rejection> {
    let organization = book.admins_organization(asked.admin)?;
    let (mut named, mut seen) = (Vec::new(), BTreeSet::new());
    for member in &asked.members {
        if *member == organization.admin {
            return Err(Reason::AdminStays(*member).into());
        }
        may_go(book, book.member_in(organization.id, *member)?)?;
        if seen.insert(*member) {
            named.push(*member);
        }
    }
    left(book, context, organization, &named, EndedBy::Remove)
}

pub(super) fn quit(book: &Book, context: &Context<'_>, asked: &QuitOrganization) -> Result<Decision, Rejection> {
    let QuitOrganization { member, organization } = *asked;
    book.existing_account(member)?;
    let organization = book.organization(organization).ok_or(Reason::OrganizationNotFound)?;
    if organization.admin == member {
        return Err(Reason::AdminStays(member).into());
    }
    let leaves = book.member_in(organization.id, member)?;
    if leaves.kind == MemberKind::Created {
        return Err(Reason::CreatedMayNotQuit(member).into());
    }
    if !leaves.allow_quit {
        return Err(Reason::QuitNotAllowed(member).into());
    }
    may_go(book, leaves)?;
    left(book, context, organization, &[member], EndedBy::Quit)
}

fn left(
    book: &Book,
    context: &Context<'_>,
    organization: &Organization,
    named: &[Uin],
    by: EndedBy,
) -> Result<Decision, Rejection> {
    let admin = organization.admin;
    let (mut handover, mut members) = (Handover::default(), Vec::with_capacity(named.len()));
    for member in named {
        members.push((*member, ceases(book, context, &mut handover, Pair { admin, member: *member }, by)?));
    }
    let quit = by == EndedBy::Quit;
    let lines_after = handover.lines();
    Ok(MembersLeft { organization: organization.id, admin, quit, members, lines_after }.into())
}

/// What keeps a member besides the conditions of who pays for it (O43), in their order. No contact data is kept of an account that
/// was created, so it stays.
fn may_go(book: &Book, member: &Member) -> Result<(), Rejection> {
    if book.is_entity_admin(member.organization, member.uin) {
        return Err(Reason::EntityAdminStays(member.uin).into());
    }
    if member.kind == MemberKind::Created {
        return Err(Reason::CreatedStays(member.uin).into());
    }
    if book.pays_for_others(member.uin) { Err(Reason::PaysForOthers(member.uin).into()) } else { Ok(()) }
}

/// Who paid for a member until now, where it may leave.
fn ceases(
    book: &Book,
    context: &Context<'_>,
    handover: &mut Handover,
    pair: Pair,
    by: EndedBy,
) -> Result<Option<Ended>, Rejection> {
    let Some(payer) = book.payer_of(pair.member) else { return Ok(None) };
    // Who cannot pay for itself has no other way out (O72).
    if context.rules.check.strict_exit && !book.in_distribution(pair) {
        return Err(Reason::StillPaidFor(pair.member).into());
    }
    met(&book.check_leaving(context.rules, context.now, pair)?, |_| true)?;
    Ok(Some(handover.end(book, context, pair.member, payer, (by, None))?))
}
