//! The commands about vouchers, told from their events.

use super::command::{ExpireVoucher, InvalidateVoucher, IssueVoucher, NewVoucherKind, NewVoucherProducts};
use super::event::{Event, VoucherExpired, VoucherInvalidated, VoucherIssued};
use crate::book::{Book, Command};
use crate::channel::{ProductCode, Voucher, VoucherKind, VoucherProducts};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
        let code = |number: u32| Some(before.product_numbered(number)?.code.clone());
        match self {
            Event::VoucherIssued(VoucherIssued { voucher, .. }) => Some(terms_of(voucher, &code)?.into()),
            Event::VoucherInvalidated(VoucherInvalidated { voucher }) => {
                Some(InvalidateVoucher { voucher: voucher.id.into() }.into())
            }
            Event::VoucherExpired(VoucherExpired { voucher }) => Some(ExpireVoucher { id: voucher.id }.into()),
        }
    }
}

fn terms_of(voucher: &Voucher, code: &impl Fn(u32) -> Option<ProductCode>) -> Option<IssueVoucher> {
    let codes = |numbers: &[u32]| numbers.iter().map(|number| code(*number)).collect::<Option<Vec<_>>>();
    Some(IssueVoucher {
        kind: match voucher.kind {
            VoucherKind::PartnerAll => NewVoucherKind::PartnerAll,
            VoucherKind::PartnerCustomer(customer) => NewVoucherKind::PartnerCustomer(customer),
            VoucherKind::Customer { issuer } => NewVoucherKind::Customer(issuer),
        },
        owner: voucher.owner,
        amount: voucher.amount,
        usage: voucher.usage,
        mode: voucher.mode,
        products: match &voucher.products {
            VoucherProducts::All => NewVoucherProducts::All,
            VoucherProducts::Only(numbers) => NewVoucherProducts::Only(codes(numbers)?),
            VoucherProducts::Except(numbers) => NewVoucherProducts::Except(codes(numbers)?),
        },
        effective_at: voucher.effective_at,
        expires_at: voucher.expires_at,
    })
}
