//! Orders, and the authorizations of the high-rate path.

mod authorizations;
mod commands;
mod own;
mod queries;
pub(crate) mod rows;
mod views;

pub use authorizations::{OperationRequest, OperationStatus};
pub use commands::RefundRequest;
pub use own::OrderSearch;
pub use queries::OrdersWanted;
pub use views::{AuthorizationState, AuthorizationView, OrderView};
