//! What was asked, told from what happened to the bills.

use super::command::{ConfirmReceipt, IssueBills, PayPlatform, ReceiptLines};
use super::event::{BillsIssued, Event, PlatformPaid, ReceiptConfirmed};
use crate::book::{Book, Command};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, _before: &Book) -> Option<Command> {
        match self {
            Event::PlatformPaid(PlatformPaid { partner, amount, .. }) => {
                Some(PayPlatform { partner: *partner, amount: *amount }.into())
            }
            // What the lines of a receipt that named them came to is in history only.
            Event::ReceiptConfirmed(ReceiptConfirmed { customer, month, pay_mode, action, named: None, .. }) => Some(
                ConfirmReceipt {
                    customer: *customer,
                    month: *month,
                    lines: ReceiptLines::All { pay_mode: *pay_mode, action: *action },
                }
                .into(),
            ),
            Event::BillsIssued(BillsIssued { month }) => Some(IssueBills { month: *month }.into()),
            Event::ReceiptConfirmed(ReceiptConfirmed { named: Some(_), .. }) => None,
        }
    }
}
