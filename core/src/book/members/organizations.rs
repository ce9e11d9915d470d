//! Making, setting and ending organizations (O8-O13, O18).

use super::command::{ChangeOrganization, CreateOrganization, DeleteOrganization};
use super::event::{OrganizationChanged, OrganizationCreated, OrganizationDeleted};
use super::reason::Reason;
use crate::book::{Book, Decision, Rejection};
use crate::channel::Verification;
use crate::organization::Settings;

pub(super) fn create(book: &Book, asked: &CreateOrganization) -> Result<Decision, Rejection> {
    let CreateOrganization { admin } = *asked;
    let account = book.existing_account(admin)?;
    if book.account_facts(admin).created {
        return Err(Reason::CreatedForOrganization(admin).into());
    }
    if book.organization_of(admin).is_some() {
        return Err(Reason::AlreadyInOrganization(admin).into());
    }
    if account.verification != Verification::Enterprise {
        return Err(Reason::EnterpriseRequired(account.verification).into());
    }
    // An organization has the number of its position.
    book.next_number()?;
    Ok(OrganizationCreated { admin }.into())
}

pub(super) fn change(book: &Book, asked: &ChangeOrganization) -> Result<Decision, Rejection> {
    let ChangeOrganization { organization, ref features, quotas, member_deletion } = *asked;
    let before = &book.organization(organization).ok_or(Reason::OrganizationNotFound)?.settings;
    let mut features = features.clone().unwrap_or_else(|| before.features.clone());
    features.sort_unstable();
    features.dedup();
    let quotas = quotas.over(before.quotas);
    let accounts = book.members_len(organization) + 1;
    if usize::try_from(quotas.accounts).is_ok_and(|quota| quota < accounts) {
        return Err(Reason::QuotaTooLow.into());
    }
    let member_deletion = member_deletion.unwrap_or(before.member_deletion);
    let settings = Settings { features, quotas, member_deletion };
    Ok(OrganizationChanged { organization, settings }.into())
}

pub(super) fn delete(book: &Book, asked: &DeleteOrganization) -> Result<Decision, Rejection> {
    let DeleteOrganization { admin } = *asked;
    let organization = book.admins_organization(admin)?.id;
    if book.members_len(organization) > 0 {
        return Err(Reason::OrganizationNotEmpty.into());
    }
    let invitations = book.invitations_of(organization).cloned().collect();
    Ok(OrganizationDeleted { organization, admin, invitations }.into())
}
