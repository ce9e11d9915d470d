//! Organizations: they form, invite, and pay for whoever joins, change what an admin may do, split and dissolve. Mostly what
//! can come about as things stand; whether it does is for both sides to say.

use super::{Chooser, uin};
use crate::act::{Act, Asked, PLATFORM, signer};
use credere_auditor::facts::Invitation;
use credere_auditor::{Auditor, NEVER, ONE, Step, Units, amount};
use credere_core::book::{Command, members, transfers};
use credere_core::channel::{PartnerKind, TransferId, Uin};
use credere_core::money::Amount;
use credere_core::organization::{
    Feature, InvitationId, OrganizationId, Permission, Permissions, Quotas, QuotasChange,
};

impl Chooser {
    /// Something about an organization or a member, mostly as whoever may ask for it.
    pub(super) fn organizing(&mut self, world: &Auditor) -> Act {
        self.created = world.creations.values().map(|creation| creation.uin).collect();
        let early = world.organizations.len() < 3;
        let asked = match self.dice.weighted(&[if early { 8 } else { 2 }, 9, 9, 6, 5, 2, 2, 1, 1, 2, 2, 4, 5]) {
            // What nobody could do anything about becomes what makes it possible.
            2 | 7 if world.invitations.is_empty() && !self.dice.chance(1, 10) => 1,
            3..7 if world.members.is_empty() && !self.dice.chance(1, 10) => 2,
            asked => asked,
        };
        let (speaker, command) = match asked {
            0 => self.founding(world),
            1 => self.invitation(world),
            2 => self.answer(world),
            3 => self.other_permissions(world),
            4 => self.consent(world),
            5 => self.removal(world),
            6 => self.quitting(world),
            7 => self.withdrawal(world),
            8 => self.dissolution(world),
            9 => return self.settings(world),
            10 => self.creation(world),
            11 => return self.entities(world),
            _ => return self.funds(world),
        };
        let actor = match self.dice.weighted(&[6, 5, 1]) {
            0 => PLATFORM,
            1 => signer(speaker),
            _ => signer(self.account()),
        };
        let key = (actor == PLATFORM && self.dice.chance(1, 4)).then(|| self.key());
        Act { actor, asked: Asked::One(key, Step::Command(command)) }
    }

    /// Mostly one of these, sometimes any account.
    pub(super) fn one_of(&mut self, some: &[Uin]) -> Uin {
        let any = self.dice.chance(1, 20);
        let picked = self.dice.pick(some).copied().filter(|_| !any);
        picked.unwrap_or_else(|| self.account())
    }

    fn admin(&mut self, world: &Auditor) -> Uin {
        let admins: Vec<Uin> = world.organizations.values().map(|organization| organization.admin).collect();
        self.one_of(&admins)
    }

    /// Mostly a member, and its admin.
    fn member(&mut self, world: &Auditor, suits: impl Fn(Uin) -> bool) -> (Uin, Uin) {
        let mut members: Vec<Uin> = world.members.keys().copied().filter(|member| suits(*member)).collect();
        if members.is_empty() {
            members = world.members.keys().copied().collect();
        }
        let member = self.one_of(&members);
        let organization = world.organization_of(member).and_then(|id| world.organizations.get(&id));
        let admin = organization.map(|organization| organization.admin);
        (member, admin.unwrap_or_else(|| self.admin(world)))
    }

    /// Whether an account has nothing open and owes nothing, so that it may join or leave.
    fn is_free(world: &Auditor, account: Uin) -> bool {
        world.accounts.get(&account).is_some_and(|known| {
            let open = known.spending();
            open.processing + open.parked + open.authorizations == 0 && known.available() >= 0
        })
    }

    /// Whether an account could pay for others: the platform's own customer, or a reseller's or distributor's.
    fn may_pay(world: &Auditor, account: Uin) -> bool {
        let bound = world.accounts.get(&account).and_then(|known| known.bound.as_ref());
        let kind = bound.and_then(|bound| world.partners.get(&bound.partner)).map(|partner| partner.kind);
        matches!(kind, None | Some(PartnerKind::Reseller | PartnerKind::Distributor))
    }

    fn organization(&mut self, world: &Auditor, member: Uin) -> OrganizationId {
        let theirs = world.organization_of(member).filter(|_| !self.dice.chance(1, 15));
        OrganizationId(theirs.unwrap_or(NEVER))
    }

    fn founding(&mut self, world: &Auditor) -> (Uin, Command) {
        // A few at a time, so that there is somebody left to join.
        let enough = world.organizations.len() * 4 > self.customers.len();
        let free = self.customers.iter().copied().filter(|customer| world.organization_of(*customer).is_none());
        let likely = self.dice.chance(9, 10);
        let free: Vec<Uin> = free.filter(|customer| !likely || Self::may_pay(world, *customer)).collect();
        let admin = if enough { self.admin(world) } else { self.one_of(&free) };
        (admin, Command::from(members::CreateOrganization { admin }))
    }

