//! The pure heart of Credere. Nothing in here reads a clock, a file, a socket or a random number: time, identifiers
//! and the caller come in as arguments, so the same inputs always give the same outputs and cannot fail for reasons
//! outside the rules.
//!
//! The rooms, from the ground up (an arrow may only point down this list):
//! [`money`] exact amounts and rates; [`ledger`] credit lines and holds; [`channel`] partners, customers and what they
//! may spend; [`organization`] who may pay on whose behalf; [`access`] who may do what; [`book`] where they meet: commands
//! in, events out.

pub mod access;
pub mod book;
pub mod channel;
pub mod ledger;
pub mod money;
pub mod organization;
