//! The Cloud API: API 3.0 as the official, unmodified SDKs speak it, no more forgiving and no less. This room translates:
//! it takes a request apart ([`incoming`], [`request`]), proves who signed it ([`sign`], [`mark`]), finds the action
//! ([`registry`], [`versions`]), keeps to the limits ([`limit`], [`places`], [`replay`]), reads the parameters exactly
//! ([`params`]) and puts the answer into its envelope ([`envelope`]). What an action does is not decided here;
//! [`door`](mod@door) lays down the order of the steps and hands over to the action's function in [`actions`], which calls
//! the application. [`service`] puts it all together.

pub mod actions;
pub mod door;
pub mod envelope;
pub mod error;
pub mod incoming;
pub mod limit;
pub mod mark;
pub mod params;
pub mod places;
mod published;
pub mod registry;
pub mod replay;
pub mod request;
pub mod service;
pub mod sign;
pub mod versions;

pub use door::UnsignedPayload;
pub use service::{CloudOptions, door};
