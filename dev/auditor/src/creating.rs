//! Accounts that are opened for organizations (O33-O36, O66): who opens one, when it joins, and what is tried again.

use super::conditions::{Terms, Unmet, all_met};
use super::facts::{Account, Bound, Creation, Member, Own, Relation, State};
use super::told::Told;
use super::{Auditor, Judged, Refusal, refuse, zone};
use credere_core::book::members::{CreateMember, RetryCreation};
use credere_core::channel::Uin;
use credere_core::organization::{Permission, Permissions, StartedBy};

/// On which terms somebody joins whose account was opened for the organization.
#[derive(Debug, Clone, Copy)]
struct Entry {
    permissions: Permissions,
    payer: Option<Uin>,
}

impl Auditor {
    /// The accounts that were opened for an organization, oldest first.
    pub fn creations_of(&self, organization: u64) -> impl Iterator<Item = (u64, &Creation)> {
        let theirs = self.creations.iter().filter(move |(_, creation)| creation.organization == organization);
        theirs.map(|(id, creation)| (*id, creation))
    }

    /// It is a member at once where it is of the admin's entity; otherwise the other entity's admin is asked first (O34).
    pub(super) fn create_member(&mut self, seq: u64, asked: &CreateMember) -> Judged {
        let CreateMember { admin, permissions, payer, relation } = *asked;
        let organization = self.led_by(admin)?;
        let relation = relation.map(|relation| relation.0);
        let under = relation.map(|id| self.relation_of(organization, id)).transpose()?.cloned();
        match &under {
            Some(Relation { active: false, .. }) => return refuse("relation_not_active"),
            Some(Relation { admin: None, .. }) => return refuse("entity_admin_missing"),
            Some(_) | None => {}
        }
        self.has_room(organization)?;
        self.may_create_today(organization)?;
        let Some(told) = self.told_of_created(admin, under.map(|relation| relation.entity)) else { return Ok(()) };
        let uin = self.open_created(seq, admin, told)?;
        let entry = Entry { permissions, payer };
        let unmet = self.unmet_by_created(admin, uin, entry);
        if !unmet.is_empty() {
            // Nothing has happened then.
            self.accounts.remove(&uin);
            self.told.remove(&uin);
            self.touched.remove(&uin);
            return all_met(&unmet);
        }
        let state = if relation.is_none() { State::Done } else { State::Waiting };
        let joins = state == State::Done;
        let creation = Creation { organization, uin, relation, permissions, payer, at: self.now, state };
        self.creations.insert(seq, creation);
        if joins {
            self.created_joins(seq, (organization, uin), entry, admin);
        }
        self.touched
            .extend(self.accounts.get(&uin).and_then(|account| account.bound.as_ref()).map(|bound| bound.partner));
        self.note_change(uin);
        self.note_change(admin);
        Ok(())
    }

    /// What the admin of its entity says; where the conditions are not met any more nothing but that is kept (O36).
    pub(super) fn decide_creation(&mut self, seq: u64, organization: u64, record: u64, approve: bool) -> Judged {
        let admin = self.admin_of(organization)?;
        let Creation { uin, permissions, payer, state, .. } = self.creation_of(organization, record)?.clone();
        if state != State::Waiting {
            return refuse("creation_not_waiting");
        }
        let entry = Entry { permissions, payer };
        let state = if approve {
            self.may_join_now(organization, uin)?;
            let unmet = self.unmet_by_created(admin, uin, entry);
            if unmet.is_empty() { State::Done } else { State::Failed(unmet) }
        } else {
            State::Refused
        };
        if state == State::Done {
            self.created_joins(seq, (organization, uin), entry, admin);
        }
        self.creations.entry(record).and_modify(|creation| creation.state = state);
        self.note_change(uin);
        self.note_change(admin);
        Ok(())
    }

    pub(super) fn retry_creation(&mut self, seq: u64, asked: &RetryCreation) -> Judged {
        let RetryCreation { admin, record, permissions, payer } = *asked;
        let organization = self.led_by(admin)?;
        let creation = self.creation_of(organization, record.0)?;
        let uin = creation.uin;
        if !matches!(creation.state, State::Failed(_)) {
            return refuse("creation_not_failed");
        }
        let entry = Entry { permissions, payer };
        self.may_join_now(organization, uin)?;
        all_met(&self.unmet_by_created(admin, uin, entry))?;
        self.created_joins(seq, (organization, uin), entry, admin);
        let tried = |creation: &mut Creation| {
            (creation.state, creation.permissions, creation.payer) = (State::Done, permissions, payer);
        };
        self.creations.entry(record.0).and_modify(tried);
        self.note_change(uin);
        self.note_change(admin);
        Ok(())
    }

    fn creation_of(&self, organization: u64, record: u64) -> Result<&Creation, Refusal> {
        let found = self.creations.get(&record).filter(|creation| creation.organization == organization);
        found.map_or_else(|| refuse("creation_not_found"), Ok)
    }

    /// The quota of a day, whatever became of what was opened (O36).
    fn may_create_today(&self, organization: u64) -> Judged {
        let quota = self.organizations.get(&organization).map_or(0, |one| one.quotas.creations_per_day);
        let today = zone::next_midnight(self.now);
        let opened = self.creations_of(organization).filter(|(_, one)| zone::next_midnight(one.at) == today).count();
        if opened < quota as usize { Ok(()) } else { refuse("too_many_creations") }
    }

    /// Opens the account, as its admin's partner's customer where the admin is one.
    fn open_created(&mut self, seq: u64, admin: Uin, told: Told) -> Result<Uin, Refusal> {
        let uin = self.open_account(None, told.verification)?;
        let partner = self.binding_of(admin).map(|bound| bound.partner).filter(|partner| self.lends(*partner));
        let bound = partner.map(|partner| Bound::new((partner, seq), self.now, true));
        self.told.insert(uin, told);
        self.accounts.insert(uin, Account { verified: true, subscribed: true, bound, own: Own::default() });
        Ok(uin)
    }

    fn may_join_now(&self, organization: u64, uin: Uin) -> Judged {
        if self.organization_of(uin).is_some() {
            return refuse("already_in_organization");
        }
        self.has_room(organization)
    }

    fn unmet_by_created(&self, admin: Uin, member: Uin, entry: Entry) -> Unmet {
        let Entry { permissions, payer } = entry;
        self.unmet_to_join(Terms { created: true, ..Terms::of(admin, member, permissions, payer) })
    }

    fn created_joins(&mut self, seq: u64, (organization, uin): (u64, Uin), entry: Entry, admin: Uin) {
        let Entry { permissions, payer } = entry;
        let (allow_quit, joined_at) = (false, self.now);
        let joined =
            Member { organization, created: true, permissions, asked: None, allow_quit, joined_at, joined_seq: seq };
        self.members.insert(uin, joined);
        if let Some(payer) = payer.filter(|_| permissions.has(Permission::PayOnBehalf)) {
            self.begin_to_pay(uin, payer, organization, StartedBy::Create);
            self.note_change(payer);
        }
        self.heed_permissions(uin, admin, Permissions::default(), permissions);
        self.touched.insert(admin);
    }
}
