//! Applying the events about organizations and their members.

use super::event::{
    Event, InvitationEnded, InvitationSent, MemberChanged, MemberJoined, MembersLeft, OrganizationChanged,
    OrganizationCreated, OrganizationDeleted, PermissionsDecided,
};
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::book::payers::{Begun, Ended};
use crate::channel::Uin;
use crate::ledger::Moment;
use crate::organization::{
    Invitation, InvitationId, Member, MemberKind, Organization, OrganizationId, Permissions, Settings,
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
        Event::InvitationSent(InvitationSent { invitation, .. }) => {
            must(invitation.id == InvitationId(book.number_at(seq)?), "the invitation has another number")?;
            book.forget_expired(invitation.organization, invitation.member, at);
            must(book.members.add_invitation(invitation.clone()), "the account is invited already")?;
        }
        Event::InvitationEnded(InvitationEnded { invitation, .. }) => book.end_invitation(invitation.id)?,
        Event::MemberJoined(MemberJoined { admin, invitation, begun, lines_after }) => {
            let Invitation { id, organization, member, permissions, allow_quit, .. } = *invitation;
            book.end_invitation(id)?;
            book.members.organizations.get(&organization).ok_or("no such organization")?;
            let joins = Member {
                uin: member,
                organization,
                kind: MemberKind::Invited,
                permissions,
                asked: None,
                allow_quit,
                joined_at: at,
                joined_seq: seq,
            };
            must(book.members.add_member(joins), "the account is a member already")?;
            book.hand_over((member, organization), at, begun.as_ref(), None)?;
            book.inherit_as_member((member, *admin), at, Permissions::default(), Some(permissions));
            book.set_all_lines(lines_after)?;
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
    }
    Ok(())
}

impl Book {
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
