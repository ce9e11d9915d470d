//! What draws do about the entities that organizations trust and the accounts that are opened for them. Mostly what can succeed as
//! things stand; sometimes anything at all.

use crate::organizations::permissions;
use crate::scene::{Scene, pick};
use credere_auditor::NEVER;
use credere_auditor::facts::{Creation, Relation, State};
use credere_core::book::{Command, members};
use credere_core::channel::{EntityId, Site, Uin};
use credere_core::organization::{OrganizationId, Permission, Permissions, RecordId, RelationId};
use proptest::bool::weighted;
use proptest::option::of as maybe;
use proptest::option::weighted as mostly;
use proptest::prelude::*;

/// Such a command in symbols.
#[derive(Debug, Clone)]
pub(crate) enum Sketch {
    Open { which: u8, under: Option<u8>, permissions: u8, payer: u8 },
    Retry { which: u8, permissions: u8, payer: u8 },
    Decide { which: u8, approve: bool },
    Trust { which: u8, entity: u8, admin: Option<u8> },
    Answer { which: u8, admin: Option<u8> },
    Judge { which: u8, approve: bool },
    Distrust { which: u8 },
}

pub(crate) fn sketch() -> impl Strategy<Value = Sketch> {
    let n = any::<u8>;
    prop_oneof![
        6 => (n(), maybe(n()), n(), n()).prop_map(
            |(which, under, permissions, payer)| Sketch::Open { which, under, permissions, payer }
        ),
        3 => (n(), n(), n()).prop_map(|(which, permissions, payer)| Sketch::Retry { which, permissions, payer }),
        5 => (n(), weighted(0.8)).prop_map(|(which, approve)| Sketch::Decide { which, approve }),
        3 => (n(), n(), mostly(0.8, n())).prop_map(|(which, entity, admin)| Sketch::Trust { which, entity, admin }),
        3 => (n(), mostly(0.7, n())).prop_map(|(which, admin)| Sketch::Answer { which, admin }),
        2 => (n(), weighted(0.7)).prop_map(|(which, approve)| Sketch::Judge { which, approve }),
        2 => n().prop_map(|which| Sketch::Distrust { which }),
    ]
}

