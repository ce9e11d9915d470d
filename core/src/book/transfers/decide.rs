//! Handing money to a member and giving it back (O95, O96).

use super::command::{ReturnTransfer, TransferFunds};
use super::event::{FundsTransferred, TransferReturned};
use super::reason::Reason;
use crate::book::{Because, Book, Context, Decision, Figure, Finding, Rejection, Rule, buying, members};
use crate::channel::{TransferId, Uin};
use crate::ledger::Finance;
use crate::money::Amount;
use crate::organization::{Permission, Transfer, transferable};

pub(super) fn transfer(book: &Book, context: &Context<'_>, asked: &TransferFunds) -> Result<Decision, Rejection> {
    let TransferFunds { organization, member: uin, amount } = *asked;
    let organization = book.organization(organization).ok_or(members::Reason::OrganizationNotFound)?;
    let (admin, member) = (organization.admin, book.member_in(organization.id, uin)?);
    if let Some(payer) = book.payer_of(uin) {
        return Err(buying::Reason::PaidOnBehalf { account: uin, payer }.into());
    }
    if !member.permissions.has(Permission::AllocateFunds) {
        let permission = Permission::AllocateFunds;
        return Err(members::Reason::PermissionMissing { member: uin, permission }.into());
    }
    let entity = |uin: Uin| book.account_facts(uin).entity.as_ref();
    if entity(uin).is_none() || entity(uin) != entity(admin) {
        return Err(Reason::EntityDiffers(uin).into());
    }
    let (from, to) = (book.existing_own(admin)?.finance, book.existing_own(uin)?.finance);
    if !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let checked = Reason::ExceedsTransferable { admin, requested: amount, transferable: transferable(&from) };
    let checked = Rejection::from(checked).unless_met()?;
    // A transfer has the number of its position.
    let id = TransferId(book.next_number()?);
    let (admin_after, member_after) = (from.handed_over(amount)?, to.topped_up(amount)?);
    let transfer = Transfer {
        id,
        organization: organization.id,
        admin,
        member: uin,
        amount,
        returned: Amount::ZERO,
        made_at: context.now,
    };
    let because = become_of(checked, &transfer, [(&from, &admin_after), (&to, &member_after)]);
    Ok(Decision { event: FundsTransferred { transfer, admin_after, member_after }.into(), because })
}

pub(super) fn give_back(book: &Book, asked: &ReturnTransfer) -> Result<Decision, Rejection> {
    let ReturnTransfer { organization, transfer, amount } = *asked;
    let organization = book.organization(organization).ok_or(members::Reason::OrganizationNotFound)?.id;
    let before = book.transfer(transfer).filter(|one| one.organization == organization);
    let before = before.ok_or(Reason::TransferNotFound)?;
    let Transfer { admin, member, .. } = *before;
    // Who has left keeps what it was given.
    book.member_in(organization, member)?;
    let (to, from) = (book.existing_own(admin)?.finance, book.existing_own(member)?.finance);
    if !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let checked = Reason::ExceedsReturnable { member, requested: amount, returnable: before.returnable(&from)? };
    let checked = Rejection::from(checked).unless_met()?;
    let (admin_after, member_after) = (to.topped_up(amount)?, from.handed_over(amount)?);
    let transfer = before.after_return(amount)?;
    let because = become_of(checked, &transfer, [(&to, &admin_after), (&from, &member_after)]);
    Ok(Decision { event: TransferReturned { transfer, amount, admin_after, member_after }.into(), because })
}

/// What is said of a movement: what was checked, and what the admin and the member have available after it.
fn become_of(checked: Because, transfer: &Transfer, moved: [(&Finance, &Finance); 2]) -> Because {
    let figures = [transfer.admin, transfer.member].into_iter().zip(moved).map(|(uin, (before, after))| {
        let of = (uin, Figure::PayerAvailable);
        Finding::becomes(Rule::O96, of, before.available(), after.available())
    });
    checked.into_iter().chain(figures).collect()
}
