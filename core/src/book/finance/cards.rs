//! Cards: that an account has one counts when it leaves whoever paid for it (O69).

use super::command::{AddCard, RemoveCard};
use super::event::{CardAdded, CardRemoved};
use super::reason::Reason;
use crate::book::{Book, Context, Decision, Rejection};
use crate::channel::CARDS_MAX;

pub(super) fn add(book: &Book, context: &Context<'_>, asked: &AddCard) -> Result<Decision, Rejection> {
    let AddCard { account, last4, expires } = *asked;
    book.existing_account(account)?;
    if expires < book.calendar().month(context.now) {
        return Err(Reason::CardExpired.into());
    }
    if book.account_facts(account).cards.len() >= CARDS_MAX {
        return Err(Reason::TooManyCards.into());
    }
    // A card has the number of its position.
    book.next_number()?;
    Ok(CardAdded { account, last4, expires }.into())
}

pub(super) fn remove(book: &Book, asked: &RemoveCard) -> Result<Decision, Rejection> {
    let RemoveCard { account, card } = *asked;
    book.existing_account(account)?;
    let there = book.account_facts(account).cards.iter().any(|one| one.id == card);
    if there { Ok(CardRemoved { account, card }.into()) } else { Err(Reason::CardNotFound.into()) }
}
