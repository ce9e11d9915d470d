//! Postpaid resources, and what is used of them.

mod commands;
mod queries;
pub(crate) mod rows;
mod usage;
mod views;

pub use usage::{UsageRequest, UsageStatus};
pub use views::{ResourceView, TerminatedView};
