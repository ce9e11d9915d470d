//! Organizations and their members: who makes one, who is invited, joins and leaves, and what the admin may do for whom
//! (O4-O20, O32, O38-O43, O49, O71-O72).

use super::conditions::{Terms, all_met};
use super::facts::{Asked, Invitation, Member, Organization, Relation};
use super::{Auditor, Judged, Refusal, refuse};
use credere_core::book::members;
use credere_core::channel::{Uin, Verification};
use credere_core::organization::{Condition, EndedBy, Failure, Permission, Permissions, Quotas, StartedBy};

/// Who goes, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Removed,
    Quit,
}

fn is_paid(permissions: Permissions) -> bool {
    permissions.has(Permission::PayOnBehalf)
}

impl Auditor {
    /// The organization that an account is the admin of.
    pub fn organization_of_admin(&self, admin: Uin) -> Option<(u64, &Organization)> {
        self.organizations.iter().find(|(_, one)| one.admin == admin).map(|(id, one)| (*id, one))
    }

    /// The organization that an account is in, as its admin or a member.
    pub fn organization_of(&self, uin: Uin) -> Option<u64> {
        let as_admin = self.organization_of_admin(uin).map(|(id, _)| id);
        as_admin.or_else(|| self.members.get(&uin).map(|member| member.organization))
    }

    /// An organization's members, without its admin.
    pub fn members_of(&self, organization: u64) -> impl Iterator<Item = (Uin, &Member)> {
        let theirs = self.members.iter().filter(move |(_, member)| member.organization == organization);
        theirs.map(|(uin, member)| (*uin, member))
    }

    /// The organization that this account is the admin of, and nobody else.
    pub(super) fn led_by(&self, admin: Uin) -> Result<u64, Refusal> {
        self.known(admin)?;
        match (self.organization_of_admin(admin), self.members.contains_key(&admin)) {
            (Some((id, _)), _) => Ok(id),
            (None, true) => refuse("not_the_admin"),
            (None, false) => refuse("organization_not_found"),
        }
    }

    fn member_of(&self, organization: u64, uin: Uin) -> Result<&Member, Refusal> {
        let member = self.members.get(&uin).filter(|member| member.organization == organization);
        member.map_or_else(|| refuse("member_not_found"), Ok)
    }

    pub(super) fn create_organization(&mut self, seq: u64, admin: Uin) -> Judged {
        self.known(admin)?;
        if self.told.get(&admin).is_some_and(|told| told.created) {
            return refuse("created_for_organization");
        }
        if self.organization_of(admin).is_some() {
            return refuse("already_in_organization");
        }
        if self.told.get(&admin).is_none_or(|told| told.verification != Verification::Enterprise) {
            return refuse("enterprise_required");
        }
        let (created_at, features, quotas) = (self.now, Default::default(), Quotas::default());
        let organization = Organization { admin, created_at, features, quotas, member_deletion: false };
        self.organizations.insert(seq, organization);
        self.note_change(admin);
        Ok(())
    }

    pub(super) fn change_organization(&mut self, asked: &members::ChangeOrganization) -> Judged {
        let id = asked.organization.0;
        let accounts = 1 + self.members_of(id).count();
        let Some(organization) = self.organizations.get_mut(&id) else { return refuse("organization_not_found") };
        let Quotas { accounts: kept, departments, open_invitations, creations_per_day } = organization.quotas;
        let quota = asked.quotas.accounts.unwrap_or(kept);
        if (quota as usize) < accounts {
            return refuse("quota_too_low");
        }
        organization.quotas = Quotas {
            accounts: quota,
            departments: asked.quotas.departments.unwrap_or(departments),
            open_invitations: asked.quotas.open_invitations.unwrap_or(open_invitations),
            creations_per_day: asked.quotas.creations_per_day.unwrap_or(creations_per_day),
        };
        if let Some(features) = &asked.features {
            organization.features = features.iter().map(|feature| *feature as u8).collect();
        }
        organization.member_deletion = asked.member_deletion.unwrap_or(organization.member_deletion);
        self.touched.insert(organization.admin);
        Ok(())
    }

    /// Only an empty one; its invitations are nobody's any more (O13).
    pub(super) fn delete_organization(&mut self, admin: Uin) -> Judged {
        let id = self.led_by(admin)?;
        if self.members_of(id).next().is_some() {
            return refuse("organization_not_empty");
        }
        let theirs: Vec<u64> =
            self.invitations.iter().filter(|(_, it)| it.organization == id).map(|(it, _)| *it).collect();
        theirs.into_iter().for_each(|invitation| self.end_invitation(invitation));
        self.creations.retain(|_, creation| creation.organization != id);
        self.relations.retain(|_, relation| relation.organization != id);
        self.organizations.remove(&id);
        self.note_change(admin);
        Ok(())
    }

