//! The actions as a client sees them: signed requests through the door to an application on a store in memory. What each
//! answers is compared to the letter, each refusal by its code, and who reaches whom is printed as a table.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod answers;
mod billing;
mod bills;
mod market;
mod matrix;
mod organization_refusals;
mod organizations;
mod receipts;
mod refusals;
mod signer;
mod vouchers;
