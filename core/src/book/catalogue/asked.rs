//! The commands about products and discounts, told from their events.

use super::command::{EndDiscount, SetDiscount};
use super::event::{DiscountEnded, DiscountSet, Event};
use crate::book::{Book, Command};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
        let code = |number: u32| Some(before.product_numbered(number)?.code.clone());
        match self {
            Event::DiscountSet(DiscountSet { scope, partner, product, rate, starts_at, ends_at }) => {
                let product = match product {
                    Some(number) => Some(code(*number)?),
                    None => None,
                };
                let (scope, partner, rate) = (*scope, *partner, *rate);
                let (starts_at, ends_at) = (*starts_at, *ends_at);
                Some(SetDiscount { scope, partner, product, rate, starts_at, ends_at }.into())
            }
            Event::DiscountEnded(DiscountEnded { id }) => Some(EndDiscount { id: *id }.into()),
            Event::ProductAdded(_) | Event::ProductChanged(_) => None,
        }
    }
}
