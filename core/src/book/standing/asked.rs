//! What was asked, told from what happened to the standing.

use super::command::{ForceSuspension, ReviewCustomer};
use super::event::{CustomerReviewed, Event, SuspensionForced, SuspensionLifted};
use crate::book::{Book, Command};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, _before: &Book) -> Option<Command> {
        match self {
            Event::SuspensionForced(SuspensionForced { customer }) => {
                Some(ForceSuspension { customer: *customer, forced: true }.into())
            }
            Event::SuspensionLifted(SuspensionLifted { customer }) => {
                Some(ForceSuspension { customer: *customer, forced: false }.into())
            }
            Event::CustomerReviewed(CustomerReviewed { customer, .. }) => {
                Some(ReviewCustomer { customer: *customer }.into())
            }
            Event::CustomerChanged(_) => None,
        }
    }
}
