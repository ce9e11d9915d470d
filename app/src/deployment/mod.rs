//! What is the whole deployment's: what it chose at its first start, its platform keys, and its clock.

mod accepted_keys;
mod clock;
mod commands;
mod facts;
mod queries;

pub(crate) use accepted_keys::{PlatformKeys, access_name, name_of, number_of};
pub use commands::{NewPlatformKey, OtherKeys, ResetKey};
pub use facts::Deployment;
pub(crate) use facts::SANDBOX;
pub use queries::PlatformKeyView;
