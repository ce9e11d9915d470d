//! The commands about money that moves within an organization, told from their events.

use super::command::{ReturnTransfer, TransferFunds};
use super::event::{Event, FundsTransferred, TransferReturned};
use crate::book::Command;

impl Event {
    /// The command that led to this event.
    pub(in crate::book) fn asked(&self) -> Command {
        match self {
            Event::FundsTransferred(FundsTransferred { transfer, .. }) => {
                TransferFunds { organization: transfer.organization, member: transfer.member, amount: transfer.amount }
                    .into()
            }
            Event::TransferReturned(TransferReturned { transfer, amount, .. }) => {
                ReturnTransfer { organization: transfer.organization, transfer: transfer.id, amount: *amount }.into()
            }
        }
    }
}
