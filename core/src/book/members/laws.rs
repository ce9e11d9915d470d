//! The laws of organizations: who is in one is in one only, and everything that belongs to one has it.

use crate::book::Book;
use crate::book::law::Laws;

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    for organization in book.organizations() {
        let (id, admin) = (organization.id, organization.admin);
        laws.must(admin, "an admin is a member of nothing", book.member(admin).is_none());
        laws.must(
            admin,
            "an organization is found by its admin",
            book.organization_of_admin(admin) == Some(organization),
        );
        let room = book.members_len(id) < organization.settings.quotas.accounts as usize;
        laws.must(admin, "an organization has as many accounts as it may have", room);
    }
    for member in book.members.members.values() {
        let there = book.organization(member.organization).is_some();
        laws.must(member.uin, "a member's organization exists", there);
        laws.must(member.uin, "members are listed", book.members.lists_member(member));
    }
    for relation in book.members.relations.values() {
        let organization = book.organization(relation.organization);
        laws.must_all("a relation's organization exists", organization.is_some());
        let only =
            book.entity_relations_of(relation.organization).filter(|one| one.entity == relation.entity).count() == 1;
        laws.must_all("an organization has one relation to an entity, and it is listed", only);
    }
    for creation in book.members.creations.values() {
        let (uin, id) = (creation.uin, creation.organization);
        laws.must(uin, "a creation's organization exists", book.organization(id).is_some());
        laws.must(uin, "creations are listed", book.members.lists_creation(creation));
        laws.must(uin, "an account that was created is known as such", book.account_facts(uin).created);
    }
    for invitation in book.members.invitations.values() {
        let (member, id) = (invitation.member, invitation.organization);
        laws.must(member, "an invitation's organization exists", book.organization(id).is_some());
        laws.must(member, "invitations are listed", book.members.lists_invitation(invitation));
    }
}
