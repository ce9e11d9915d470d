//! Accounts that are opened for organizations, and the entities that those trust. Whoever was created never leaves, so that not many
//! are, and mostly for the organization that has some: the others can dissolve.

use super::Chooser;
use crate::act::Act;
use credere_auditor::facts::{Creation, Relation, State};
use credere_auditor::{Auditor, NEVER};
use credere_core::book::{Command, members};
use credere_core::channel::{EntityId, Site, Uin};
use credere_core::organization::{OrganizationId, Permission, Permissions, RecordId, RelationId};

/// More accounts than this are rarely opened in one world.
const ENOUGH: usize = 12;

impl Chooser {
    /// Mostly an organization that has created somebody, where there is one.
    fn creating_organization(&mut self, world: &Auditor) -> Option<u64> {
        let mut all: Vec<u64> = world.creations.values().map(|creation| creation.organization).collect();
        if all.is_empty() || self.dice.chance(1, 10) {
            all = world.organizations.keys().copied().collect();
        }
        self.dice.pick(&all).copied()
    }

    fn admin_of(&mut self, world: &Auditor, organization: Option<u64>) -> Uin {
        let admin = organization.and_then(|id| world.organizations.get(&id)).map(|one| one.admin);
        admin.filter(|_| !self.dice.chance(1, 20)).unwrap_or_else(|| self.account())
    }

    /// A relation of this organization, such a one where there is any; now and then another, or none.
    fn relation<'a>(
        &mut self,
        world: &'a Auditor,
        suits: impl Fn(&Relation) -> bool,
    ) -> (RelationId, Option<&'a Relation>) {
        let likely = !self.dice.chance(1, 8);
        let all = world.relations.iter().filter(|(_, one)| !likely || suits(one));
        let ids: Vec<u64> = all.map(|(id, _)| *id).collect();
        let never = self.dice.chance(1, 15);
        let id = self.dice.pick(&ids).copied().filter(|_| !never).unwrap_or(NEVER);
        (RelationId(id), world.relations.get(&id))
    }

    fn creation_record<'a>(
        &mut self,
        world: &'a Auditor,
        suits: impl Fn(&Creation) -> bool,
    ) -> (RecordId, Option<&'a Creation>) {
        let likely = !self.dice.chance(1, 8);
        let all = world.creations.iter().filter(|(_, one)| !likely || suits(one));
        let ids: Vec<u64> = all.map(|(id, _)| *id).collect();
        let never = self.dice.chance(1, 15);
        let id = self.dice.pick(&ids).copied().filter(|_| !never).unwrap_or(NEVER);
        (RecordId(id), world.creations.get(&id))
    }

    fn or_none(&mut self, organization: Option<u64>) -> OrganizationId {
        OrganizationId(organization.filter(|_| !self.dice.chance(1, 20)).unwrap_or(NEVER))
    }

    /// Mostly what may be: abroad whoever is created is paid for.
    fn granted(&mut self, world: &Auditor, admin: Uin) -> Permissions {
        let wanted = self.permissions();
        let abroad = world.site_of(admin) == Some(Site::Intl);
        if abroad && !self.dice.chance(1, 15) { wanted.with(Permission::PayOnBehalf) } else { wanted }
    }

    /// Mostly who is verified as this entity.
    fn verified_as(&mut self, world: &Auditor, entity: &str) -> Option<Uin> {
        let theirs = |uin: &Uin| world.entity_of(*uin) == Some(entity);
        let theirs: Vec<Uin> = world.accounts.keys().copied().filter(theirs).collect();
        match self.dice.weighted(&[8, 2, 1]) {
            0 => Some(self.one_of(&theirs)),
            1 => None,
            _ => Some(self.account()),
        }
    }

    /// An account is opened, or one that could not join tries again. Later on the platform lets fewer be opened.
    pub(super) fn creation(&mut self, world: &Auditor) -> (Uin, Command) {
        let failed = |creation: &Creation| matches!(creation.state, State::Failed(_));
        let tries = world.creations.values().any(failed);
        let full = world.creations.len() >= ENOUGH && !self.dice.chance(1, 20);
        if full || (tries && self.dice.chance(1, 2)) {
            let (record, there) = self.creation_record(world, failed);
            let admin = self.admin_of(world, there.map(|there| there.organization));
            let (permissions, named) = (self.granted(world, admin), self.payer(admin));
            let payer = there.and_then(|there| there.payer).filter(|_| !self.dice.chance(1, 3)).or(named);
            return (admin, Command::from(members::RetryCreation { admin, record, permissions, payer }));
        }
        let under = self.dice.chance(1, 2).then(|| self.relation(world, |relation| relation.admin.is_some()));
        let there = under.and_then(|(_, there)| there);
        let organization = there.map(|there| there.organization).or_else(|| self.creating_organization(world));
        let admin = self.admin_of(world, organization);
        let answers = there.and_then(|there| there.admin).filter(|_| !self.dice.chance(1, 4));
        let payer = answers.or_else(|| self.payer(admin));
        let permissions = self.granted(world, admin);
        let relation = under.map(|(id, _)| id);
        (admin, Command::from(members::CreateMember { admin, permissions, payer, relation }))
    }

    /// What the platform tells of entities, and of what their admins say.
    pub(super) fn entities(&mut self, world: &Auditor) -> Act {
        let waiting = |creation: &Creation| creation.state == State::Waiting;
        let applied = |relation: &Relation| !relation.active;
        let asked = match self.dice.weighted(&[4, 4, 3, 3, 1]) {
            // What nobody could do anything about becomes what makes it possible.
            1 if !world.creations.values().any(waiting) && !self.dice.chance(1, 10) => 0,
            3 if !world.relations.values().any(applied) && !self.dice.chance(1, 10) => 2,
            asked => asked,
        };
        let command: Command = match asked {
            0 => {
                let organization = self.creating_organization(world);
                let entity = if self.dice.chance(4, 5) { "enterprise-2" } else { "enterprise-1" };
                let admin = self.verified_as(world, entity);
                let (organization, name) = (self.or_none(organization), "Example Holding".to_owned());
                let Ok(entity) = entity.parse::<EntityId>() else { unreachable!("it is well-formed") };
                members::AssociateEntity { organization, entity, name, admin }.into()
            }
            1 => {
                let (record, there) = self.creation_record(world, waiting);
                let organization = self.or_none(there.map(|there| there.organization));
                let approve = !self.dice.chance(1, 6);
                members::DecideCreation { organization, record, approve }.into()
            }
            2 => {
                let (relation, there) = self.relation(world, |_| true);
                let admin = self.verified_as(world, there.map_or("enterprise-2", |there| &there.entity));
                let organization = self.or_none(there.map(|there| there.organization));
                members::ChangeEntity { organization, relation, admin }.into()
            }
            3 => {
                let (relation, there) = self.relation(world, applied);
                let organization = self.or_none(there.map(|there| there.organization));
                let approve = !self.dice.chance(1, 3);
                members::DecideEntity { organization, relation, approve }.into()
            }
            _ => {
                let (relation, there) = self.relation(world, |_| true);
                let organization = self.or_none(there.map(|there| there.organization));
                members::EndEntity { organization, relation }.into()
            }
        };
        self.asks(command)
    }
}
