//! The application on a store: what is answered is durable, what fails changes nothing, what was asked twice is done
//! once. Each test has its own store and its own clock.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails at that place")]

mod ended;
mod explain;
mod failing;
mod jump;
mod keys;
mod numbers;
mod oscillation;
mod overlap;
mod pace;
mod proofs;
mod reading;
mod restart;
mod searching;
#[path = "../support/mod.rs"]
mod support;
mod time;
mod world;
