//! Applying the events about organizations and their members.

use super::event::{
    CreationDecided, CreationRetried, EntityAssociated, EntityChanged, EntityDecided, EntityEnded, Event,
    InvitationEnded, InvitationSent, MemberChanged, MemberCreated, MemberJoined, MembersLeft, OrganizationChanged,
    OrganizationCreated, OrganizationDeleted, PermissionsDecided,
};
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::book::parties;
use crate::book::payers::{Begun, Ended, LinesAfter};
use crate::channel::{AccountFacts, Uin};
use crate::ledger::Moment;
use crate::organization::{
    Creation, CreationState, EntityRelation, Invitation, InvitationId, Member, MemberKind, Organization,
    OrganizationId, Permissions, RecordId, RelationId, RelationState, Settings,
};

/// Applies an event at journal position `seq`, decided at `at`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, at: Moment, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::OrganizationCreated(OrganizationCreated { admin }) => {
            let id = OrganizationId(book.number_at(seq)?);
            let organization = Organization { id, admin: *admin, created_at: at, settings: Settings::default() };
            must(book.members.add_organization(organization), "the account has an organization already")?;
        }
        Event::OrganizationChanged(OrganizationChanged { organization, settings }) => {
            let organization = book.members.organizations.get_mut(organization).ok_or("no such organization")?;
            organization.settings.clone_from(settings);
        }
        Event::OrganizationDeleted(OrganizationDeleted { organization, invitations, .. }) => {
            for invitation in invitations {
                book.end_invitation(invitation.id)?;
            }
            book.members.remove_organization(*organization).ok_or("no such organization")?;
        }
        Event::InvitationSent(InvitationSent { invitation, applied, .. }) => {
            must(invitation.id == InvitationId(book.number_at(seq)?), "the invitation has another number")?;
            book.forget_expired(invitation.organization, invitation.member, at);
            must(book.members.add_invitation(invitation.clone()), "the account is invited already")?;
            applied.as_ref().map_or(Ok(()), |relation| book.begin_relation(seq, relation))?;
        }
        Event::InvitationEnded(InvitationEnded { invitation, .. }) => book.end_invitation(invitation.id)?,
        Event::MemberJoined(MemberJoined { invitation, begun, lines_after, .. }) => {
            let Invitation { id, organization, member: uin, permissions, allow_quit, .. } = *invitation;
            book.end_invitation(id)?;
            let kind = MemberKind::Invited;
            let (joined_at, joined_seq) = (at, seq);
            let joins = Member { uin, organization, kind, permissions, asked: None, allow_quit, joined_at, joined_seq };
            book.join(joins, begun.as_ref(), lines_after)?;
        }
        Event::MemberChanged(changed) => {
            let MemberChanged {
                organization,
                admin,
                member,
                permissions,
                asked,
                allow_quit,
                begun,
                ended,
                lines_after,
            } = changed;
            let kept = book.members.members.get_mut(member).ok_or("no such member")?;
            let was = std::mem::replace(&mut kept.permissions, *permissions);
            (kept.asked, kept.allow_quit) = (*asked, *allow_quit);
            book.hand_over((*member, *organization), at, begun.as_ref(), ended.as_ref())?;
            book.inherit_as_member((*member, *admin), at, was, Some(*permissions));
            book.set_all_lines(lines_after)?;
        }
        Event::PermissionsDecided(decided) => {
            let PermissionsDecided { organization, admin, member, permissions, begun, ended, lines_after, .. } =
                decided;
            let kept = book.members.members.get_mut(member).ok_or("no such member")?;
            let was = std::mem::replace(&mut kept.permissions, *permissions);
            kept.asked = None;
            book.hand_over((*member, *organization), at, begun.as_ref(), ended.as_ref())?;
            book.inherit_as_member((*member, *admin), at, was, Some(*permissions));
            book.set_all_lines(lines_after)?;
        }
        Event::MembersLeft(MembersLeft { organization, admin, members, lines_after, .. }) => {
            for (member, ended) in members {
                let was = book.members.remove_member(*member).ok_or("no such member")?.permissions;
                book.hand_over((*member, *organization), at, None, ended.as_ref())?;
                book.inherit_as_member((*member, *admin), at, was, None);
            }
            book.set_all_lines(lines_after)?;
        }
        Event::MemberCreated(MemberCreated { creation, opened, bound, begun, lines_after, .. }) => {
            must(creation.id == RecordId(book.number_at(seq)?), "the creation has another number")?;
            must(creation.uin == opened.uin, "another account was opened")?;
            parties::apply(book, seq, at, &parties::Event::AccountOpened(opened.clone()))?;
            let facts = AccountFacts { created: true, ..book.account_facts(opened.uin).clone() };
            book.tell(opened.uin, facts);
            if let Some(bound) = bound {
                parties::apply(book, seq, at, &parties::Event::CustomerBound(bound.clone()))?;
            }
            book.members.organizations.get(&creation.organization).ok_or("no such organization")?;
            must(book.members.add_creation(creation.clone()), "the creation is there already")?;
            if creation.state == CreationState::Done {
                let joins = created((creation.organization, creation.uin), creation.permissions, (at, seq));
                book.join(joins, begun.as_ref(), lines_after)?;
            }
        }
        Event::CreationDecided(decided) => {
            let CreationDecided { organization, record, member, permissions, state, begun, lines_after, .. } = decided;
            book.creation_mut(*record)?.state = state.clone();
            if *state == CreationState::Done {
                book.join(created((*organization, *member), *permissions, (at, seq)), begun.as_ref(), lines_after)?;
            }
        }
        Event::CreationRetried(retried) => {
            let CreationRetried { organization, record, member, permissions, payer, begun, lines_after, .. } = retried;
            let creation = book.creation_mut(*record)?;
            (creation.state, creation.permissions, creation.payer) = (CreationState::Done, *permissions, *payer);
            book.join(created((*organization, *member), *permissions, (at, seq)), begun.as_ref(), lines_after)?;
        }
        Event::EntityAssociated(EntityAssociated { relation }) => book.begin_relation(seq, relation)?,
        Event::EntityChanged(EntityChanged { relation, admin, .. }) => book.relation_mut(*relation)?.admin = *admin,
        Event::EntityDecided(EntityDecided { relation, approve: true, .. }) => {
            book.relation_mut(*relation)?.state = RelationState::Active;
        }
        Event::EntityDecided(EntityDecided { relation, approve: false, .. })
        | Event::EntityEnded(EntityEnded { relation, .. }) => {
            book.members.remove_relation(*relation).ok_or("no such relation")?;
        }
    }
    Ok(())
}

