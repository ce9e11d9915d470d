//! The sales' door of offers that are inherited (O14, O102): across entities, and for ever unless sales end it. Who is paid for
//! and has given the permission has its payer's as long as that lasts, whatever sales say.

use super::command::{EndInheritance, InheritOffers};
use super::event::{InheritanceEnded, OffersInherited};
use super::reason::Reason;
use crate::book::{Book, Decision, Rejection, buying};
use crate::channel::Uin;
use crate::organization::Permission;

pub(super) fn begin(book: &Book, asked: &InheritOffers) -> Result<Decision, Rejection> {
    let InheritOffers { account, from } = *asked;
    book.existing_account(account)?;
    book.existing_account(from)?;
    is_free(book, account)?;
    if from == account {
        return Err(Reason::InheritsFromItself.into());
    }
    if !book.have_like_offers(account, from) {
        return Err(Reason::OffersNotAlike { account, from }.into());
    }
    Ok(OffersInherited { account, from }.into())
}

pub(super) fn end(book: &Book, asked: &EndInheritance) -> Result<Decision, Rejection> {
    let EndInheritance { account } = *asked;
    book.existing_account(account)?;
    is_free(book, account)?;
    let from = book.inherits_offers_from(account).ok_or(Reason::InheritanceNotFound)?;
    Ok(InheritanceEnded { account, from }.into())
}

/// Whether it is for sales to say whose offers an account has.
fn is_free(book: &Book, account: Uin) -> Result<(), Rejection> {
    let permitted = book.member(account).is_some_and(|member| member.permissions.has(Permission::InheritOffers));
    match book.payer_of(account).filter(|_| permitted) {
        Some(payer) => Err(buying::Reason::PaidOnBehalf { account, payer }.into()),
        None => Ok(()),
    }
}
