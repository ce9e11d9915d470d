//! What the writer, its followers and the readers share: the book as it stands, how far the disk and history are, and what
//! is counted.

use super::options::EngineOptions;
use crate::clock::{BusinessClock, ticks};
use crate::notices::Feed;
use crate::shares::Shares;
use credere_core::access::Asker;
use credere_core::book::Book;
use credere_store::contract::{ShardStore, StoreError};
use parking_lot::{Mutex, RwLock};
use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How finely history's lag is measured.
const LAG_STEP: Duration = Duration::from_millis(20);

/// How far the disk is, and which life of the book that counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Durable {
    pub(super) seq: u64,
    /// Grows whenever the book is rebuilt: what was read from an earlier life may never have become durable.
    pub(super) epoch: u64,
}

pub(super) struct Shared {
    pub(super) store: Arc<dyn ShardStore>,
    pub(super) options: EngineOptions,
    pub(super) clock: BusinessClock,
    pub(super) book: RwLock<Book>,
    pub(super) epoch: AtomicU64,
    pub(super) durable: watch::Sender<Durable>,
    pub(super) ready: AtomicBool,
    /// Set once nothing is to be tried again any more.
    pub(super) stopping: AtomicBool,
    pub(super) waiting: Shares<Asker>,
    pub(super) history: watch::Sender<u64>,
    /// What has become durable and waits to go into history: up to which position, since when. Oldest first, with at
    /// most one entry a [`LAG_STEP`].
    pub(super) history_waits: Mutex<VecDeque<(u64, Instant)>>,
    pub(super) snapshots: SnapshotState,
    pub(super) counts: Counts,
    /// What may have to be told to somebody.
    pub(super) feed: Arc<Feed>,
}

#[derive(Default)]
pub(super) struct Counts {
    pub(super) commits: AtomicU64,
    pub(super) records: AtomicU64,
    pub(super) failures: AtomicU64,
    pub(super) overloads: AtomicU64,
    /// Batches of usage that waited for history.
    pub(super) paced: AtomicU64,
    /// Snapshots that were not what the journal says.
    pub(super) refuted: AtomicU64,
}

/// How far snapshots are: one is taken at a time.
#[derive(Default)]
pub(super) struct SnapshotState {
    newest: AtomicU64,
    proven: AtomicU64,
    under_way: AtomicBool,
    outgrown: AtomicBool,
}

impl SnapshotState {
    /// Of a store that has one at this position; 0 for none.
    pub(super) fn with(newest: u64) -> SnapshotState {
        SnapshotState { newest: newest.into(), proven: newest.into(), ..SnapshotState::default() }
    }

    /// The position of the newest one that is kept; 0 for none.
    pub(super) fn newest(&self) -> u64 {
        self.newest.load(Relaxed)
    }

    /// The position of the newest one that is proven, or that the book was started on; 0 for none.
    pub(super) fn newest_proven(&self) -> u64 {
        self.proven.load(Relaxed)
    }

    /// The one at this position is what the journal says.
    pub(super) fn proven(&self, seq: u64) {
        self.proven.store(seq, Relaxed);
    }

    /// Begins one, unless another is under way.
    pub(super) fn begin(&self) -> bool {
        !self.under_way.swap(true, SeqCst)
    }

    /// Whether the next one is to be whole, since what has changed is no shorter.
    pub(super) fn outgrown(&self) -> bool {
        self.outgrown.load(Relaxed)
    }

    /// The one under way is kept.
    pub(super) fn kept(&self, seq: u64, outgrown: bool) {
        self.outgrown.store(outgrown, Relaxed);
        self.newest.store(seq, Relaxed);
        self.under_way.store(false, SeqCst);
    }

    /// Those after this position are not there any more.
    pub(super) fn forgotten(&self, after_seq: u64) {
        self.newest.fetch_min(after_seq, Relaxed);
    }

    /// The one under way is given up.
    pub(super) fn dropped(&self) {
        self.under_way.store(false, SeqCst);
    }
}

/// A thread's hold on what is shared: one that ends in a panic leaves a book behind that is on no disk, and nobody looks at
/// it any more.
pub(super) struct Watch(pub(super) Arc<Shared>);

impl Deref for Watch {
    type Target = Arc<Shared>;

    fn deref(&self) -> &Arc<Shared> {
        &self.0
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.ready.store(false, SeqCst);
        }
    }
}

impl Shared {
    /// A commit has failed: nobody is answered from the book before it is built anew.
    pub(super) fn fails(&self, error: &StoreError) {
        tracing::error!(%error, "a commit failed");
        self.ready.store(false, SeqCst);
    }

    /// Counts somebody who was turned away as overloaded.
    pub(super) fn turned_away(&self) {
        self.counts.overloads.fetch_add(1, Relaxed);
    }

    /// Notes that history has something to wait for.
    pub(super) fn history_waits_for(&self, seq: u64) {
        let (mut waits, now) = (self.history_waits.lock(), ticks());
        match waits.back_mut() {
            Some((upto, since)) if now.duration_since(*since) < LAG_STEP => *upto = seq,
            _ => waits.push_back((seq, now)),
        }
    }

    /// Notes how far history has come.
    pub(super) fn history_has(&self, seq: u64) {
        let mut waits = self.history_waits.lock();
        while waits.front().is_some_and(|(upto, _)| *upto <= seq) {
            waits.pop_front();
        }
    }

    /// Whether history trails by more than this.
    pub(super) fn history_trails(&self, by: Duration) -> bool {
        let late = |since: Instant| ticks().duration_since(since) > by;
        self.history_waits.lock().front().is_some_and(|(_, since)| late(*since))
    }

    /// Whether a follower trails so far that new writes are turned away.
    pub(super) fn behind(&self) -> bool {
        let tail = self.durable.borrow().seq.saturating_sub(self.snapshots.newest());
        self.history_trails(self.options.history_lag_max) || tail > self.options.tail_max
    }
}
