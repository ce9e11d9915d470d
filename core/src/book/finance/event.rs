//! The events about the money of accounts that pay for themselves. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{CardId, Last4, TopUpKind, Uin};
use crate::ledger::{Finance, Month};
use crate::money::Amount;
use serde::{Deserialize, Serialize};

events!(Finance {
    ToppedUp = 1,
    FinanceChanged = 2,
    CardAdded = 3,
    CardRemoved = 4,
    OffersInherited = 5,
    InheritanceEnded = 6,
});

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToppedUp {
    pub account: Uin,
    pub amount: Amount,
    pub kind: TopUpKind,
    pub finance_after: Finance,
    /// As it stays.
    pub overdue_amount: Amount,
    /// Whose offers it has, likewise.
    pub inherits_from: Option<Uin>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinanceChanged {
    pub account: Uin,
    pub finance_after: Finance,
    pub overdue_amount: Amount,
    /// Whose offers it has, as that stays.
    pub inherits_from: Option<Uin>,
}

/// A card was added; it has this event's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardAdded {
    pub account: Uin,
    pub last4: Last4,
    pub expires: Month,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardRemoved {
    pub account: Uin,
    pub card: CardId,
}

/// An account has another one's offers from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffersInherited {
    pub account: Uin,
    pub from: Uin,
}

/// An account has its own offers again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InheritanceEnded {
    pub account: Uin,
    /// Whose it had.
    pub from: Uin,
}

impl Event {
    /// Whose money, cards or offers it changed.
    pub(in crate::book) fn touches(&self) -> Uin {
        match self {
            Event::ToppedUp(topped_up) => topped_up.account,
            Event::FinanceChanged(changed) => changed.account,
            Event::CardAdded(added) => added.account,
            Event::CardRemoved(removed) => removed.account,
            Event::OffersInherited(inherited) => inherited.account,
            Event::InheritanceEnded(ended) => ended.account,
        }
    }
}
