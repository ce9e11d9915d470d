//! What an admin may do for a member changes, at once or once the member agrees, and with it who pays (O42, O49-O72).

use super::admission::met;
use super::command::{ChangeMember, DecidePermissions};
use super::event::{MemberChanged, PermissionsDecided};
use super::reason::Reason;
use crate::book::payers::{Begun, Ended, Handover};
use crate::book::{Book, Context, Decision, Pair, Rejection};
use crate::channel::Uin;
use crate::organization::{
    Asked, Condition, EndedBy, Failure, Member, MemberKind, Organization, Permission, Permissions, StartedBy,
};

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
    let possible = [before.permissions, wanted].into_iter().chain(before.asked.map(|one| one.permissions));
    if allow_quit && possible.into_iter().any(|one| one.has(Permission::PayOnBehalf)) {
        return Err(Reason::QuitExcludesPayOnBehalf.into());
    }
    let changes = wanted != before.permissions;
    if permissions.is_some() && before.asked.is_some() {
        return Err(Reason::PermissionChangePending.into());
    }
    let named = payer.is_some();
    let payer = payer.or(book.payer_of(member));
    if permissions.is_some() || named {
        may_become(book, context, organization, before, wanted, payer)?;
    }
    // An invited member agrees first.
    let at_once = changes && before.kind == MemberKind::Created;
    let pays = payer.filter(|_| wanted.has(Permission::PayOnBehalf));
    let asked = if changes && !at_once { Some(Asked { permissions: wanted, payer: pays }) } else { before.asked };
    let (mut handover, permissions) = (Handover::default(), if at_once { wanted } else { before.permissions });
    let pays = if at_once { pays } else { book.payer_of(member) };
    let (begun, ended) = hand_over(book, context, &mut handover, before, (permissions, pays))?;
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
    let Asked { permissions: wanted, payer } = before.asked.ok_or(Reason::NoPermissionChange)?;
    let permissions = if accept { wanted } else { before.permissions };
    if accept {
        if before.allow_quit && wanted.has(Permission::PayOnBehalf) {
            return Err(Reason::QuitExcludesPayOnBehalf.into());
        }
        may_become(book, context, organization, before, wanted, payer)?;
    }
    let mut handover = Handover::default();
    let pays = if accept { payer } else { book.payer_of(member) };
    let (begun, ended) = hand_over(book, context, &mut handover, before, (permissions, pays))?;
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
    // Somebody else pays only once it has paid for itself.
    if was && will && payer != book.payer_of(before.uin) {
        return Err(Reason::ConditionsNotMet(vec![(Condition::O59, Failure::PayUinIllegal)]).into());
    }
    if was && !will { met(&book.check_leaving(rules, now, pair)?, |_| true) } else { Ok(()) }
}

/// Who begins or ceases to pay where a member has these permissions, and this account, or nobody, pays for it from now on.
fn hand_over(
    book: &Book,
    context: &Context<'_>,
    handover: &mut Handover,
    before: &Member,
    (permissions, payer): (Permissions, Option<Uin>),
) -> Result<(Option<Begun>, Option<Ended>), Rejection> {
    Ok(match (book.payer_of(before.uin), payer) {
        (None, Some(payer)) => (Some(handover.begin(book, before.uin, payer, StartedBy::Update)?), None),
        (Some(payer), None) => {
            (None, Some(handover.end(book, context, before.uin, payer, (EndedBy::Update, Some(permissions)))?))
        }
        (None, None) | (Some(_), Some(_)) => (None, None),
    })
}
