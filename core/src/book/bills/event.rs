//! The events about receipts, payments and bills. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{ActionType, LineId, PayMode, Uin};
use crate::ledger::{Line, Month};
use crate::money::Amount;
use serde::{Deserialize, Serialize};

events!(Bills {
    ReceiptConfirmed = 1,
    PlatformPaid = 2,
    BillsIssued = 3,
});

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptConfirmed {
    pub customer: Uin,
    pub month: Month,
    /// The partner that was paid.
    pub partner: Uin,
    /// What was asked for.
    pub pay_mode: Option<PayMode>,
    pub action: Option<ActionType>,
    /// What flipped, by binding and type.
    pub parts: Vec<ReceiptPart>,
    /// The lines that were named, where lines were.
    pub named: Option<Vec<LineId>>,
    pub lines: u32,
    pub returned: Amount,
    /// Absent when the customer is no longer bound to that partner.
    pub customer_after: Option<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformPaid {
    pub partner: Uin,
    pub amount: Amount,
    pub partner_after: Line,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillsIssued {
    pub month: Month,
}

/// What a receipt confirmed under one binding for one type of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptPart {
    /// Journal position of the binding.
    pub binding_seq: u64,
    /// What the lines are for.
    pub action: ActionType,
    /// How many lines.
    pub lines: u32,
    /// What they come to.
    pub amount: Amount,
}

impl Event {
    /// Whose credit it changed.
    pub(in crate::book) fn touches(&self) -> Option<Uin> {
        match self {
            Event::ReceiptConfirmed(confirmed) => Some(confirmed.customer),
            Event::PlatformPaid(_) | Event::BillsIssued(_) => None,
        }
    }
}
