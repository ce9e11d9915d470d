//! The commands about receipts, payments and bills.

use crate::access::Action;
use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{ActionType, LineId, PayMode, Uin};
use crate::ledger::Month;
use crate::money::Amount;

/// One request for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Confirms that a customer paid its partner: the confirmed amount is available again at once (R89-R95).
    ConfirmReceipt(ConfirmReceipt),
    /// Records that a partner paid the platform; its spend ledger's `used` falls (R27).
    PayPlatform(PayPlatform),
    /// Notes that a month's bills are issued (R76).
    IssueBills(IssueBills),
}

/// Confirms that a customer paid its partner: the confirmed amount is available again at once (R89-R95).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmReceipt {
    /// Whose bill.
    pub customer: Uin,
    /// Which month's.
    pub month: Month,
    /// Which of its lines.
    pub lines: ReceiptLines,
}

/// Records that a partner paid the platform; its spend ledger's `used` falls (R27).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayPlatform {
    /// Who paid.
    pub partner: Uin,
    /// How much, above zero.
    pub amount: Amount,
}

/// Notes that a month's bills are issued (R76).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueBills {
    /// Which month's.
    pub month: Month,
}

/// A bill line that a receipt names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedLine {
    /// The number of the line.
    pub id: LineId,
    /// Journal position of the binding that it was charged under.
    pub binding_seq: u64,
    /// What the line is for.
    pub action: ActionType,
    /// What the customer owes for it.
    pub amount: Amount,
}

/// Which lines of a bill a receipt is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptLines {
    /// All, or those of one pay mode or type.
    All {
        /// Only those paid this way.
        pay_mode: Option<PayMode>,
        /// Only those of this type.
        action: Option<ActionType>,
    },
    /// These. What a line says never changes, so whoever asks looks it up.
    Named(Vec<NamedLine>),
}

commands!(Bills: ConfirmReceipt, PayPlatform, IssueBills);

impl Command {
    /// What this is in the access matrix, and the account that it is done to.
    pub fn action(&self) -> (Action, Option<Uin>) {
        match self {
            Command::ConfirmReceipt(asked) => (Action::ConfirmReceipt, Some(asked.customer)),
            Command::PayPlatform(asked) => (Action::PayPlatform, Some(asked.partner)),
            Command::IssueBills(_) => (Action::IssueBills, None),
        }
    }

    /// Where it is decided.
    pub fn home(&self) -> Home {
        match self {
            Command::ConfirmReceipt(asked) => Home::Account(asked.customer),
            Command::PayPlatform(asked) => Home::Account(asked.partner),
            Command::IssueBills(_) => Home::Deployment,
        }
    }
}
