//! The events about how customers stand. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{NonStop, Notice, PayerTerms, Standing, Uin};
use crate::ledger::{Day, Moment};
use crate::money::Amount;
use serde::{Deserialize, Serialize};

events!(Standing {
    CustomerChanged = 1,
    SuspensionForced = 2,
    SuspensionLifted = 3,
    CustomerReviewed = 4,
});

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

/// The recipients of a customer, or of whoever pays for itself, were told what they were due. Follows the change that made it
/// due in the same commit, or comes with the day's sweep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerReviewed {
    pub customer: Uin,
    pub day: Day,
    /// Since when it is overdue, as of now.
    pub overdue_since: Option<Moment>,
    pub available: Amount,
    /// How much was handed down to it, or how much it may owe where it pays for itself.
    pub total: Amount,
    pub notices: Vec<Notice>,
    /// How it stands as to what runs, which its recipients know from now on.
    pub suspension: Standing,
    /// Who pays for it, where somebody else does.
    pub payer: Option<ReviewedPayer>,
}

/// Who pays for an account that was reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewedPayer {
    pub payer: Uin,
    /// Under which terms of its the account stands from now on.
    pub terms: PayerTerms,
    /// What it had available.
    pub available: Amount,
}

impl Event {
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
