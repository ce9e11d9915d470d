//! The events about money that moves within an organization. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::Uin;
use crate::ledger::Finance;
use crate::money::Amount;
use crate::organization::Transfer;
use serde::{Deserialize, Serialize};

events!(Transfers {
    FundsTransferred = 1,
    TransferReturned = 2,
});

/// An admin handed cash to a member; the transfer has this event's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundsTransferred {
    pub transfer: Transfer,
    pub admin_after: Finance,
    pub member_after: Finance,
}

/// A part of a transfer came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferReturned {
    /// As it stands from now on.
    pub transfer: Transfer,
    pub amount: Amount,
    pub admin_after: Finance,
    pub member_after: Finance,
}

impl Event {
    /// The transfer as it stands from now on.
    pub const fn transfer(&self) -> &Transfer {
        match self {
            Event::FundsTransferred(transferred) => &transferred.transfer,
            Event::TransferReturned(returned) => &returned.transfer,
        }
    }

    /// The member.
    pub(in crate::book) const fn member(&self) -> Uin {
        self.transfer().member
    }

    /// The admin.
    pub(in crate::book) const fn admin(&self) -> Uin {
        self.transfer().admin
    }
}
