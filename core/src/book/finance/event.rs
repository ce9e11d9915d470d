//! The events about the money of accounts that pay for themselves. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{Own, TopUpKind, Uin};
use crate::money::Amount;
use serde::{Deserialize, Serialize};

events!(Finance {
    ToppedUp = 1,
    FinanceChanged = 2,
});

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToppedUp {
    pub account: Uin,
    pub amount: Amount,
    pub kind: TopUpKind,
    pub own_after: Own,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinanceChanged {
    pub account: Uin,
    pub own_after: Own,
}

impl Event {
    /// Whose money it changed.
    pub(in crate::book) fn touches(&self) -> Uin {
        match self {
            Event::ToppedUp(topped_up) => topped_up.account,
            Event::FinanceChanged(changed) => changed.account,
        }
    }
}