    pub(super) fn permissions(&mut self) -> Permissions {
        let base: Permissions = Permissions::ALWAYS.into_iter().collect();
        let paid = base.with(Permission::PayOnBehalf);
        match self.dice.weighted(&[20, 7, 9, 5, 1, 1, 1, 3]) {
            0 => paid,
            1 => base,
            2 => base.with(Permission::AllocateFunds),
            3 => paid.with(Permission::InheritOffers).with(Permission::Invoice),
            4 => base.with(Permission::CreditSetting),
            5 => paid.with(Permission::AllocateFunds),
            7 => base.with(Permission::InheritOffers),
            _ => paid.without(Permission::ViewBalance),
        }
    }

    /// Whom an admin mostly names as payer: itself.
    pub(super) fn payer(&mut self, admin: Uin) -> Option<Uin> {
        match self.dice.weighted(&[30, 1, 1]) {
            0 => Some(admin),
            1 => None,
            _ => Some(self.account()),
        }
    }

    fn invitation(&mut self, world: &Auditor) -> (Uin, Command) {
        let admin = self.admin(world);
        let from = |account: Uin| Some(world.accounts.get(&account)?.bound.as_ref()?.partner);
        let alike = |account: &Uin| world.organization_of(*account).is_none() && from(*account) == from(admin);
        let guests = self.customers.iter().chain(&self.strangers).copied().filter(alike);
        let likely = self.dice.chance(9, 10);
        let guests: Vec<Uin> = guests.filter(|guest| !likely || Self::is_free(world, *guest)).collect();
        let (member, permissions) = (self.one_of(&guests), self.permissions());
        let excluded = permissions.has(Permission::PayOnBehalf) && !self.dice.chance(1, 30);
        let allow_quit = !excluded && self.dice.chance(1, 2);
        let payer = self.payer(admin);
        // Whoever is of another entity applies for trust in it, and so does now and then who is not.
        let entity = |uin: Uin| world.entity_of(uin);
        let applied = (entity(member) != entity(admin) && self.dice.chance(1, 2)) || self.dice.chance(1, 20);
        let applied = applied.then(|| "Example Works".to_owned());
        (admin, Command::from(members::InviteMember { admin, member, permissions, payer, allow_quit, applied }))
    }

