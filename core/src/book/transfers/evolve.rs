//! Applying the events about money that moves within an organization.

use super::event::{Event, FundsTransferred, TransferReturned};
use crate::book::Book;
use crate::book::fit::Fit;
use crate::channel::TransferId;

/// Applies an event at journal position `seq`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, event: &Event) -> Fit<()> {
    let (transfer, admin_after, member_after) = match event {
        Event::FundsTransferred(FundsTransferred { transfer, admin_after, member_after }) => {
            if transfer.id != TransferId(book.number_at(seq)?) {
                return Err("the transfer has another number".into());
            }
            (transfer, admin_after, member_after)
        }
        Event::TransferReturned(TransferReturned { transfer, admin_after, member_after, .. }) => {
            book.transfer(transfer.id).ok_or("no such transfer")?;
            (transfer, admin_after, member_after)
        }
    };
    book.transfers.put(*transfer);
    book.own_mut(transfer.admin)?.finance = *admin_after;
    book.own_mut(transfer.member)?.finance = *member_after;
    Ok(())
}
