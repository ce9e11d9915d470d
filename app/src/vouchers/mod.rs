//! Vouchers and what they paid.

mod commands;
mod queries;
pub(crate) mod rows;
mod views;

pub use views::{CustomerVouchers, VoucherUses};
