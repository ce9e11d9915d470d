//! Vouchers and what they paid.

mod commands;
mod outcomes;
mod queries;
pub(crate) mod rows;
mod views;

pub use views::{
    CustomerVouchers, ProductScope, VoucherMonthView, VoucherQuery, VoucherUseView, VoucherUses, VoucherView,
};
