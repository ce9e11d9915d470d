//! The channel: who sells to whom, who pays whom, and what a purchase must pass. Types and pure rules; how they change
//! the whole is the business of `book`.

mod ids;

pub use ids::{AuthorizationId, DiscountId, OrderId, ParseIdError, ProductCode, Uin};
