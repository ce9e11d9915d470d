//! A store that forgets: everything in plain maps, for tests and simulation. It keeps the contract to the letter,
//! including what a failed append leaves behind, so that what is tested on it holds for a store on disk.

mod deployment;
mod directory;
mod history;
mod images;
mod keys;
mod outbox;
mod signatures;

use crate::contract::{
    DeploymentStore, DirectoryWrite, Journal, ShardId, ShardStore, SignatureRow, Store, StoreError, Visit,
};
use crate::frame::{Frame, Position};
use directory::Names;
use history::Rows;
use keys::Runs;
use outbox::Queued;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};

/// A store in memory, which has one shard: it is the handle for that, and for the deployment. Everything is gone when it is
/// dropped.
#[derive(Default)]
pub struct MemoryStore {
    shard: ShardId,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    frames: Vec<Frame>,
    facts: BTreeMap<String, String>,
    /// The newest two chains, the newest image last.
    snapshots: Vec<images::Image>,
    rows: Rows,
    runs: Runs,
    names: Names,
    queued: Queued,
    signatures: Vec<SignatureRow>,
    next_failure: Option<(StoreError, Disposition)>,
    append_hold: Option<Hold>,
    fold_hold: Option<Hold>,
    /// An append has failed and the store has not been opened anew since.
    in_doubt: bool,
}

/// What becomes of a frame whose append is reported as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disposition {
    Lost,
    Kept,
}

/// An append or a fold that takes until it is let go.
struct Hold {
    begun: mpsc::Sender<()>,
    let_go: mpsc::Receiver<()>,
}

/// The other side of a write that is held.
#[derive(Debug)]
pub struct HeldWrite {
    begun: mpsc::Receiver<()>,
    let_go: mpsc::Sender<()>,
}

impl Hold {
    /// Waits, where something is held, until it is let go.
    ///
    /// # Panics
    /// Where it is to end so.
    fn wait(held: Option<Hold>) {
        if let Some(Hold { begun, let_go }) = held {
            let _ = begun.send(());
            assert!(let_go.recv().is_err(), "a write breaks on request");
        }
    }
}

impl HeldWrite {
    /// Waits until it has begun.
    pub fn begun(&self) {
        let _ = self.begun.recv();
    }

    /// Lets it go on, as dropping this does.
    pub fn let_go(self) {
        drop(self.let_go);
    }

    /// Lets it end in a panic.
    pub fn breaks(self) {
        let _ = self.let_go.send(());
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// An empty store with this shard instead of the first.
    pub fn of(shard: ShardId) -> MemoryStore {
        MemoryStore { shard, ..MemoryStore::default() }
    }

    /// The next append takes until what this answers is let go.
    pub fn hold_next_append(&self) -> HeldWrite {
        self.hold_next(|inner| &mut inner.append_hold)
    }

    /// The next fold of history takes until what this answers is let go.
    pub fn hold_next_fold(&self) -> HeldWrite {
        self.hold_next(|inner| &mut inner.fold_hold)
    }

    fn hold_next(&self, which: impl FnOnce(&mut Inner) -> &mut Option<Hold>) -> HeldWrite {
        let ((begun, told), (let_go, waiting)) = (mpsc::channel(), mpsc::channel());
        *which(&mut self.inner.lock()) = Some(Hold { begun, let_go: waiting });
        HeldWrite { begun: told, let_go }
    }

    fn next_hold(&self, which: impl FnOnce(&mut Inner) -> &mut Option<Hold>) -> Option<Hold> {
        which(&mut self.inner.lock()).take()
    }

    /// The next append fails with `error`, and its frame is not there after [`ShardStore::reopen`].
    pub fn fail_next_append(&self, error: StoreError) {
        self.inner.lock().next_failure = Some((error, Disposition::Lost));
    }

    /// The next append fails with `error`, but its frame is there after [`ShardStore::reopen`]: the failure struck after the
    /// frame was on disk.
    pub fn fail_next_append_keeping_it(&self, error: StoreError) {
        self.inner.lock().next_failure = Some((error, Disposition::Kept));
    }
}

impl Inner {
    fn end(&self) -> Position {
        self.frames.last().map(Frame::position).unwrap_or_default()
    }

