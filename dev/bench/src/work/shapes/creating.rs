//! Accounts that are opened for organizations, and the entities that those trust: one organization has opened as many as there are of
//! anything. How many it may open in a day is found from those of the day alone.

use super::grown::{Grown, uin};
use super::members::{enterprise, newcomer, permissions};
use super::shape::{Shape, platform};
use anyhow::{Context as _, anyhow};
use credere_core::book::{Event, members, parties};
use credere_core::channel::{Site, Uin, Verification};
use credere_core::organization::{OrganizationId, QuotasChange, RecordId, RelationId};

/// The admin that opens all of them, at home, where nobody has to be paid for.
const ADMIN: u64 = 6;
/// Who answers for the other entity that its organization trusts.
const ANSWERS: u64 = 7;

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    grown.obey(parties::OpenAccount { site: Some(Site::Cn), ..enterprise(ADMIN) })?;
    grown.obey(other(ANSWERS))?;
    grown.obey(members::CreateOrganization { admin: uin(ADMIN) })?;
    let organization = organization_of(grown, uin(ADMIN))?;
    let (accounts, creations_per_day) = (Some(u32::MAX), Some(u32::MAX));
    let quotas = QuotasChange { accounts, creations_per_day, ..QuotasChange::default() };
    grown.obey(members::ChangeOrganization { organization, features: None, quotas, member_deletion: None })?;
    associate(grown, organization)?;
    for _ in 0..grown.size {
        create(grown, None)?;
    }
    Ok(())
}

/// An account of another entity.
fn other(number: u64) -> parties::OpenAccount {
    parties::OpenAccount { entity: "E2".parse().ok(), ..enterprise(number) }
}

fn organization_of(grown: &Grown, admin: Uin) -> anyhow::Result<OrganizationId> {
    Ok(grown.book.organization_of_admin(admin).context("there is no organization")?.id)
}

fn relation_of(grown: &Grown, organization: OrganizationId) -> anyhow::Result<RelationId> {
    Ok(grown.book.entity_relations_of(organization).next().context("it trusts nobody")?.id)
}

fn associating(organization: OrganizationId) -> anyhow::Result<members::AssociateEntity> {
    let (entity, name) = ("E2".parse()?, "Example Holding".to_owned());
    Ok(members::AssociateEntity { organization, entity, name, admin: Some(uin(ANSWERS)) })
}

fn associate(grown: &mut Grown, organization: OrganizationId) -> anyhow::Result<RelationId> {
    grown.obey(associating(organization)?)?;
    relation_of(grown, organization)
}

fn creating(relation: Option<RelationId>) -> members::CreateMember {
    members::CreateMember { admin: uin(ADMIN), permissions: permissions(false), payer: None, relation }
}

/// Opens one, and tells its record and its number.
fn create(grown: &mut Grown, relation: Option<RelationId>) -> anyhow::Result<(RecordId, Uin)> {
    match grown.obey(creating(relation))? {
        Event::Members(members::Event::MemberCreated(created)) => Ok((created.creation.id, created.creation.uin)),
        other => Err(anyhow!("an account was to be opened: {other:?}")),
    }
}

/// One that waits for the other entity's admin.
fn waits(grown: &mut Grown) -> anyhow::Result<(OrganizationId, RecordId, Uin)> {
    let organization = organization_of(grown, uin(ADMIN))?;
    let relation = relation_of(grown, organization)?;
    let (record, uin) = create(grown, Some(relation))?;
    Ok((organization, record, uin))
}

fn verified_as(uin: Uin, verification: Verification) -> parties::ChangeAccount {
    let verification = Some(verification);
    parties::ChangeAccount { uin, class: None, verification, tier: None, entity: None, followed: None }
}

/// A new organization, another one each time.
fn founded(grown: &mut Grown, kind: u64, round: u64) -> anyhow::Result<OrganizationId> {
    let admin = newcomer(grown, kind, round)?;
    grown.obey(members::CreateOrganization { admin })?;
    organization_of(grown, admin)
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("open an account for an organization", |_, _| platform(creating(None))),
        Shape::of("let an account join that was opened under another entity", |grown, _| {
            let (organization, record, _) = waits(grown)?;
            platform(members::DecideCreation { organization, record, approve: true })
        }),
        Shape::of("let an account join that could not before", |grown, _| {
            let (organization, record, uin) = waits(grown)?;
            grown.obey(verified_as(uin, Verification::Personal))?;
            grown.obey(members::DecideCreation { organization, record, approve: true })?;
            grown.obey(verified_as(uin, Verification::Enterprise))?;
            let members::CreateMember { admin, permissions, payer, .. } = creating(None);
            platform(members::RetryCreation { admin, record, permissions, payer })
        }),
        Shape::of("trust an entity", |grown, round| platform(associating(founded(grown, 23, round)?)?)),
        Shape::of("change who answers for an entity", |grown, round| {
            let organization = founded(grown, 24, round)?;
            let relation = associate(grown, organization)?;
            platform(members::ChangeEntity { organization, relation, admin: None })
        }),
        Shape::of("decide on an entity", |grown, round| {
            let admin = newcomer(grown, 22, round)?;
            grown.obey(members::CreateOrganization { admin })?;
            let guest = newcomer(grown, 11, round)?;
            let entity = Some("E2".parse().ok());
            grown.obey(parties::ChangeAccount { entity, ..verified_as(guest, Verification::Enterprise) })?;
            let (member, permissions, applied) = (guest, permissions(false), Some("Example Works".to_owned()));
            grown.obey(members::InviteMember {
                admin,
                member,
                permissions,
                payer: None,
                allow_quit: false,
                applied,
            })?;
            let organization = organization_of(grown, admin)?;
            let relation = relation_of(grown, organization)?;
            platform(members::DecideEntity { organization, relation, approve: true })
        }),
        Shape::of("trust an entity no longer", |grown, round| {
            let organization = founded(grown, 12, round)?;
            let relation = associate(grown, organization)?;
            platform(members::EndEntity { organization, relation })
        }),
    ]
}
