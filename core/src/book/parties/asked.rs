//! What was asked, told from what happened to the parties.

use super::command::{AllocateCredit, AllocatePool, BindCustomer, UnbindCustomer};
use super::event::{CreditAllocated, CustomerBound, CustomerUnbound, Event, PoolAllocated};
use crate::book::{Book, Command};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, _before: &Book) -> Option<Command> {
        match self {
            Event::PoolAllocated(PoolAllocated { second_level, amount, remark, .. }) => {
                let (second_level, amount) = (*second_level, *amount);
                Some(AllocatePool { second_level, amount, remark: remark.clone() }.into())
            }
            Event::CustomerBound(CustomerBound { customer, partner }) => {
                Some(BindCustomer { customer: *customer, partner: *partner }.into())
            }
            Event::CustomerUnbound(CustomerUnbound { customer, .. }) => {
                Some(UnbindCustomer { customer: *customer }.into())
            }
            Event::CreditAllocated(CreditAllocated { customer, amount, remark, .. }) => {
                Some(AllocateCredit { customer: *customer, amount: *amount, remark: remark.clone() }.into())
            }
            Event::AccountOpened(_)
            | Event::AccountChanged(_)
            | Event::PartnerRegistered(_)
            | Event::PartnerChanged(_)
            | Event::CustomerNoted(_)
            | Event::CredentialIssued(_)
            | Event::CredentialRevoked(_) => None,
        }
    }
}
