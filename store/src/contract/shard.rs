//! Shards: each has a journal of its own, and everything that follows from it or belongs to the accounts in it. No position
//! of one shard's means anything in another.

use super::{Directory, History, Journal, Keys, Snapshots, StoreError};
use crate::outbox::Outbox;

/// A shard's number.
pub use credere_core::ledger::Shard as ShardId;

/// The handle for one shard.
pub trait ShardStore: Journal + Snapshots + History + Keys + Directory + Outbox + Send + Sync {
    /// Which shard it is. Positions in its rows are its own: no row has another shard's.
    fn id(&self) -> ShardId;

    /// Closes and opens everything anew, after a failed commit: nothing that was cached may be trusted, and what a
    /// failed flush may have left behind must be safely on disk (or gone) before this returns.
    ///
    /// # Errors
    /// [`StoreError`] while the shard cannot be brought back; may be called again.
    fn reopen(&self) -> Result<(), StoreError>;
}
