//! Bills, their lines, and the receipts for them.

mod commands;
mod downloads;
mod outcomes;
mod queries;
pub(crate) mod rows;
mod views;

pub use commands::ReceiptRequest;
pub use views::{
    Bill, BillPartView, BillSum, BillView, LineQuery, LineView, NamedPartView, PaymentView, ReceiptView, View,
};
