//! Who did what, and what each decision rests on.

mod decisions;
mod queries;
pub(crate) mod rows;
mod views;

pub use decisions::{Decided, DecisionView, Followed};
pub use queries::AuditFilter;
pub use views::AuditView;
