//! Vouchers as events of version 2 carried them: a partner had issued each one.

use crate::book::vouchers;
use crate::channel::{self, Uin, VoucherId, VoucherMode, VoucherProducts, VoucherStatus, VoucherUsage};
use crate::ledger::Moment;
use crate::money::Amount;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
enum Kind {
    PartnerAll,
    PartnerCustomer(Uin),
    Customer { issuer: Uin },
}

#[derive(Debug, Deserialize)]
pub(super) struct Voucher {
    id: VoucherId,
    kind: Kind,
    owner: Uin,
    amount: Amount,
    remaining: Amount,
    reserved: Amount,
    usage: VoucherUsage,
    mode: VoucherMode,
    products: VoucherProducts,
    effective_at: Moment,
    expires_at: Moment,
    issued_at: Moment,
    status: VoucherStatus,
}

impl From<Voucher> for channel::Voucher {
    fn from(voucher: Voucher) -> channel::Voucher {
        let Voucher { id, kind, owner, amount, remaining, reserved, usage, mode, products, .. } = voucher;
        let Voucher { effective_at, expires_at, issued_at, status, .. } = voucher;
        let kind = match kind {
            Kind::PartnerAll => channel::VoucherKind::PartnerAll,
            Kind::PartnerCustomer(customer) => channel::VoucherKind::PartnerCustomer(customer),
            Kind::Customer { issuer } => channel::VoucherKind::Customer { issuer: Some(issuer) },
        };
        channel::Voucher {
            id,
            kind,
            owner,
            amount,
            remaining,
            reserved,
            usage,
            mode,
            products,
            effective_at,
            expires_at,
            issued_at,
            status,
        }
    }
}

/// All of them as they are today.
pub(super) fn all(vouchers: Vec<Voucher>) -> Vec<channel::Voucher> {
    vouchers.into_iter().map(Into::into).collect()
}

#[derive(Debug, Deserialize)]
pub(super) struct VoucherIssued {
    voucher: Box<Voucher>,
    linked: Option<Box<Voucher>>,
}

impl VoucherIssued {
    pub(super) fn upgraded(self) -> vouchers::VoucherIssued {
        let linked = self.linked.map(|linked| Box::new((*linked).into()));
        vouchers::VoucherIssued { voucher: Box::new((*self.voucher).into()), linked }
    }
}

/// One that was taken back, or whose time was over.
#[derive(Debug, Deserialize)]
pub(super) struct VoucherEnded {
    voucher: Box<Voucher>,
}

impl VoucherEnded {
    pub(super) fn invalidated(self) -> vouchers::VoucherInvalidated {
        vouchers::VoucherInvalidated { voucher: Box::new((*self.voucher).into()) }
    }

    pub(super) fn expired(self) -> vouchers::VoucherExpired {
        let vouchers::VoucherInvalidated { voucher } = self.invalidated();
        vouchers::VoucherExpired { voucher }
    }
}
