//! The part of the book about organizations, their members, and who is invited.

use super::reason::Reason;
use crate::book::map::Map;
use crate::book::pages::{PageKey, Pages};
use crate::book::{Book, Rejection};
use crate::channel::Uin;
use crate::ledger::Moment;
use crate::organization::{
    Creation, EntityRelation, Invitation, InvitationId, Member, Organization, OrganizationId, RecordId, RelationId,
};
use std::collections::BTreeSet;

/// Organizations, their members, and who is invited.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) organizations: Pages<OrganizationId, Organization>,
    pub(in crate::book) members: Pages<Uin, Member>,
    /// Those that nobody has answered; an expired one stays until its organization or its account has to do with another.
    pub(in crate::book) invitations: Pages<InvitationId, Invitation>,
    /// The entities that organizations trust, and those that the platform has not decided on.
    pub(in crate::book) relations: Pages<RelationId, EntityRelation>,
    /// The accounts that were opened for an organization, for as long as it is there.
    pub(in crate::book) creations: Pages<RecordId, Creation>,
    /// Whose organization it is.
    by_admin: Map<Uin, OrganizationId>,
    /// Each organization's members, oldest first.
    of: Map<OrganizationId, BTreeSet<(u64, Uin)>>,
    /// The invitations that an organization has sent, oldest first.
    sent: Map<OrganizationId, BTreeSet<InvitationId>>,
    /// The invitation that an account has; one at most (O38).
    invited: Map<Uin, InvitationId>,
    /// An organization's relations to entities, oldest first.
    pub(super) related: Map<OrganizationId, BTreeSet<RelationId>>,
    /// The accounts that were opened for an organization, oldest first.
    pub(super) created: Map<OrganizationId, BTreeSet<RecordId>>,
}

impl State {
    pub(super) fn add_organization(&mut self, organization: Organization) -> bool {
        let free = self.by_admin.insert(organization.admin, organization.id).is_none();
        self.organizations.insert(organization.id, organization).is_none() && free
    }

    pub(super) fn remove_organization(&mut self, id: OrganizationId) -> Option<Organization> {
        let organization = self.organizations.remove(&id)?;
        self.by_admin.remove(&organization.admin);
        for relation in self.related.remove(&id).into_iter().flatten() {
            self.relations.remove(&relation);
        }
        for record in self.created.remove(&id).into_iter().flatten() {
            self.creations.remove(&record);
        }
        Some(organization)
    }

    pub(super) fn add_member(&mut self, member: Member) -> bool {
        self.of.entry(member.organization).or_default().insert((member.joined_seq, member.uin));
        self.members.insert(member.uin, member).is_none()
    }

    pub(super) fn remove_member(&mut self, uin: Uin) -> Option<Member> {
        let member = self.members.remove(&uin)?;
        if let Some(theirs) = self.of.get_mut(&member.organization) {
            theirs.remove(&(member.joined_seq, uin));
            if theirs.is_empty() {
                self.of.remove(&member.organization);
            }
        }
        Some(member)
    }

    pub(super) fn add_invitation(&mut self, invitation: Invitation) -> bool {
        self.sent.entry(invitation.organization).or_default().insert(invitation.id);
        let free = self.invited.insert(invitation.member, invitation.id).is_none();
        self.invitations.insert(invitation.id, invitation).is_none() && free
    }

    pub(super) fn add_relation(&mut self, relation: EntityRelation) -> bool {
        self.related.entry(relation.organization).or_default().insert(relation.id);
        self.relations.insert(relation.id, relation).is_none()
    }

    pub(super) fn remove_relation(&mut self, id: RelationId) -> Option<EntityRelation> {
        let relation = self.relations.remove(&id)?;
        if let Some(theirs) = self.related.get_mut(&relation.organization) {
            theirs.remove(&id);
            if theirs.is_empty() {
                self.related.remove(&relation.organization);
            }
        }
        Some(relation)
    }

    pub(super) fn add_creation(&mut self, creation: Creation) -> bool {
        self.created.entry(creation.organization).or_default().insert(creation.id);
        self.creations.insert(creation.id, creation).is_none()
    }

    /// Whether a member is among its organization's.
    pub(super) fn lists_member(&self, member: &Member) -> bool {
        self.of.get(&member.organization).is_some_and(|theirs| theirs.contains(&(member.joined_seq, member.uin)))
    }

    /// Whether an invitation is among its organization's.
    pub(super) fn lists_invitation(&self, invitation: &Invitation) -> bool {
        self.sent.get(&invitation.organization).is_some_and(|theirs| theirs.contains(&invitation.id))
    }

    /// Whether a creation is among its organization's.
    pub(super) fn lists_creation(&self, creation: &Creation) -> bool {
        self.created.get(&creation.organization).is_some_and(|theirs| theirs.contains(&creation.id))
    }

