//! What became of a voucher by a command that went through, as it is shown to whoever asked for it.

use super::views::{ProductScope, VoucherView};
use crate::app::App;
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::book::{Event, vouchers};

impl App {
    /// The voucher as it was issued or taken back. Its products' codes come from the book: products stay, and so do their
    /// codes.
    ///
    /// # Errors
    /// [`Failure::Internal`] when none was.
    pub fn voucher_after(&self, done: &Done) -> Result<VoucherView, Failure> {
        let voucher = match &*done.event {
            Event::Vouchers(vouchers::Event::VoucherIssued(fact)) => &fact.voucher,
            Event::Vouchers(vouchers::Event::VoucherInvalidated(fact)) => &fact.voucher,
            _ => return Err(unexpected()),
        };
        let codes = voucher.products.listed().iter().map(|number| self.product_code(*number));
        Ok(VoucherView {
            id: voucher.id,
            kind: voucher.kind,
            owner: voucher.owner,
            amount: voucher.amount,
            remaining: voucher.remaining,
            status: voucher.status,
            usage: voucher.usage,
            mode: voucher.mode,
            scope: ProductScope::of(&voucher.products),
            products: codes.collect::<Option<_>>().ok_or(unexpected())?,
            effective_at: voucher.effective_at,
            expires_at: voucher.expires_at,
            issued_at: voucher.issued_at,
        })
    }
}
