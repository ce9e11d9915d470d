//! What can be read of parties, one subject a file.

mod accounts;
mod allocations;
mod customers;
mod partners;

pub(crate) use customers::calling_account;
pub use customers::{CustomerEntry, CustomerFilter, CustomerPage, PageOrder};
pub use partners::SecondLevelFilter;
