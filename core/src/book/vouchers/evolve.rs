//! Applying the events about vouchers.

use super::event::{Event, VoucherExpired, VoucherInvalidated, VoucherIssued};
use crate::book::Book;
use crate::book::fit::Misfit;
use crate::channel::{VoucherId, VoucherKind};

/// Applies an event at journal position `seq`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::VoucherIssued(VoucherIssued { voucher, linked }) => {
            if voucher.id != VoucherId::issued_at(book.shard(), seq)? {
                return Err(Misfit("the voucher's number is not its position"));
            }
            for voucher in std::iter::once(voucher).chain(linked) {
                if let VoucherKind::Customer { issuer: Some(issuer) } = voucher.kind {
                    let issuer = book.partner_mut(issuer)?;
                    issuer.vouchers_issued = issuer.vouchers_issued.plus(voucher.amount)?;
                    issuer.vouchers_count += 1;
                }
                book.vouchers.put(voucher.as_ref().clone());
            }
        }
        Event::VoucherInvalidated(VoucherInvalidated { voucher })
        | Event::VoucherExpired(VoucherExpired { voucher }) => {
            book.set_vouchers(std::slice::from_ref(voucher))?;
        }
    }
    Ok(())
}
