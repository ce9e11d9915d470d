//! Bills, their lines, and the receipts for them.

mod commands;
mod consolidated;
mod downloads;
mod matching;
mod outcomes;
mod queries;
pub(crate) mod rows;
mod views;

pub use commands::ReceiptRequest;
pub use consolidated::{ConsolidatedView, MemberBill};
pub use matching::{LineMatch, ResourceSum};
pub use views::{
    Bill, BillPartView, BillSum, BillView, LineQuery, LineView, NamedPartView, PaymentView, ReceiptView, View,
};