/// A member whose account was opened for its organization.
fn created((organization, uin): (OrganizationId, Uin), permissions: Permissions, (at, seq): (Moment, u64)) -> Member {
    Member {
        uin,
        organization,
        kind: MemberKind::Created,
        permissions,
        asked: None,
        allow_quit: false,
        joined_at: at,
        joined_seq: seq,
    }
}

impl Book {
    fn join(&mut self, joins: Member, begun: Option<&Begun>, lines_after: &LinesAfter) -> Fit<()> {
        let Member { uin, organization, permissions, joined_at: at, .. } = joins;
        let admin = self.members.organizations.get(&organization).ok_or("no such organization")?.admin;
        must(self.members.add_member(joins), "the account is a member already")?;
        self.hand_over((uin, organization), at, begun, None)?;
        self.inherit_as_member((uin, admin), at, Permissions::default(), Some(permissions));
        self.set_all_lines(lines_after)
    }

    fn begin_relation(&mut self, seq: u64, relation: &EntityRelation) -> Fit<()> {
        must(relation.id == RelationId(self.number_at(seq)?), "the relation has another number")?;
        self.members.organizations.get(&relation.organization).ok_or("no such organization")?;
        must(self.members.add_relation(relation.clone()), "the relation is there already")
    }

    fn relation_mut(&mut self, id: RelationId) -> Fit<&mut EntityRelation> {
        self.members.relations.get_mut(&id).ok_or("no such relation".into())
    }

    fn creation_mut(&mut self, id: RecordId) -> Fit<&mut Creation> {
        self.members.creations.get_mut(&id).ok_or("no such creation".into())
    }

    fn hand_over(
        &mut self,
        (member, organization): (Uin, OrganizationId),
        at: Moment,
        begun: Option<&Begun>,
        ended: Option<&Ended>,
    ) -> Fit<()> {
        if let Some(ended) = ended {
            self.end_paying(member, at, ended)?;
        }
        begun.map_or(Ok(()), |begun| self.begin_paying(member, organization, at, begun))
    }

    /// A member's permissions have become these, or it has left: what it inherits by them begins or ends (O73). It is who pays
    /// for it whose offers it has, and where nobody does the admin.
    fn inherit_as_member(
        &mut self,
        (member, admin): (Uin, Uin),
        at: Moment,
        was: Permissions,
        is: Option<Permissions>,
    ) {
        let from = self.payer_of(member).unwrap_or(admin);
        self.inherit_as_permitted((member, from), was, is, at);
    }

    fn end_invitation(&mut self, id: InvitationId) -> Fit<()> {
        self.members.remove_invitation(id).map(|_| ()).ok_or("no such invitation".into())
    }

    /// What is expired of an organization's invitations, and of an account's, is forgotten.
    fn forget_expired(&mut self, organization: OrganizationId, member: Uin, at: Moment) {
        let theirs = self.invitations_of(organization).filter(|one| !one.is_open(at)).map(|one| one.id);
        let invited = self.members.invitation_of(member).and_then(|id| self.invitation(id));
        let expired: Vec<InvitationId> =
            theirs.chain(invited.filter(|one| !one.is_open(at)).map(|one| one.id)).collect();
        for id in expired {
            self.members.remove_invitation(id);
        }
    }
}

fn must(holds: bool, what: &'static str) -> Fit<()> {
    if holds { Ok(()) } else { Err(what.into()) }
}
