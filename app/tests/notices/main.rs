//! Notices arrive: once for each receiver, signed, again after failures and restarts, and no receiver holds up another.
//! Receivers are sockets of the tests' own on the loopback address; nothing sleeps, everything waits for what is to come.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails at that place")]

mod dying;
mod letters;
mod organizations;
mod receiver;
mod sending;
#[path = "../support/mod.rs"]
mod support;
mod switching;
mod world;
