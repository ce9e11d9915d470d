//! The events about how customers stand. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{NonStop, Notice, Standing, Uin};
use crate::ledger::{Day, Moment};
use crate::money::Amount;
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Event {
    CustomerChanged(CustomerChanged) = 1,
    SuspensionForced(SuspensionForced) = 2,
    SuspensionLifted(SuspensionLifted) = 3,
    /// A customer's recipients were told what they were due. Follows the change that made it due in the same commit, or
    /// comes with the day's sweep.
    CustomerReviewed(CustomerReviewed) = 4,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerChanged {
    pub customer: Uin,
    pub non_stop: NonStop,
    pub special_suspension: bool,
    pub partner_warning: Option<u8>,
    pub own_warning: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionForced {
    pub customer: Uin,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionLifted {
    pub customer: Uin,
}

/// A customer's recipients were told what they were due. Follows the change that made it due in the same commit, or
/// comes with the day's sweep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerReviewed {
    pub customer: Uin,
    pub partner: Uin,
    pub day: Day,
    /// Since when it is overdue, as of now.
    pub overdue_since: Option<Moment>,
    pub available: Amount,
    pub total: Amount,
    pub notices: Vec<Notice>,
    /// How it stands as to what runs, which its recipients know from now on.
    pub suspension: Standing,
}

events!(Standing: CustomerChanged, SuspensionForced, SuspensionLifted, CustomerReviewed);

impl Event {
    /// The event's name in logs and explanations.
    pub const fn name(&self) -> &'static str {
        match self {
            Event::CustomerChanged(_) => "customer_changed",
            Event::SuspensionForced(_) => "suspension_forced",
            Event::SuspensionLifted(_) => "suspension_lifted",
            Event::CustomerReviewed(_) => "customer_reviewed",
        }
    }

    /// Whose standing it changed.
    pub(in crate::book) fn touches(&self) -> Uin {
        match self {
            Event::CustomerChanged(changed) => changed.customer,
            Event::SuspensionForced(forced) => forced.customer,
            Event::SuspensionLifted(lifted) => lifted.customer,
            Event::CustomerReviewed(reviewed) => reviewed.customer,
        }
    }
}
