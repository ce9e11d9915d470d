//! What a store must do, for whichever database is underneath. Seven parts, kept apart because each has its own rhythm:
//! the [`Journal`] is the truth and is appended to in every commit; [`Snapshots`] shorten a start and may be lost;
//! [`History`] is made for reading, follows behind and can be rebuilt, and so are the [`Keys`] that have left memory; the
//! [`Directory`] keeps names and secrets, which the journal must not hold; the [`Outbox`] what is to be sent;
//! and [`Signatures`] are remembered for some minutes.
//!
//! What belongs to one shard is apart from what is the deployment's: [`ShardStore`] and [`DeploymentStore`], each a handle
//! that a [`Store`] hands out. All tables carry the shard first, so that a store with many shards keeps the same keys.

mod deployment;
mod directory;
mod error;
mod history;
mod shard;
mod signatures;

pub use deployment::DeploymentStore;
pub use directory::*;
pub use error::{Fault, StoreError};
pub use history::*;
pub use shard::{ShardId, ShardStore};
pub use signatures::*;

use crate::frame::{Frame, Position};
use credere_core::ledger::Moment;
use std::sync::Arc;

/// The layout that this build reads and writes. A store of any other is refused. Format 1, of builds before the first
/// version, knew neither where files stand in the journal nor how many rows there should be. Format 2, of builds in between,
/// had no room in a profile for what an organization's admin calls a member.
pub const FORMAT: u32 = 3;

/// The layout of which `credere upgrade` makes a store of this one; its journal holds records of version 2.
pub const UPGRADED_FORMAT: u32 = 1;

/// Whoever visits many things of a kind, one after the other; an error ends the walk.
pub type Visit<'a, T> = &'a mut dyn FnMut(T) -> Result<(), StoreError>;

/// A store: a handle for each shard, and one for what is the deployment's. By itself it reads and writes nothing, so that
/// whoever works with it says on which of them.
pub trait Store: Send + Sync {
    /// The handle for a shard.
    ///
    /// # Errors
    /// [`StoreError::Io`] where the store has no such shard.
    fn shard(self: Arc<Self>, shard: ShardId) -> Result<Arc<dyn ShardStore>, StoreError>;

    /// The handle for what is the deployment's.
    fn deployment(self: Arc<Self>) -> Arc<dyn DeploymentStore>;
}

/// The truth: frames in order, durable before [`Journal::append`] returns.
pub trait Journal {
    /// Where the journal ends.
    ///
    /// # Errors
    /// [`StoreError`]
    fn last(&self) -> Result<Position, StoreError>;

    /// Makes the frame durable, and with it the directory changes that belong to it (versioned by the frame's
    /// `last_seq`, and dropped at the next opening if the frame did not make it). The frame must follow [`Journal::last`].
    ///
    /// # Errors
    /// [`StoreError`]; whether the frame is on disk is then unknown until [`ShardStore::reopen`].
    fn append(&self, frame: &Frame, directory: &[DirectoryWrite]) -> Result<(), StoreError>;

    /// The frame that holds the event at `seq`; `None` beyond the journal's end.
    ///
    /// # Errors
    /// [`StoreError`]
    fn frame_with(&self, seq: u64) -> Result<Option<Frame>, StoreError>;

    /// Visits the frames that hold the events after `after_seq` up to `upto_seq`, in order, and ends there however fast
    /// the journal grows. Both must be a frame's end (`after_seq` may be 0, and `upto_seq` beyond the journal's end).
    ///
    /// # Errors
    /// [`StoreError`], or the visitor's own, which ends the walk.
    fn frames(&self, after_seq: u64, upto_seq: u64, visit: Visit<'_, Frame>) -> Result<(), StoreError>;
}

/// Images of the book at one journal position each: whole ones, and such as hold only what changed since the one before.
/// An image of the second kind is read together with all those before it, up to the whole one.
pub trait Snapshots {
    /// Keeps an image. `changed_since` is absent for a whole one; otherwise the image holds what changed since that
    /// position, builds on the newest one, which must not be before that, nor at this place or after it. Once a whole image is kept, all those before
    /// the whole one before it go. `chunks` is read once. Answers whether a whole one would be the shorter by now: what
    /// builds on the newest whole one outweighs it.
    ///
    /// # Errors
    /// [`StoreError`]; the images kept before are untouched. [`StoreError::Corrupt`] for a place that is not in the
    /// journal, and where there is nothing to build on.
    fn keep_snapshot(
        &self,
        at: &Position,
        changed_since: Option<u64>,
        chunks: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<bool, StoreError>;

    /// The newest image that is not after `seq`; its chunks go to `visit` in order, then those of the image that it builds
    /// on, and so on to the whole one. One of which any part is damaged is passed over.
    ///
    /// # Errors
    /// [`StoreError`], or the visitor's own.
    fn snapshot(
        &self,
        not_after_seq: u64,
        visit: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<Option<Position>, StoreError>;

    /// Forgets all images after `seq`, so that no start believes them.
    ///
    /// # Errors
    /// [`StoreError`]
    fn forget_snapshots(&self, after_seq: u64) -> Result<(), StoreError>;
}

/// Idempotency keys that have left memory, and at which record each was used: what was asked and answered under it is in the
/// journal. They come in large runs that never change: each is sorted once, kept in pages in key order, and stands behind
/// a filter, so that a key that was never used costs no disk access but for the filters' false alarms. What is not sealed
/// yet is read from the journal.
pub trait Keys {
    /// The journal position up to which keys have been sealed.
    ///
    /// # Errors
    /// [`StoreError`]
    fn sealed_keys_seq(&self) -> Result<u64, StoreError>;

    /// Keeps one run: the keys used in the events after `after_seq` up to `upto_seq` (hundreds of thousands of them, in any
    /// order; of two uses of one key the later counts), and moves [`Keys::sealed_keys_seq`] there. Small runs may be merged
    /// into larger ones, so that there are never many to ask.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the run is there then. [`StoreError::Corrupt`] where the position lies before `after_seq`,
    /// since keys between the two would be in no run, or behind `upto_seq`, or no frame ends there.
    fn seal_keys(&self, after_seq: u64, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError>;

    /// For each key, the journal position of its use: of several the newest.
    ///
    /// # Errors
    /// [`StoreError`]
    fn find_keys(&self, keys: &[KeyHash]) -> Result<Vec<Option<u64>>, StoreError>;

    /// Drops the runs whose every key was first used before `before`, or before `lasting_before` for the lasting ones.
    /// Lasting keys and others never share a run.
    ///
    /// # Errors
    /// [`StoreError`]
    fn forget_keys(&self, before: Moment, lasting_before: Moment) -> Result<(), StoreError>;

    /// Forgets every run, to be sealed again from the journal's start.
    ///
    /// # Errors
    /// [`StoreError`]
    fn clear_keys(&self) -> Result<(), StoreError>;
}

/// 128 bits of a BLAKE3 hash over namespace and key.
pub type KeyHash = [u8; 16];

/// The first use of an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRow {
    /// Hash over namespace and key.
    pub key: KeyHash,
    /// Journal position of the first use.
    pub seq: u64,
    /// When that was.
    pub at: Moment,
    /// Whether it is kept for longer than the others: a metering key, which stays unique for as long as its record may
    /// be sent again.
    pub lasting: bool,
}
