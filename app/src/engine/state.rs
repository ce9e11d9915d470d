//! What the writer, its followers and the readers share: the book as it stands, how far the disk and history are, and what
//! is counted.

use super::options::EngineOptions;
use crate::clock::{BusinessClock, ticks};
use crate::notices::Feed;
use crate::shares::Shares;
use credere_core::access::Asker;
use credere_core::book::Book;
use credere_store::contract::ShardStore;
use parking_lot::{Mutex, RwLock};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
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
    /// The position of the newest snapshot that is kept.
    pub(super) snapshot_seq: AtomicU64,
    /// Whether a snapshot is being kept, or waits for that.
    pub(super) snapshot_under_way: AtomicBool,
    /// Whether the next snapshot is to be a whole one, since that is the shorter.
    pub(super) snapshot_outgrown: AtomicBool,
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
}

impl Shared {
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

    /// Whether a follower trails so far that new writes must wait.
    pub(super) fn behind(&self) -> bool {
        let late = |since: Instant| ticks().duration_since(since) > self.options.history_lag_max;
        let history_late = self.history_waits.lock().front().is_some_and(|(_, since)| late(*since));
        let tail = self.durable.borrow().seq.saturating_sub(self.snapshot_seq.load(Relaxed));
        history_late || tail > self.options.tail_max
    }
}
