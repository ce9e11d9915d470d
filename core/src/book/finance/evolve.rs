//! Applying the events about somebody's own money.

use super::event::{CardAdded, CardRemoved, Event, FinanceChanged, InheritanceEnded, OffersInherited, ToppedUp};
use crate::book::Book;
use crate::book::fit::Misfit;
use crate::channel::{Card, CardId, InheritedBy};

/// Applies an event at journal position `seq`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::ToppedUp(ToppedUp { account, finance_after, .. }) => book.own_mut(*account)?.finance = *finance_after,
        Event::FinanceChanged(FinanceChanged { account, finance_after, overdue_amount, .. }) => {
            let own = book.own_mut(*account)?;
            (own.finance, own.overdue_amount) = (*finance_after, *overdue_amount);
        }
        Event::CardAdded(CardAdded { account, last4, expires }) => {
            let id = CardId(book.number_at(seq)?);
            let mut facts = book.account_facts(*account).clone();
            facts.cards.push(Card { id, last4: *last4, expires: *expires });
            book.tell(*account, facts);
        }
        Event::CardRemoved(CardRemoved { account, card }) => {
            let mut facts = book.account_facts(*account).clone();
            let at = facts.cards.iter().position(|one| one.id == *card).ok_or("the account has no such card")?;
            facts.cards.remove(at);
            book.tell(*account, facts);
        }
        Event::OffersInherited(OffersInherited { account, from }) => {
            book.inherit_offers(*account, *from, InheritedBy::Sales, book.now);
        }
        Event::InheritanceEnded(InheritanceEnded { account, .. }) => book.end_inheritance(*account, book.now)?,
    }
    Ok(())
}
