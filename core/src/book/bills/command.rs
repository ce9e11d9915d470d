//! The commands about receipts, payments and bills.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{ActionType, LineId, PayMode, Uin};
use crate::ledger::Month;
use crate::money::Amount;

commands!(Bills {
    ConfirmReceipt(asked) => Some(asked.customer), Home::Account(asked.customer);
    PayPlatform(asked) => Some(asked.partner), Home::Account(asked.partner);
    IssueBills(_) => None, Home::Deployment;
});

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
