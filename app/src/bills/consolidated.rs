//! The bills of an organization's members side by side: a report for their admin, which changes nobody's debt (O98).

use super::queries::too_large;
use super::views::{Bill, BillSum, View};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Rejection, members};
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use credere_core::money::{Amount, Overflow};
use credere_core::organization::{OrganizationId, Permission};
use credere_store::contract::{ShardStore, StoreError};

/// What one member's month comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberBill {
    /// Whose it is.
    pub member: Uin,
    /// What it pays itself.
    pub own: Amount,
    /// What its admin pays on its behalf.
    pub on_behalf: Amount,
}

/// What the months of some members come to together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsolidatedView {
    /// Which month.
    pub month: Month,
    /// Each member's.
    pub members: Vec<MemberBill>,
    /// All of it.
    pub total: Amount,
}

impl App {
    /// What an account sees of what is paid on behalf of others in its organization: an admin all that it pays, a member what is
    /// paid for it (O86).
    ///
    /// # Errors
    /// [`Failure`]; refused when the account is in no organization.
    pub async fn on_behalf_view(&self, caller: Caller, account: Uin) -> Result<View, Failure> {
        self.read_as(caller, Action::ReadAccountBills, Some(account), |book| {
            let none = members::Reason::OrganizationNotFound;
            let organization = book.organization_of(account).ok_or(Rejection::from(none))?;
            Ok(if organization.admin == account { View::OnBehalf } else { View::PaidByOthers })
        })
        .await
    }

    /// That an admin may see the bill of what a member pays itself (O97).
    ///
    /// # Errors
    /// [`Failure`]; refused when it is no admin, the other no member of its organization, or that one does not permit it.
    pub async fn may_see_member(&self, caller: Caller, admin: Uin, member: Uin) -> Result<(), Failure> {
        self.read_as(caller, Action::ReadAccountBills, Some(admin), |book| {
            let organization = book.organization_led_by(admin)?.id;
            book.members_that_permit(organization, &[member], Permission::ViewBills).map(drop)
        })
        .await
    }

    /// The bills of some members of an organization, or of all when none is named (O98, O103).
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such organization or member, and when one of them does not permit it.
    pub async fn consolidated_bills(
        &self,
        caller: Caller,
        organization: OrganizationId,
        month: Month,
        named: Vec<Uin>,
    ) -> Result<ConsolidatedView, Failure> {
        let (admin, members) = self
            .read_as(caller, Action::ReadOrganizations, None, |book| {
                let admin = book.existing_organization(organization)?.admin;
                Ok((admin, book.members_that_permit(organization, &named, Permission::ConsolidateBills)?))
            })
            .await?;
        let look = move |store: &dyn ShardStore| {
            let members = members.into_iter().map(|member| {
                let own = Bill { account: member, month, view: View::Own };
                let on_behalf = Bill { account: admin, month, view: View::OnBehalfOf(member) };
                Ok((member, sum_of(store, own)?, sum_of(store, on_behalf)?))
            });
            members.collect::<Result<Vec<_>, StoreError>>()
        };
        let mut view = ConsolidatedView { month, members: Vec::new(), total: Amount::ZERO };
        for (member, own, on_behalf) in self.engine.long_history(caller.actor, look).await? {
            let (own, on_behalf) = (own.map_err(too_large)?, on_behalf.map_err(too_large)?);
            let plus = |sum: Amount, more: Amount| sum.plus(more).map_err(too_large);
            view.total = plus(plus(view.total, own)?, on_behalf)?;
            view.members.push(MemberBill { member, own, on_behalf });
        }
        Ok(view)
    }
}

/// What a bill comes to.
fn sum_of(store: &dyn ShardStore, bill: Bill) -> Result<Result<Amount, Overflow>, StoreError> {
    let parts = store.bill_totals(bill)?;
    let sum = parts.iter().try_fold(BillSum::default(), |sum, part| sum.plus(part));
    Ok(sum.map(|sum| sum.amount))
}
