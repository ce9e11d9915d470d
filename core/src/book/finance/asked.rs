//! The commands about somebody's own money, told from their events.

use super::command::{AddCard, ChangeFinance, EndInheritance, InheritOffers, RemoveCard, TopUp};
use super::event::{CardAdded, CardRemoved, Event, FinanceChanged, InheritanceEnded, OffersInherited, ToppedUp};
use crate::book::{Book, Command};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
        match self {
            Event::ToppedUp(ToppedUp { account, amount, kind, .. }) => {
                Some(TopUp { account: *account, amount: *amount, kind: *kind }.into())
            }
            Event::FinanceChanged(FinanceChanged { account, finance_after, overdue_amount, .. }) => {
                let own = before.own(*account)?;
                let (limit_before, limit) = (own.finance.credit_limit(), finance_after.credit_limit());
                let credit_limit = (limit != limit_before).then_some(limit);
                let overdue_amount = (*overdue_amount != own.overdue_amount).then_some(*overdue_amount);
                Some(ChangeFinance { account: *account, credit_limit, overdue_amount }.into())
            }
            Event::CardAdded(CardAdded { account, last4, expires }) => {
                Some(AddCard { account: *account, last4: *last4, expires: *expires }.into())
            }
            Event::CardRemoved(CardRemoved { account, card }) => {
                Some(RemoveCard { account: *account, card: *card }.into())
            }
            Event::OffersInherited(OffersInherited { account, from }) => {
                Some(InheritOffers { account: *account, from: *from }.into())
            }
            Event::InheritanceEnded(InheritanceEnded { account, .. }) => {
                Some(EndInheritance { account: *account }.into())
            }
        }
    }
}