    /// The invitation that an account has; it may be expired.
    pub(super) fn invitation_of(&self, member: Uin) -> Option<InvitationId> {
        self.invited.get(&member).copied()
    }

    pub(super) fn remove_invitation(&mut self, id: InvitationId) -> Option<Invitation> {
        let invitation = self.invitations.remove(&id)?;
        self.invited.remove(&invitation.member);
        if let Some(theirs) = self.sent.get_mut(&invitation.organization) {
            theirs.remove(&id);
            if theirs.is_empty() {
                self.sent.remove(&invitation.organization);
            }
        }
        Some(invitation)
    }
}

impl Book {
    /// One organization.
    pub fn organization(&self, id: OrganizationId) -> Option<&Organization> {
        self.members.organizations.get(&id)
    }

    /// All organizations, oldest first.
    pub fn organizations(&self) -> impl DoubleEndedIterator<Item = &Organization> {
        self.members.organizations.values()
    }

    /// The organizations behind a number, oldest first.
    pub fn organizations_after(&self, id: OrganizationId) -> impl Iterator<Item = &Organization> {
        self.members.organizations.after(&id).map(|(_, organization)| organization)
    }

    /// The organization that an account is the admin of.
    pub fn organization_of_admin(&self, admin: Uin) -> Option<&Organization> {
        self.organization(*self.members.by_admin.get(&admin)?)
    }

    /// The organization that an account is in, as its admin or as a member.
    pub fn organization_of(&self, account: Uin) -> Option<&Organization> {
        let of_member = || self.organization(self.member(account)?.organization);
        self.organization_of_admin(account).or_else(of_member)
    }

    /// An account as a member of its organization; its admin is none.
    pub fn member(&self, uin: Uin) -> Option<&Member> {
        self.members.members.get(&uin)
    }

    /// An organization's members, oldest first.
    pub fn members_of(&self, organization: OrganizationId) -> impl DoubleEndedIterator<Item = &Member> {
        self.members.of.get(&organization).into_iter().flatten().filter_map(|(_, uin)| self.member(*uin))
    }

    /// How many members an organization has besides its admin.
    pub fn members_len(&self, organization: OrganizationId) -> usize {
        self.members.of.get(&organization).map_or(0, BTreeSet::len)
    }

    /// An invitation that nobody has answered; it may be expired.
    pub fn invitation(&self, id: InvitationId) -> Option<&Invitation> {
        self.members.invitations.get(&id)
    }

    /// The invitation that an account can accept.
    pub fn invitation_to(&self, account: Uin, now: Moment) -> Option<&Invitation> {
        let id = self.members.invitation_of(account)?;
        self.invitation(id).filter(|invitation| invitation.is_open(now))
    }

    /// The invitations of an organization that nobody has answered, oldest first; some may be expired.
    pub fn invitations_of(&self, organization: OrganizationId) -> impl DoubleEndedIterator<Item = &Invitation> {
        self.members.sent.get(&organization).into_iter().flatten().filter_map(|id| self.invitation(*id))
    }

    /// The organization of which an account is the admin, or what is told a member and a stranger.
    pub(super) fn admins_organization(&self, admin: Uin) -> Result<&Organization, Rejection> {
        self.existing_account(admin)?;
        let missing =
            if self.member(admin).is_some() { Reason::NotTheAdmin(admin) } else { Reason::OrganizationNotFound };
        self.organization_of_admin(admin).ok_or(missing.into())
    }

    /// A member of this organization.
    pub(in crate::book) fn member_in(&self, organization: OrganizationId, uin: Uin) -> Result<&Member, Rejection> {
        let member = self.member(uin).filter(|member| member.organization == organization);
        member.ok_or(Reason::MemberNotFound(uin).into())
    }

    /// Makes organizations findable by their admins, and members and invitations by their organizations.
    pub(in crate::book) fn index_members(&mut self) {
        let State {
            organizations,
            members,
            invitations,
            relations,
            creations,
            by_admin,
            of,
            sent,
            invited,
            related,
            created,
        } = &mut self.members;
        by_admin.extend(organizations.values().map(|one| (one.admin, one.id)));
        for member in members.values() {
            of.entry(member.organization).or_default().insert((member.joined_seq, member.uin));
        }
        for invitation in invitations.values() {
            sent.entry(invitation.organization).or_default().insert(invitation.id);
            invited.insert(invitation.member, invitation.id);
        }
        for relation in relations.values() {
            related.entry(relation.organization).or_default().insert(relation.id);
        }
        for creation in creations.values() {
            created.entry(creation.organization).or_default().insert(creation.id);
        }
    }
}

impl PageKey for OrganizationId {
    fn number(&self) -> u64 {
        self.0
    }
}

impl PageKey for InvitationId {
    fn number(&self) -> u64 {
        self.0
    }
}

impl PageKey for RelationId {
    fn number(&self) -> u64 {
        self.0
    }
}

impl PageKey for RecordId {
    fn number(&self) -> u64 {
        self.0
    }
}
