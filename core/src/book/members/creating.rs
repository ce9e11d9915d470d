//! Opening accounts for an organization (O33-O36, O66): the account is opened, verified as its entity, bound to its admin's partner
//! and a member in one decision; under another entity it becomes a member once that entity's admin agrees.

use super::admission::{has_room, met, reaches};
use super::command::{CreateMember, DecideCreation, RetryCreation};
use super::event::{CreationDecided, CreationRetried, MemberCreated};
use super::reason::Reason;
use crate::book::conditions::Entry;
use crate::book::parties::{AccountOpened, CustomerBound};
use crate::book::payers::{Begun, Handover};
use crate::book::{Book, Context, Decision, Rejection};
use crate::channel::{ChannelRole, EntityId, Tier, Uin, Verification};
use crate::organization::{
    Creation, CreationState, EntityRelation, Facts, Organization, Permission, Permissions, RecordId, StartedBy, Verdict,
};

pub(super) fn create(book: &Book, context: &Context<'_>, asked: &CreateMember) -> Result<Decision, Rejection> {
    let CreateMember { admin, permissions, payer, relation } = *asked;
    let organization = book.admins_organization(admin)?;
    let under = relation.map(|id| book.relation_in(organization.id, id)).transpose()?;
    if let Some(relation) = under {
        can_be_agreed_to(relation)?;
    }
    has_room(book, organization)?;
    let today = book.created_on_day_of(organization.id, context.now);
    if reaches(today, organization.settings.quotas.creations_per_day) {
        return Err(Reason::TooManyCreations.into());
    }
    let (opened, bound) = account(book, admin, under)?;
    let entry = Entry { permissions, payer, created: true, applied: false };
    met(&book.check_entry(context.rules, context.now, admin, &facts(book, admin, &opened), entry)?, |_| true)?;
    let (mut handover, uin) = (Handover::default(), opened.uin);
    let joins = under.is_none();
    let begun = if joins { begin(book, &mut handover, uin, permissions, payer)? } else { None };
    let creation = Creation {
        id: RecordId(book.next_number()?),
        organization: organization.id,
        uin,
        relation,
        permissions,
        payer,
        at: context.now,
        state: if joins { CreationState::Done } else { CreationState::Waiting },
    };
    Ok(MemberCreated { admin, creation, opened, bound, begun, lines_after: handover.lines() }.into())
}

pub(super) fn decide(book: &Book, context: &Context<'_>, asked: &DecideCreation) -> Result<Decision, Rejection> {
    let DecideCreation { organization, record, approve } = *asked;
    let organization = book.organization(organization).ok_or(Reason::OrganizationNotFound)?;
    let creation = book.creation_in(organization.id, record)?;
    if creation.state != CreationState::Waiting {
        return Err(Reason::CreationNotWaiting.into());
    }
    let Creation { uin: member, permissions, payer, .. } = *creation;
    let (mut handover, mut begun) = (Handover::default(), None);
    let state = if approve {
        let failed: Vec<_> = joining(book, context, organization, creation, permissions, payer)?.failures().collect();
        if failed.is_empty() {
            begun = begin(book, &mut handover, member, permissions, payer)?;
            CreationState::Done
        } else {
            CreationState::Failed(failed)
        }
    } else {
        CreationState::Refused
    };
    let event = CreationDecided {
        organization: organization.id,
        admin: organization.admin,
        record,
        member,
        permissions,
        approve,
        state,
        begun,
        lines_after: handover.lines(),
    };
    Ok(event.into())
}

pub(super) fn retry(book: &Book, context: &Context<'_>, asked: &RetryCreation) -> Result<Decision, Rejection> {
    let RetryCreation { admin, record, permissions, payer } = *asked;
    let organization = book.admins_organization(admin)?;
    let creation = book.creation_in(organization.id, record)?;
    if !matches!(creation.state, CreationState::Failed(_)) {
        return Err(Reason::CreationNotFailed { done: creation.state == CreationState::Done }.into());
    }
    met(&joining(book, context, organization, creation, permissions, payer)?, |_| true)?;
    let (mut handover, member) = (Handover::default(), creation.uin);
    let begun = begin(book, &mut handover, member, permissions, payer)?;
    let (organization, lines_after) = (organization.id, handover.lines());
    Ok(CreationRetried { organization, admin, record, member, permissions, payer, begun, lines_after }.into())
}

/// Somebody has answered for the entity, and can agree.
fn can_be_agreed_to(relation: &EntityRelation) -> Result<(), Rejection> {
    if !relation.is_active() {
        return Err(Reason::RelationNotActive.into());
    }
    if relation.admin.is_none() { Err(Reason::EntityAdminMissing.into()) } else { Ok(()) }
}

/// The account that is opened, and whose customer it is.
fn account(
    book: &Book,
    admin: Uin,
    under: Option<&EntityRelation>,
) -> Result<(AccountOpened, Option<CustomerBound>), Rejection> {
    let (account, told) = (book.existing_account(admin)?, book.account_facts(admin));
    let uin = book.next_uin().ok_or(Rejection::NumbersExhausted)?;
    let opened = AccountOpened {
        uin,
        class: account.class,
        verification: Verification::Enterprise,
        tier: Tier::None,
        site: told.site,
        entity: under.map_or_else(|| told.entity.clone(), |relation| Some(relation.entity.clone())),
        followed: false,
    };
    let role = book.channel_role(admin);
    let partner = role.partner().filter(|_| role.is_sub_customer());
    let bound = partner.map(|partner| CustomerBound { customer: uin, partner, referred: false });
    Ok((opened, bound))
}

/// What the conditions look at of an account that is yet to be opened: it has neither money nor a history.
fn facts<'a>(book: &Book, admin: Uin, opened: &'a AccountOpened) -> Facts<'a> {
    let role = book.channel_role(admin);
    Facts {
        class: opened.class,
        verification: opened.verification,
        entity: opened.entity.as_ref().map(EntityId::as_str),
        role: if role.is_sub_customer() { role } else { ChannelRole::Direct },
        tier: opened.tier,
        followed: opened.followed,
        ..Facts::without_history(opened.uin)
    }
}

/// Every condition, for an account that was opened earlier.
fn joining(
    book: &Book,
    context: &Context<'_>,
    organization: &Organization,
    creation: &Creation,
    permissions: Permissions,
    payer: Option<Uin>,
) -> Result<Verdict, Rejection> {
    let member = creation.uin;
    if book.organization_of(member).is_some() {
        return Err(Reason::AlreadyInOrganization(member).into());
    }
    has_room(book, organization)?;
    let entry = Entry { permissions, payer, created: true, applied: false };
    let facts = book.existing_facts(member, context.now)?;
    book.check_entry(context.rules, context.now, organization.admin, &facts, entry)
}

fn begin(
    book: &Book,
    handover: &mut Handover,
    member: Uin,
    permissions: Permissions,
    payer: Option<Uin>,
) -> Result<Option<Begun>, Rejection> {
    let payer = payer.filter(|_| permissions.has(Permission::PayOnBehalf));
    payer.map(|payer| handover.begin(book, member, payer, StartedBy::Create)).transpose()
}
