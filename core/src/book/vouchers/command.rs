//! The commands about vouchers.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::book::named::Named;
use crate::channel::{ProductCode, Uin, VoucherId, VoucherMode, VoucherStatus, VoucherUsage};
use crate::ledger::Moment;
use crate::money::Amount;

commands!(Vouchers {
    IssueVoucher[boxed](asked) => Some(asked.owner), Home::Account(asked.owner);
    InvalidateVoucher(asked) => None, Home::Id(asked.voucher.id.0);
    ExpireVoucher(asked) => None, Home::Id(asked.id.0);
});

/// The terms of a new voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueVoucher {
    /// Type I, II or III, with whom it names besides the owner.
    pub kind: NewVoucherKind,
    /// Who gets it.
    pub owner: Uin,
    /// Above zero, at most 1,000,000 (R120).
    pub amount: Amount,
    /// What it is issued for.
    pub usage: VoucherUsage,
    /// Which way of paying.
    pub mode: VoucherMode,
    /// Which products.
    pub products: NewVoucherProducts,
    /// From when it pays.
    pub effective_at: Moment,
    /// From when it no longer pays.
    pub expires_at: Moment,
}

/// Takes a voucher back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidateVoucher {
    /// The voucher that is taken back.
    pub voucher: Named<VoucherId, VoucherStatus>,
}

/// Ends a voucher whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpireVoucher {
    /// The voucher whose time is over.
    pub id: VoucherId,
}

/// What a new voucher is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewVoucherKind {
    /// Type I.
    PartnerAll,
    /// Type II, for a trial of this customer's.
    PartnerCustomer(Uin),
    /// Type III, issued by this partner; by the managing one where absent.
    Customer(Option<Uin>),
}

/// Which products a new voucher fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewVoucherProducts {
    /// Every one.
    All,
    /// These.
    Only(Vec<ProductCode>),
    /// Every one but these.
    Except(Vec<ProductCode>),
}
