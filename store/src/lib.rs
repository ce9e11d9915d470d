//! What Credere remembers on disk. [`contract`] says what a store must do; [`sqlite`] and [`memory`] do it, and both
//! pass the same suite. The store knows bytes, positions and rows; it knows no rule of the channel.

mod bill;
pub mod contract;
pub mod frame;
pub mod memory;
pub mod outbox;
mod profile;
pub mod sqlite;
pub mod tail;
pub mod verify;
