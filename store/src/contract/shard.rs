//! Shards: each has a journal of its own, and everything that follows from it or belongs to the accounts in it. No number
//! of one shard's means anything in another.

use super::{Directory, History, Journal, Keys, Snapshots, StoreError};
use crate::outbox::Outbox;
use std::fmt;

/// A shard's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardId(pub u16);

impl ShardId {
    /// The first one, which every store has, and most have no other.
    pub const FIRST: ShardId = ShardId(0);
}

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The handle for one shard.
pub trait ShardStore: Journal + Snapshots + History + Keys + Directory + Outbox + Send + Sync {
    /// Closes and opens everything anew, after a failed commit: nothing that was cached may be trusted, and what a
    /// failed flush may have left behind must be safely on disk (or gone) before this returns.
    ///
    /// # Errors
    /// [`StoreError`] while the shard cannot be brought back; may be called again.
    fn reopen(&self) -> Result<(), StoreError>;
}