    pub(super) fn invite(&mut self, seq: u64, asked: &members::InviteMember) -> Judged {
        let members::InviteMember { admin, member, permissions, payer, allow_quit, ref applied } = *asked;
        if allow_quit && is_paid(permissions) {
            return refuse("quit_excludes_pay_on_behalf");
        }
        let id = self.led_by(admin)?;
        self.known(member)?;
        if self.organization_of(member).is_some() {
            return refuse("already_in_organization");
        }
        let open = |invitation: &&Invitation| invitation.is_open(self.now);
        if self.invitations.values().filter(open).any(|invitation| invitation.member == member) {
            return refuse("invitation_open");
        }
        let site = |uin: Uin| self.told.get(&uin).map(|told| told.site);
        if site(admin) != site(member) {
            return refuse("site_differs");
        }
        self.has_room(id)?;
        let sent = self.invitations.values().filter(open).filter(|invitation| invitation.organization == id).count();
        let quota = self.organizations.get(&id).map_or(0, |organization| organization.quotas.open_invitations);
        if sent >= quota as usize {
            return refuse("too_many_invitations");
        }
        let terms = Terms { applied: applied.is_some(), ..Terms::of(admin, member, permissions, payer) };
        all_met(&self.unmet_to_join(terms))?;
        let relation = if applied.is_some() { self.applied_for(id, admin, member)? } else { None };
        // One that is over stays until its organization or its account has to do with another.
        let (sent_at, over) = (self.now, |it: &Invitation| it.organization == id || it.member == member);
        self.invitations.retain(|_, invitation| !over(invitation) || invitation.is_open(sent_at));
        let invitation = Invitation { organization: id, member, permissions, payer, allow_quit, sent_at };
        self.invitations.insert(seq, invitation);
        self.relations.extend(relation.map(|relation| (seq, relation)));
        self.note_change(member);
        self.note_change(admin);
        Ok(())
    }

    /// The trust in a member's entity that is applied for: none where it is the admin's own, or there is a relation to it already.
    fn applied_for(&self, id: u64, admin: Uin, member: Uin) -> Result<Option<Relation>, Refusal> {
        let entity = |uin: Uin| self.told.get(&uin).and_then(|told| told.entity.clone());
        let Some(other) = entity(member).filter(|_| entity(member) != entity(admin)) else { return Ok(None) };
        if self.relations_of(id).any(|(_, relation)| relation.entity == other) {
            return Ok(None);
        }
        self.one_more_relation(id)?;
        Ok(Some(Relation { organization: id, entity: other, active: false, admin: None }))
    }

    /// The admin counts (O32).
    pub(super) fn has_room(&self, id: u64) -> Judged {
        let quota = self.organizations.get(&id).map_or(0, |organization| organization.quotas.accounts);
        if 1 + self.members_of(id).count() < quota as usize { Ok(()) } else { refuse("too_many_members") }
    }

    /// An invitation that somebody may answer or take back: it was neither before, and is not over.
    fn open_invitation(&self, id: u64, whose: impl Fn(&Invitation) -> bool) -> Result<Invitation, Refusal> {
        match self.invitations.get(&id).filter(|invitation| whose(invitation)) {
            Some(invitation) if invitation.is_open(self.now) => Ok(invitation.clone()),
            Some(_) => refuse("invitation_not_open"),
            None => refuse("invitation_not_found"),
        }
    }

    fn end_invitation(&mut self, id: u64) {
        if let Some(invitation) = self.invitations.remove(&id) {
            self.touched.insert(invitation.member);
        }
    }

    pub(super) fn cancel_invitation(&mut self, admin: Uin, id: u64) -> Judged {
        let organization = self.led_by(admin)?;
        let invitation = self.open_invitation(id, |invitation| invitation.organization == organization)?;
        self.end_invitation(id);
        self.note_change(invitation.member);
        self.note_change(admin);
        Ok(())
    }

    pub(super) fn deny_invitation(&mut self, member: Uin, id: u64) -> Judged {
        self.known(member)?;
        self.open_invitation(id, |invitation| invitation.member == member)?;
        self.end_invitation(id);
        self.note_change(member);
        Ok(())
    }

