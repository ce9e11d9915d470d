//! The commands about receipts, payments and bills, told from their events.

use super::command::{ConfirmReceipt, IssueBills, NamedLine, PayPlatform, ReceiptLines};
use super::event::{BillsIssued, Event, PlatformPaid, ReceiptConfirmed, ReceiptPart};
use crate::book::{Book, Command};
use crate::channel::LineId;
use crate::money::Amount;

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, _before: &Book) -> Option<Command> {
        match self {
            Event::PlatformPaid(PlatformPaid { partner, amount, .. }) => {
                Some(PayPlatform { partner: *partner, amount: *amount }.into())
            }
            Event::ReceiptConfirmed(ReceiptConfirmed { customer, month, pay_mode, action, parts, named, .. }) => {
                let lines = match named {
                    None => ReceiptLines::All { pay_mode: *pay_mode, action: *action },
                    Some(lines) => ReceiptLines::Named(named_again(parts, lines)),
                };
                Some(ConfirmReceipt { customer: *customer, month: *month, lines }.into())
            }
            Event::BillsIssued(BillsIssued { month }) => Some(IssueBills { month: *month }.into()),
        }
    }
}

/// Named lines that come to these parts. What each of them came to is in history only, and a decision asks for no more
/// than the sums: the first line of a part stands for all that it came to.
fn named_again(parts: &[ReceiptPart], lines: &[LineId]) -> Vec<NamedLine> {
    let places = parts.iter().flat_map(|part| (0..part.lines).map(move |place| (part, place)));
    let line = |(id, (part, place)): (&LineId, (&ReceiptPart, u32))| NamedLine {
        id: *id,
        binding_seq: part.binding_seq,
        action: part.action,
        amount: if place == 0 { part.amount } else { Amount::ZERO },
    };
    lines.iter().zip(places).map(line).collect()
}
