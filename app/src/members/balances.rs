//! What accounts have to spend, as they see it themselves and as their admin does (O3, O103).

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::finance::{self, Balance};
use credere_core::channel::Uin;
use credere_core::organization::Permission;

/// What a member has to spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberBalance {
    /// Who.
    pub member: Uin,
    /// What its admin calls it.
    pub name: Option<String>,
    /// What it has.
    pub balance: Balance,
}

impl App {
    /// What an account has to spend.
    ///
    /// # Errors
    /// [`Failure`]; refused for a partner that hands credit down.
    pub async fn balance(&self, caller: Caller, account: Uin) -> Result<Balance, Failure> {
        self.read_as(caller, Action::ReadOwnBalance, Some(account), |book| {
            book.balance(account).ok_or(finance::Reason::NoFinance(account).into())
        })
        .await
    }

    /// What some members of an admin's organization have to spend, or all when none is named, after skipping `skip`, at most
    /// `limit`; and how many that are in all (O103).
    ///
    /// # Errors
    /// [`Failure`]; refused when the account is no admin, when one that is named is no member, and when a member does not permit
    /// it.
    pub async fn members_balances(
        &self,
        caller: Caller,
        admin: Uin,
        named: Vec<Uin>,
        (skip, limit): (usize, usize),
    ) -> Result<(Vec<MemberBalance>, usize), Failure> {
        let (found, total) = self
            .read_as(caller, Action::ReadOwnBalance, Some(admin), |book| {
                let organization = book.organization_led_by(admin)?.id;
                let members = book.members_that_permit(organization, &named, Permission::ViewBalance)?;
                let total = members.len();
                let balance = |member: Uin| {
                    let balance = book.balance(member).ok_or(finance::Reason::NoFinance(member))?;
                    Ok(MemberBalance { member, name: None, balance })
                };
                let page = members.into_iter().skip(skip).take(limit).map(balance);
                Ok((page.collect::<Result<Vec<_>, finance::Reason>>()?, total))
            })
            .await?;
        let profiles = self.profiles(found.iter().map(|one| one.member).collect()).await?;
        let named = |(one, profile): (MemberBalance, credere_store::contract::Profile)| MemberBalance {
            name: profile.member_name,
            ..one
        };
        Ok((found.into_iter().zip(profiles).map(named).collect(), total))
    }
}