impl Scene<'_> {
    /// Mostly a relation to an entity, such a one where there is any, sometimes one that is over or never was.
    fn relation(&self, which: u8, suits: impl Fn(&Relation) -> bool) -> (RelationId, Option<&Relation>) {
        let all = || self.world.relations.iter();
        let some = all().any(|(_, relation)| suits(relation));
        let there: Vec<u64> = all().filter(|(_, one)| !some || suits(one)).map(|(id, _)| *id).collect();
        let id = match there.get(usize::from(which / 8) % there.len().max(1)) {
            Some(id) if !which.is_multiple_of(8) => RelationId(*id),
            _ => pick(&self.known.relations, which / 8, RelationId(NEVER)),
        };
        (id, self.world.relations.get(&id.0))
    }

    /// Mostly the record of a creation that suits, sometimes any.
    fn record(&self, which: u8, suits: impl Fn(&Creation) -> bool) -> (RecordId, Option<&Creation>) {
        let there: Vec<u64> = self.world.creations.iter().filter(|(_, one)| suits(one)).map(|(id, _)| *id).collect();
        let id = match there.get(usize::from(which / 8) % there.len().max(1)) {
            Some(id) if !which.is_multiple_of(4) => RecordId(*id),
            _ => pick(&self.known.creations, which / 8, RecordId(NEVER)),
        };
        (id, self.world.creations.get(&id.0))
    }

    /// The organization, or now and then another one, or none.
    fn or_another(&self, organization: Option<u64>, which: u8) -> OrganizationId {
        let any = || pick(&self.known.organizations, which / 8, OrganizationId(NEVER));
        organization.filter(|_| which % 16 != 5).map_or_else(any, OrganizationId)
    }

    fn admin_of(&self, organization: Option<u64>, which: u8) -> Uin {
        let organization = organization.and_then(|id| self.world.organizations.get(&id));
        organization.filter(|_| which % 16 != 7).map_or_else(|| self.admin(which), |one| one.admin)
    }

    /// Abroad mostly those of who is paid for, at home any.
    fn granted(&self, admin: Uin, which: u8) -> Permissions {
        let abroad = self.book.account_facts(admin).site == Site::Intl;
        let wanted = permissions(which);
        if abroad && !which.is_multiple_of(8) { wanted.with(Permission::PayOnBehalf) } else { wanted }
    }

    /// Mostly who is verified as the entity, sometimes anybody; most often a member of the organization.
    fn verified_as(&self, entity: &str, organization: Option<u64>, which: u8) -> Uin {
        let is = |uin: Uin| self.book.account_facts(uin).entity.as_ref().is_some_and(|one| one.as_str() == entity);
        let inside = |uin: Uin| is(uin) && organization.is_some() && self.world.organization_of(uin) == organization;
        let any = !self.world.accounts.keys().any(|uin| inside(*uin)) || which % 4 == 3;
        self.mostly(which, |uin| if any { is(uin) } else { inside(uin) })
    }

    pub(crate) fn on_creation(&self, sketch: &Sketch) -> Command {
        match *sketch {
            Sketch::Open { which, under, permissions: wanted, payer } => {
                let under =
                    under.map(|under| self.relation(under, |relation| relation.admin.is_some() || under % 8 < 3));
                let there = under.and_then(|(_, there)| there);
                let organization = there.map(|there| there.organization);
                let admin = if under.is_some() { self.admin_of(organization, which) } else { self.admin(which) };
                let answers = there.and_then(|there| there.admin).filter(|_| !payer.is_multiple_of(4));
                let payer = answers.or_else(|| self.payer_named(admin, payer));
                let relation = under.map(|(id, _)| id);
                Command::from(members::CreateMember {
                    admin,
                    permissions: self.granted(admin, wanted),
                    payer,
                    relation,
                })
            }
            Sketch::Retry { which, permissions: wanted, payer } => {
                let (record, there) = self.record(which, |creation| matches!(creation.state, State::Failed(_)));
                let admin = self.admin_of(there.map(|there| there.organization), which);
                let named = self.payer_named(admin, payer);
                let payer = there.and_then(|there| there.payer).filter(|_| !payer.is_multiple_of(4)).or(named);
                let permissions = self.granted(admin, wanted);
                Command::from(members::RetryCreation { admin, record, permissions, payer })
            }
            Sketch::Decide { which, approve } => {
                let (record, there) = self.record(which, |creation| creation.state == State::Waiting);
                let organization = self.or_another(there.map(|there| there.organization), which);
                Command::from(members::DecideCreation { organization, record, approve })
            }
            Sketch::Trust { which, entity, admin } => {
                let there: Vec<u64> = self.world.organizations.keys().copied().collect();
                let organization = there.get(usize::from(which / 8) % there.len().max(1)).copied();
                let entity = ["E1", "E2", "E2", "E3"][usize::from(entity) % 4];
                let admin = admin.map(|admin| self.verified_as(entity, None, admin));
                let (organization, name) = (self.or_another(organization, which), "Example Holding".to_owned());
                let entity: EntityId = entity.parse().expect("it is an identifier");
                Command::from(members::AssociateEntity { organization, entity, name, admin })
            }
            Sketch::Answer { which, admin } => {
                let (relation, there) = self.relation(which, |_| true);
                let theirs = there.map(|there| there.organization);
                let entity = there.map_or("E1", |there| &there.entity);
                let admin = admin.map(|admin| self.verified_as(entity, theirs, admin));
                Command::from(members::ChangeEntity { organization: self.or_another(theirs, which), relation, admin })
            }
            Sketch::Judge { which, approve } => {
                let (relation, there) = self.relation(which, |relation| !relation.active);
                let organization = self.or_another(there.map(|there| there.organization), which);
                Command::from(members::DecideEntity { organization, relation, approve })
            }
            Sketch::Distrust { which } => {
                let (relation, there) = self.relation(which, |_| true);
                let organization = self.or_another(there.map(|there| there.organization), which);
                Command::from(members::EndEntity { organization, relation })
            }
        }
    }
}
