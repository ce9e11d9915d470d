//! Postpaid resources, and what is used of them.

mod commands;
mod queries;
pub(crate) mod rows;
mod usage;

pub use usage::{UsageRequest, UsageStatus};
