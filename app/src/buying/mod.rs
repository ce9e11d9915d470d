//! Orders, and the authorizations of the high-rate path.

mod authorizations;
mod commands;
mod queries;
pub(crate) mod rows;
mod views;

pub use authorizations::{OperationRequest, OperationStatus};
pub use rows::order_row;
pub use views::{AuthorizationView, OrderView, order_of};
