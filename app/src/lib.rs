//! Credere's use cases. [`App`] takes a command to the book, makes it durable and answers; or reads what is durable.
//! The faces (HTTP, SDK protocol, command line) translate and call this crate; the rules are in the core, the bytes in
//! the store.
//!
//! [`engine`] is the one writer and what follows it; [`commands`] and [`queries`] hold one use case a file; [`notices`]
//! are queued and sent. [`clock`] is the only place that asks the system for the time, [`random`] for randomness, and
//! [`idempotency`] makes the namespaces of keys. [`shares`] keeps one caller from using up what all share.

mod app;
pub mod check;
pub mod clock;
pub mod commands;
mod deployment;
pub mod engine;
mod failure;
pub mod idempotency;
pub mod notices;
mod platform_keys;
mod progress;
pub mod queries;
pub mod random;
pub mod recover;
mod secrets;
pub mod shares;
mod start;

pub use app::App;
pub use deployment::Deployment;
pub use failure::{Failure, StartError};
pub use progress::{Phase, Progress, Quiet};
pub use secrets::{MasterKey, SecretText, check_platform_key, new_secret};
pub use start::{Options, has_master_key};
