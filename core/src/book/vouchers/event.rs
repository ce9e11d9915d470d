//! The events about vouchers. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::Voucher;
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Event {
    VoucherIssued(VoucherIssued) = 1,
    /// The voucher as it ended.
    VoucherInvalidated(VoucherInvalidated) = 2,
    VoucherExpired(VoucherExpired) = 3,
}

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

events!(Vouchers: VoucherIssued, VoucherInvalidated, VoucherExpired);

impl Event {
    /// The event's name in logs and explanations.
    pub const fn name(&self) -> &'static str {
        match self {
            Event::VoucherIssued(_) => "voucher_issued",
            Event::VoucherInvalidated(_) => "voucher_invalidated",
            Event::VoucherExpired(_) => "voucher_expired",
        }
    }
}
