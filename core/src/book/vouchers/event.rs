//! The events about vouchers. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::Voucher;
use serde::{Deserialize, Serialize};

events!(Vouchers {
    VoucherIssued = 1,
    VoucherInvalidated = 2,
    VoucherExpired = 3,
});

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherIssued {
    pub voucher: Box<Voucher>,
    /// The customer's voucher that comes with a type II.
    pub linked: Option<Box<Voucher>>,
}

/// The voucher as it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherInvalidated {
    pub voucher: Box<Voucher>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherExpired {
    pub voucher: Box<Voucher>,
}
