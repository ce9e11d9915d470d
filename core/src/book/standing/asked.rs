//! The commands about how customers stand, told from their events.

use super::command::{ChangeCustomer, ForceSuspension, ReviewCustomer};
use super::event::{CustomerReviewed, Event, SuspensionForced, SuspensionLifted};
use crate::book::{Book, Command};
use crate::channel::NonStopChange;

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
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
            Event::CustomerChanged(after) => {
                let before = before.customer(after.customer)?;
                let switched = |before: bool, after: bool| (before != after).then_some(after);
                let levelled = |before: Option<u8>, after: Option<u8>| (before != after).then_some(after);
                let (was, is) = (before.spending.non_stop, after.non_stop);
                let change = ChangeCustomer {
                    customer: after.customer,
                    non_stop: NonStopChange {
                        prepaid: switched(was.prepaid, is.prepaid),
                        postpaid: switched(was.postpaid, is.postpaid),
                    },
                    special_suspension: switched(before.spending.special_suspension, after.special_suspension),
                    partner_warning: levelled(before.partner_warning, after.partner_warning),
                    own_warning: levelled(before.own_warning, after.own_warning),
                };
                Some(change.into())
            }
        }
    }
}
