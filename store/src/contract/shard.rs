//! Shards: each has a journal of its own, and everything that follows from it or belongs to the accounts in it. No number
//! of one shard's means anything in another.

use super::{Directory, History, Journal, Keys, Snapshots};
use crate::outbox::Outbox;

/// A shard's number.
pub use credere_core::ledger::Shard as ShardId;

/// The handle for one shard.
pub trait ShardStore: Journal + Snapshots + History + Keys + Directory + Outbox {}

impl<S: Journal + Snapshots + History + Keys + Directory + Outbox> ShardStore for S {}