    /// Everything is judged anew, as things stand now (O41).
    pub(super) fn accept_invitation(&mut self, seq: u64, member: Uin, id: u64) -> Judged {
        self.known(member)?;
        let Invitation { organization, permissions, payer, allow_quit, .. } =
            self.open_invitation(id, |invitation| invitation.member == member)?;
        if self.organization_of(member).is_some() {
            return refuse("already_in_organization");
        }
        self.has_room(organization)?;
        let Some(admin) = self.organizations.get(&organization).map(|one| one.admin) else { return Ok(()) };
        all_met(&self.unmet_to_join(Terms::of(admin, member, permissions, payer)))?;
        self.end_invitation(id);
        let joined_at = self.now;
        let joined =
            Member { organization, created: false, permissions, asked: None, allow_quit, joined_at, joined_seq: seq };
        self.members.insert(member, joined);
        if let Some(payer) = payer.filter(|_| is_paid(permissions)) {
            self.begin_to_pay(member, payer, organization, StartedBy::Accept);
            self.note_change(payer);
        }
        self.heed_permissions(member, admin, Permissions::default(), permissions);
        self.note_change(member);
        self.note_change(admin);
        Ok(())
    }

    /// Other permissions wait for the member's consent, but for one that was created; whether it may leave by itself counts at once
    /// (O42).
    pub(super) fn change_member(&mut self, asked: &members::ChangeMember) -> Judged {
        let members::ChangeMember { admin, member, permissions, payer, allow_quit } = *asked;
        let id = self.led_by(admin)?;
        let kept = self.member_of(id, member)?.clone();
        let allow = allow_quit.unwrap_or(kept.allow_quit);
        // It is paid for until it agrees to other permissions (O16, O42).
        if allow
            && (is_paid(kept.permissions)
                || permissions.is_some_and(is_paid)
                || kept.asked.is_some_and(|asked| is_paid(asked.permissions)))
        {
            return refuse("quit_excludes_pay_on_behalf");
        }
        if permissions.is_some() && kept.asked.is_some() {
            return refuse("permission_change_pending");
        }
        // Who pays already goes on, where nobody is named.
        let pays = payer.or_else(|| self.payer_of(member));
        let wanted = permissions.unwrap_or(kept.permissions);
        if permissions.is_some() || payer.is_some() {
            self.may_change(Terms::of(admin, member, wanted, pays), kept.permissions)?;
        }
        let pays = pays.filter(|_| is_paid(wanted));
        let changes = wanted != kept.permissions;
        if changes && kept.created {
            self.change_over(member, id, kept.permissions, wanted, pays)?;
            self.heed_permissions(member, admin, kept.permissions, wanted);
        }
        if let Some(member) = self.members.get_mut(&member) {
            member.allow_quit = allow;
            if changes && kept.created {
                member.permissions = wanted;
            } else if changes {
                member.asked = Some(Asked { permissions: wanted, payer: pays });
            }
        }
        self.note_change(member);
        self.note_change(admin);
        Ok(())
    }

    /// Whether a member's permissions may be others: what is judged depends on whether it begins, goes on or ceases to be paid
    /// for.
    fn may_change(&self, terms: Terms, before: Permissions) -> Judged {
        let (was, is) = (is_paid(before), is_paid(terms.permissions));
        let goes_on = terms.payer == self.payer_of(terms.member);
        match (was, is) {
            (false, true) => all_met(&self.unmet_to_join(terms)),
            (true, true) => {
                let changes = terms.permissions != before;
                all_met(&if changes { self.unmet_to_go_on(terms, before) } else { self.unmet_to_stay(terms, before) })?;
                // Somebody else pays once the member has paid for itself.
                all_met(&if goes_on { Vec::new() } else { vec![(Condition::O59, Failure::PayUinIllegal)] })
            }
            (false, false) => all_met(&self.unmet_to_stay(terms, terms.permissions)),
            (true, false) if self.in_distribution(terms.admin, terms.member) => refuse("always_paid_for"),
            (true, false) => {
                all_met(&self.unmet_to_stay(terms, terms.permissions))?;
                all_met(&self.unmet_to_leave(terms.member))
            }
        }
    }

