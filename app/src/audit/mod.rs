//! Who did what, and what each decision rests on.

mod decisions;
mod queries;
pub(crate) mod rows;

pub use decisions::{Decided, DecisionView, Followed};
pub use queries::{AuditFilter, AuditView};