    /// Refuses a place at which no frame ends.
    fn check_end(&self, seq: u64) -> Result<Position, StoreError> {
        if seq == 0 {
            return Ok(Position::default());
        }
        let found = self.frames.binary_search_by_key(&seq, |frame| frame.last_seq).ok();
        let frame = found.and_then(|at| self.frames.get(at));
        frame.map(Frame::position).ok_or_else(|| StoreError::corrupt(format!("no frame ends at event {seq}")))
    }

    fn last(&self) -> Result<Position, StoreError> {
        if self.in_doubt {
            return Err(StoreError::io("a commit has failed, the store must be opened anew"));
        }
        Ok(self.end())
    }
}

impl Store for MemoryStore {
    fn shard(self: Arc<Self>, shard: ShardId) -> Result<Arc<dyn ShardStore>, StoreError> {
        if shard == self.shard {
            Ok(self)
        } else {
            Err(StoreError::io(format!("there is no shard {shard} in this store")))
        }
    }

    fn deployment(self: Arc<Self>) -> Arc<dyn DeploymentStore> {
        self
    }
}

impl ShardStore for MemoryStore {
    fn id(&self) -> ShardId {
        self.shard
    }

    fn reopen(&self) -> Result<(), StoreError> {
        let mut inner = self.inner.lock();
        let last = inner.end().seq;
        inner.names.take_back(last);
        inner.queued.take_back(last);
        inner.names.durable = last;
        inner.in_doubt = false;
        Ok(())
    }
}

impl Journal for MemoryStore {
    fn last(&self) -> Result<Position, StoreError> {
        self.inner.lock().last()
    }

    fn append(&self, frame: &Frame, directory: &[DirectoryWrite]) -> Result<(), StoreError> {
        Hold::wait(self.next_hold(|inner| &mut inner.append_hold));
        let mut inner = self.inner.lock();
        let last = inner.last()?;
        if !frame.follows(&last) {
            return Err(StoreError::corrupt(format!(
                "a frame of events {} to {} does not follow event {}",
                frame.first_seq, frame.last_seq, last.seq
            )));
        }
        inner.in_doubt = true;
        inner.names.write(frame.last_seq, directory)?;
        let failure = inner.next_failure.take();
        if !matches!(failure, Some((_, Disposition::Lost))) {
            inner.frames.push(frame.clone());
        }
        if let Some((error, _)) = failure {
            return Err(error);
        }
        inner.names.durable = frame.last_seq;
        inner.in_doubt = false;
        Ok(())
    }

    fn frame_with(&self, seq: u64) -> Result<Option<Frame>, StoreError> {
        let inner = self.inner.lock();
        let at = inner.frames.partition_point(|frame| frame.last_seq < seq);
        Ok(inner.frames.get(at).filter(|frame| frame.first_seq <= seq).cloned())
    }

    fn frames(&self, after_seq: u64, upto_seq: u64, visit: Visit<'_, Frame>) -> Result<(), StoreError> {
        let mut next = {
            let inner = self.inner.lock();
            let end = inner.check_end(after_seq)?;
            inner.frames.partition_point(|frame| frame.last_seq <= end.seq)
        };
        // Nothing is held while the visitor works: it may ask the store something else.
        loop {
            let Some(frame) = self.inner.lock().frames.get(next).cloned() else { return Ok(()) };
            if frame.last_seq > upto_seq {
                return Ok(());
            }
            visit(frame)?;
            next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Directory, ProfilePatch};
    use credere_core::channel::Uin;
    use credere_core::ledger::Moment;

    #[test]
    fn a_failed_append_is_lost_or_kept_as_asked_and_stops_everything_until_reopened() {
        let uin = Uin::new(1).unwrap();
        for kept in [false, true] {
            let store = MemoryStore::new();
            let failure = StoreError::full("on request");
            if kept {
                store.fail_next_append_keeping_it(failure)
            } else {
                store.fail_next_append(failure)
            }
            let frame = Frame::seal(&Position::default(), 1, Moment::default(), Vec::new());
            let writes = [DirectoryWrite::Profile { uin, patch: ProfilePatch::default() }];
            assert!(matches!(store.append(&frame, &writes), Err(StoreError::Full(_))));
            assert!(matches!(store.append(&frame, &writes), Err(StoreError::Io(_))));
            assert!(matches!(store.last(), Err(StoreError::Io(_))));
            // Not known to be durable, so not shown.
            assert_eq!(store.profile(uin).unwrap(), None);
            store.reopen().unwrap();
            assert_eq!(store.last().unwrap().seq, u64::from(kept));
            assert_eq!(store.profile(uin).unwrap().is_some(), kept);
        }
    }
}