    /// Somebody begins to pay, or ceases to, where a member's permissions become others.
    fn change_over(
        &mut self,
        member: Uin,
        id: u64,
        before: Permissions,
        after: Permissions,
        payer: Option<Uin>,
    ) -> Judged {
        match (is_paid(before), payer.filter(|_| is_paid(after))) {
            (false, Some(payer)) => {
                self.begin_to_pay(member, payer, id, StartedBy::Update);
                self.note_change(payer);
            }
            (true, None) => {
                let payer = self.payer_of(member);
                let frozen = self.to_freeze(member, self.heir_then(member, before, Some(after)))?;
                self.cease_to_pay(member, EndedBy::Update, frozen)?;
                payer.into_iter().for_each(|payer| self.note_change(payer));
            }
            (true, Some(_)) | (false, None) => {}
        }
        Ok(())
    }

    pub(super) fn decide_permissions(&mut self, member: Uin, id: u64, accept: bool) -> Judged {
        let Some(admin) = self.organizations.get(&id).map(|one| one.admin) else {
            return refuse("organization_not_found");
        };
        let kept = self.member_of(id, member)?.clone();
        let Some(Asked { permissions: wanted, payer }) = kept.asked else { return refuse("no_permission_change") };
        if accept {
            if kept.allow_quit && is_paid(wanted) {
                return refuse("quit_excludes_pay_on_behalf");
            }
            self.may_change(Terms::of(admin, member, wanted, payer), kept.permissions)?;
            self.change_over(member, id, kept.permissions, wanted, payer)?;
            self.heed_permissions(member, admin, kept.permissions, wanted);
        }
        if let Some(member) = self.members.get_mut(&member) {
            member.asked = None;
            member.permissions = if accept { wanted } else { kept.permissions };
        }
        self.note_change(member);
        self.note_change(admin);
        Ok(())
    }

    /// All of them, or none (O43, O71).
    pub(super) fn remove_members(&mut self, admin: Uin, named: &[Uin]) -> Judged {
        let id = self.led_by(admin)?;
        let mut members: Vec<Uin> = Vec::new();
        for member in named {
            if *member == admin {
                return refuse("admin_stays");
            }
            self.may_go(id, *member)?;
            if !members.contains(member) {
                members.push(*member);
            }
        }
        self.leave(admin, &members, Exit::Removed)
    }

    pub(super) fn quit_organization(&mut self, member: Uin, id: u64) -> Judged {
        self.known(member)?;
        let Some(admin) = self.organizations.get(&id).map(|one| one.admin) else {
            return refuse("organization_not_found");
        };
        if member == admin {
            return refuse("admin_stays");
        }
        let leaves = self.member_of(id, member)?;
        if leaves.created {
            return refuse("created_may_not_quit");
        }
        if !leaves.allow_quit {
            return refuse("quit_not_allowed");
        }
        self.may_go(id, member)?;
        self.leave(admin, &[member], Exit::Quit)
    }

    /// Who answers for an entity stays, and who was created, and who pays for others (O43).
    fn may_go(&self, id: u64, member: Uin) -> Judged {
        let created = self.member_of(id, member)?.created;
        if self.relations_of(id).any(|(_, relation)| relation.admin == Some(member)) {
            return refuse("entity_admin_stays");
        }
        if created {
            return refuse("created_stays");
        }
        if self.paid_for_by(member).is_empty() { Ok(()) } else { refuse("pays_for_others") }
    }

    /// Who pays for itself leaves freely; who is paid for passes the list of leaving first.
    fn leave(&mut self, admin: Uin, members: &[Uin], exit: Exit) -> Judged {
        let mut frozen = Vec::new();
        for member in members {
            if self.payer_of(*member).is_none() {
                frozen.push(None);
                continue;
            }
            // Who is always paid for has no other way out (O72).
            if self.choices.check.strict_exit && !self.in_distribution(admin, *member) {
                return refuse("still_paid_for");
            }
            all_met(&self.unmet_to_leave(*member))?;
            let permissions = self.members.get(member).map(|it| it.permissions).unwrap_or_default();
            frozen.push(Some(self.to_freeze(*member, self.heir_then(*member, permissions, None))?));
        }
        let ended_by = match exit {
            Exit::Removed => EndedBy::Remove,
            Exit::Quit => EndedBy::Quit,
        };
        for (member, frozen) in members.iter().zip(frozen) {
            let payer = self.payer_of(*member);
            if let Some(frozen) = frozen {
                self.cease_to_pay(*member, ended_by, frozen)?;
            }
            if let Some(left) = self.members.remove(member) {
                self.heed_leaving(*member, left.permissions);
            }
            payer.into_iter().for_each(|payer| self.note_change(payer));
            self.note_change(*member);
        }
        self.note_change(admin);
        Ok(())
    }
}
