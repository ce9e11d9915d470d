//! What an admin sees of its members beside what it pays for them: their bills, their balances, and both together in one
//! report, as far as each of them permits it (O49, O97, O98, O103).

use super::reason::Reason;
use crate::book::{Book, Rejection};
use crate::channel::Uin;
use crate::organization::{Organization, OrganizationId, Permission};
use std::collections::BTreeSet;

impl Book {
    /// An organization that is asked for by its number.
    ///
    /// # Errors
    /// [`Reason::OrganizationNotFound`]
    pub fn existing_organization(&self, id: OrganizationId) -> Result<&Organization, Rejection> {
        self.organization(id).ok_or(Reason::OrganizationNotFound.into())
    }

    /// The organization that an account is the admin of.
    ///
    /// # Errors
    /// [`Reason::NotTheAdmin`] of a member, [`Reason::OrganizationNotFound`] of who is in none.
    pub fn organization_led_by(&self, account: Uin) -> Result<&Organization, Rejection> {
        let is_member = self.member(account).is_some();
        let reason = if is_member { Reason::NotTheAdmin(account) } else { Reason::OrganizationNotFound };
        self.organization_of_admin(account).ok_or(reason.into())
    }

    /// Those of an organization's members that are named, each once and in this order, or all of them, oldest first, when none
    /// is: each of them permits the admin this (O103).
    ///
    /// # Errors
    /// [`Reason::MemberNotFound`], then [`Reason::PermissionMissing`].
    pub fn members_that_permit(
        &self,
        organization: OrganizationId,
        named: &[Uin],
        permission: Permission,
    ) -> Result<Vec<Uin>, Rejection> {
        let mut seen = BTreeSet::new();
        let members: Vec<Uin> = match named {
            [] => self.members_of(organization).map(|member| member.uin).collect(),
            named => named.iter().copied().filter(|uin| seen.insert(*uin)).collect(),
        };
        for uin in &members {
            self.member_in(organization, *uin)?;
        }
        let missing = |uin: &&Uin| !self.member(**uin).is_some_and(|member| member.permissions.has(permission));
        match members.iter().find(missing) {
            Some(member) => Err(Reason::PermissionMissing { member: *member, permission }.into()),
            None => Ok(members),
        }
    }

    /// Whether an account is the admin of another one that permits it this.
    pub fn is_permitted_by(&self, admin: Uin, member: Uin, permission: Permission) -> bool {
        let of = |organization: &Organization| self.members_that_permit(organization.id, &[member], permission).is_ok();
        self.organization_of_admin(admin).is_some_and(of)
    }
}
