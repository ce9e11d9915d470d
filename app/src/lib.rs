//! Credere's use cases. [`App`] takes a command to the book, makes it durable and answers; or reads what is durable.
//! The faces (HTTP, SDK protocol, command line) translate and call this crate; the rules are in the core, the bytes in
//! the store.
//!
//! There is a room an area, as in the core: its commands, its queries, what its things look like, and the rows of history
//! that its events come to. [`engine`] is the one writer and what follows it; [`notices`] are queued and sent. [`clock`] is
//! the only place that asks the system for the time, [`random`] for randomness, and [`idempotency`] makes the namespaces
//! of keys. [`shares`] keeps one caller from using up what all share.

mod answers;
mod app;
pub mod audit;
pub mod bills;
pub mod buying;
mod caller;
mod catalogue;
pub mod check;
pub mod clock;
mod command;
pub mod deployment;
mod duties;
pub mod engine;
mod failure;
pub mod idempotency;
pub mod members;
pub mod metering;
pub mod notices;
pub mod packs;
pub mod parties;
pub mod payers;
mod progress;
pub mod random;
mod reading;
pub mod recover;
mod rows;
mod secrets;
pub mod shares;
mod standing;
mod start;
pub mod transfers;
pub mod upgrade;
pub mod vouchers;

pub use answers::KeptUse;
pub use app::App;
pub use caller::Caller;
pub use command::Done;
pub use deployment::Deployment;
pub use failure::{Failure, Fault, StartError, StoreError};
pub use progress::{Phase, Progress, Quiet};
pub use secrets::{MasterKey, SecretText, check_platform_key, new_secret};
pub use start::{Options, has_master_key};