    /// Mostly an invitation that nobody has answered.
    fn unanswered<'a>(&mut self, world: &'a Auditor) -> (InvitationId, Option<&'a Invitation>) {
        let likely = self.dice.chance(4, 5);
        let answers = |one: &Invitation| one.is_open(world.now) && Self::is_free(world, one.member);
        let all = world.invitations.iter().filter(|(_, one)| !likely || answers(one));
        let all: Vec<u64> = all.map(|(id, _)| *id).collect();
        let never = self.dice.chance(1, 15);
        let id = self.dice.pick(&all).copied().filter(|_| !never).unwrap_or(NEVER);
        (InvitationId(id), world.invitations.get(&id))
    }

    fn answer(&mut self, world: &Auditor) -> (Uin, Command) {
        let (invitation, there) = self.unanswered(world);
        let somebody = self.dice.chance(1, 20);
        let member = there.map(|there| there.member).filter(|_| !somebody).unwrap_or_else(|| self.account());
        if self.dice.chance(1, 8) {
            (member, Command::from(members::DenyInvitation { member, invitation }))
        } else {
            (member, Command::from(members::AcceptInvitation { member, invitation }))
        }
    }

    fn withdrawal(&mut self, world: &Auditor) -> (Uin, Command) {
        let (invitation, there) = self.unanswered(world);
        let organization = there.and_then(|there| world.organizations.get(&there.organization));
        let admin = organization.map_or_else(|| self.admin(world), |organization| organization.admin);
        (admin, Command::from(members::CancelInvitation { admin, invitation }))
    }

    /// Mostly that somebody who pays for itself is paid for, or the other way round.
    fn other_permissions(&mut self, world: &Auditor) -> (Uin, Command) {
        let (member, admin) = self.member(world, |member| Self::is_free(world, member));
        let kept = world.members.get(&member).map(|member| member.permissions).unwrap_or_default();
        let paid = kept.has(Permission::PayOnBehalf);
        let permissions = match self.dice.weighted(&[6, 2, 2]) {
            0 if paid => Some(kept.without(Permission::PayOnBehalf)),
            0 => Some(kept.with(Permission::PayOnBehalf)),
            1 => Some(self.permissions()),
            _ => None,
        };
        let becomes_paid = permissions.is_some_and(|all| all.has(Permission::PayOnBehalf));
        let likely = if becomes_paid { Some(false) } else { self.dice.chance(1, 2).then(|| self.dice.chance(1, 2)) };
        let allow_quit = if self.dice.chance(1, 15) { Some(true) } else { likely };
        let payer = self.payer(admin);
        (admin, Command::from(members::ChangeMember { admin, member, permissions, payer, allow_quit }))
    }

    fn consent(&mut self, world: &Auditor) -> (Uin, Command) {
        let asked = |member: Uin| world.members.get(&member).is_some_and(|member| member.asked.is_some());
        let (member, _) = self.member(world, asked);
        let organization = self.organization(world, member);
        let accept = !self.dice.chance(1, 5);
        (member, Command::from(members::DecidePermissions { member, organization, accept }))
    }

    /// One, or now and then several at once, where all or none go.
    fn removal(&mut self, world: &Auditor) -> (Uin, Command) {
        let (member, admin) = self.member(world, |member| Self::is_free(world, member));
        let mut all = vec![member];
        if self.dice.chance(1, 4) {
            let others = world.organization_of(member).map(|id| world.members_of(id).map(|(uin, _)| uin).collect());
            let others: Vec<Uin> = others.unwrap_or_default();
            all.extend(self.dice.pick(&others).copied());
            all.extend(self.dice.chance(1, 10).then_some(admin));
        }
        (admin, Command::from(members::RemoveMembers { admin, members: all }))
    }

    fn quitting(&mut self, world: &Auditor) -> (Uin, Command) {
        let may = |member: Uin| world.members.get(&member).is_some_and(|member| member.allow_quit);
        let (member, admin) = self.member(world, may);
        let member = if self.dice.chance(1, 20) { admin } else { member };
        let organization = self.organization(world, member);
        (member, Command::from(members::QuitOrganization { member, organization }))
    }

    fn dissolution(&mut self, world: &Auditor) -> (Uin, Command) {
        let empty = |admin: &Uin| {
            world.organization_of_admin(*admin).is_some_and(|(id, _)| world.members_of(id).next().is_none())
        };
        let admins: Vec<Uin> = world.organizations.values().map(|organization| organization.admin).collect();
        let empty: Vec<Uin> = admins.into_iter().filter(empty).collect();
        let admin = if self.dice.chance(2, 3) { self.one_of(&empty) } else { self.admin(world) };
        (admin, Command::from(members::DeleteOrganization { admin }))
    }

    /// Money for a member that pays for itself, or what it has left of that; sometimes for another.
    fn funds(&mut self, world: &Auditor) -> Act {
        let made: Vec<u64> = world.transfers.keys().copied().collect();
        if !made.is_empty() && self.dice.chance(2, 5) {
            let id = self.dice.pick(&made).copied().filter(|_| !self.dice.chance(1, 15)).unwrap_or(NEVER);
            let there = world.transfers.get(&id);
            let (organization, member) = there.map_or((NEVER, uin(9_999)), |there| (there.organization, there.member));
            let left = there.map_or(0, |there| there.amount - there.returned);
            let cash = world.accounts.get(&member).map_or(0, |account| account.own.cash);
            let (transfer, amount) = (TransferId(id), self.part_of(left.min(cash)));
            let organization = OrganizationId(organization);
            return self.asks(Command::from(transfers::ReturnTransfer { organization, transfer, amount }));
        }
        let funded = |member: Uin| {
            world.members.get(&member).is_some_and(|member| member.permissions.has(Permission::AllocateFunds))
        };
        let (member, admin) = self.member(world, funded);
        let organization = self.organization(world, member);
        let has = world.accounts.get(&admin).map_or(0, |account| account.own.cash.min(account.own.available()));
        let amount = self.part_of(has);
        self.asks(Command::from(transfers::TransferFunds { organization, member, amount }))
    }

    /// Mostly a part of what there is, at times all of it, or a little more.
    fn part_of(&mut self, has: Units) -> Amount {
        match self.dice.weighted(&[8, 2, 2]) {
            0 => self.some_amount(has.clamp(ONE, 100 * ONE)),
            1 => amount(has.max(0)),
            _ => amount(has.max(0) + 1),
        }
    }

    /// What the platform grants and sets.
    fn settings(&mut self, world: &Auditor) -> Act {
        let ids: Vec<u64> = world.organizations.keys().copied().collect();
        let never = self.dice.chance(1, 10);
        let id = self.dice.pick(&ids).copied().filter(|_| !never).unwrap_or(NEVER);
        let accounts = self.dice.chance(1, 2).then(|| u32::try_from(self.dice.below(8)).unwrap_or(0));
        let open = self.dice.chance(1, 3).then(|| u32::try_from(self.dice.below(6)).unwrap_or(0));
        let creations = self.dice.chance(1, 3).then(|| u32::try_from(self.dice.below(4)).unwrap_or(0));
        let features = self.dice.chance(1, 2).then(|| {
            let granted = Feature::ALL.into_iter().filter(|_| self.dice.chance(1, 2));
            granted.collect()
        });
        let departments = self.dice.chance(1, 6).then_some(Quotas::default().departments + 1);
        let quotas = QuotasChange { accounts, departments, open_invitations: open, creations_per_day: creations };
        let member_deletion = self.dice.chance(1, 4).then(|| self.dice.chance(1, 2));
        let organization = OrganizationId(id);
        self.asks(Command::from(members::ChangeOrganization { organization, features, quotas, member_deletion }))
    }

    /// The entity that most accounts are verified as, and whoever is not.
    pub(super) fn entity(&mut self, account: Uin) -> Option<&'static str> {
        match self.dice.weighted(&[20, 2, 1]) {
            _ if account == uin(3_001) => Some("enterprise-1"),
            0 => Some("enterprise-1"),
            1 => Some("enterprise-2"),
            _ => None,
        }
    }
}
