//! What an admin may do for a member changes, at once or once the member agrees, and with it who pays (O42, O49-O72).

use super::admission::met;
use super::command::{ChangeMember, DecidePermissions};
use super::event::{MemberChanged, PermissionsDecided};
use super::reason::Reason;
use crate::book::payers::{Begun, Ended, Handover};
use crate::book::{Book, Context, Decision, Pair, Rejection};
use crate::channel::Uin;
use crate::organization::{Condition, EndedBy, Member, MemberKind, Organization, Permission, Permissions, StartedBy};

pub(super) fn change(book: &Book, context: &Context<'_>, asked: &ChangeMember) -> Result<Decision, Rejection> {
    let ChangeMember { admin, member, permissions, payer, allow_quit } = *asked;
    let organization = book.admins_organization(admin)?;
    if member == admin {
        return Err(Reason::MemberNotFound(member).into());
    }
    let before = book.member_in(organization.id, member)?;
    let wanted = permissions.unwrap_or(before.permissions);
    let allow_quit = allow_quit.unwrap_or(before.allow_quit);
    // Also what it may agree to yet.
    let possible = [before.permissions, wanted].into_iter().chain(before.asked);
    if allow_quit && possible.into_iter().any(|one| one.has(Permission::PayOnBehalf)) {
        return Err(Reason::QuitExcludesPayOnBehalf.into());
    }
    let changes = wanted != before.permissions;
    if permissions.is_some() && before.asked.is_some() {
        return Err(Reason::PermissionChangePending.into());
    }
    if permissions.is_some() || payer.is_some() {
        let payer = payer.or(book.payer_of(member));
        may_become(book, context, organization, before, wanted, payer)?;
    }
    // An invited member agrees first.
    let at_once = changes && before.kind == MemberKind::Created;
    let asked = if changes && !at_once { Some(wanted) } else { before.asked };
    let (mut handover, permissions) = (Handover::default(), if at_once { wanted } else { before.permissions });
    let (begun, ended) = hand_over(book, context, &mut handover, organization, before, permissions)?;
    let event = MemberChanged {
        organization: organization.id,
        admin,
        member,
        permissions,
        asked,
        allow_quit,
        begun,
        ended,
        lines_after: handover.lines(),
    };
    Ok(event.into())
}

pub(super) fn agree(book: &Book, context: &Context<'_>, asked: &DecidePermissions) -> Result<Decision, Rejection> {
    let DecidePermissions { member, organization, accept } = *asked;
    let organization = book.organization(organization).ok_or(Reason::OrganizationNotFound)?;
    let before = book.member_in(organization.id, member)?;
    let wanted = before.asked.ok_or(Reason::NoPermissionChange)?;
    let permissions = if accept { wanted } else { before.permissions };
    if accept {
        if before.allow_quit && wanted.has(Permission::PayOnBehalf) {
            return Err(Reason::QuitExcludesPayOnBehalf.into());
        }
        may_become(book, context, organization, before, wanted, Some(organization.admin))?;
    }
    let mut handover = Handover::default();
    let (begun, ended) = hand_over(book, context, &mut handover, organization, before, permissions)?;
    let event = PermissionsDecided {
        organization: organization.id,
        admin: organization.admin,
        member,
        accept,
        permissions,
        begun,
        ended,
        lines_after: handover.lines(),
    };
    Ok(event.into())
}

/// Whether a member's permissions may become these: all conditions of joining where it is to be paid for from now on, those of
/// leaving where it is not to be any more, and in any case those that are about the permissions and who pays; about the entity
/// as well where it is paid for and anything changes.
fn may_become(
    book: &Book,
    context: &Context<'_>,
    organization: &Organization,
    before: &Member,
    wanted: Permissions,
    payer: Option<Uin>,
) -> Result<(), Rejection> {
    let (was, will) = [before.permissions, wanted].map(|one| one.has(Permission::PayOnBehalf)).into();
    let pair = Pair { admin: organization.admin, member: before.uin };
    let (rules, now) = (context.rules, context.now);
    if was && !will && book.in_distribution(pair) {
        return Err(Reason::AlwaysPaidFor(before.uin).into());
    }
    let joining = book.check_joining(rules, now, pair, wanted, payer)?;
    let inherits = wanted.has(Permission::InheritOffers) && !before.permissions.has(Permission::InheritOffers);
    met(&joining, |condition| match condition {
        Condition::O49 | Condition::O59 | Condition::O54 => true,
        // It keeps id 7 when its entity becomes another, and is not given it again (A13).
        Condition::O52 => wanted != before.permissions,
        Condition::O63 => inherits || !was,
        _ => will && !was,
    })?;
    if was && !will { met(&book.check_leaving(rules, now, pair)?, |_| true) } else { Ok(()) }
}

/// Who begins or ceases to pay where a member's permissions become these.
fn hand_over(
    book: &Book,
    context: &Context<'_>,
    handover: &mut Handover,
    organization: &Organization,
    before: &Member,
    permissions: Permissions,
) -> Result<(Option<Begun>, Option<Ended>), Rejection> {
    let will = permissions.has(Permission::PayOnBehalf);
    Ok(match (book.payer_of(before.uin), will) {
        (None, true) => (Some(handover.begin(book, before.uin, organization.admin, StartedBy::Update)?), None),
        (Some(payer), false) => {
            (None, Some(handover.end(book, context, before.uin, payer, (EndedBy::Update, Some(permissions)))?))
        }
        (None, false) | (Some(_), true) => (None, None),
    })
}
