//! Snapshots, written behind: the writer hands over the pages of the book that changed, shared with it, and goes on. One
//! that cannot be written is made from what is on disk: the image before, brought forward by the journal, so that nothing
//! is asked of the writer a second time.

use super::recovery::{self, JournalKeys};
use super::state::Shared;
use crate::progress::Quiet;
use credere_core::book::Changes;
use credere_store::contract::StoreError;
use credere_store::frame::Position;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// How long to wait before a snapshot that failed is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The book's pages as they stand behind a commit, or those that changed.
pub(super) struct Image {
    /// The snapshot since which they have changed; absent where they are all there are.
    pub(super) changed_since: Option<u64>,
    pub(super) pieces: Changes,
}

/// Writes what it is given, and tells `proofs` of each that is kept.
pub(super) fn run(shared: &Shared, wanted: &Receiver<(Position, Image)>, proofs: &Sender<u64>) {
    while let Ok((at, Image { changed_since, mut pieces })) = wanted.recv() {
        let mut kept = shared.store.keep_snapshot(&at, changed_since, &mut pieces).map(|outgrown| (at.seq, outgrown));
        // What was taken need not stay in memory while the disk is full.
        drop(pieces);
        let (seq, outgrown) = loop {
            match kept {
                Ok(kept) => break kept,
                Err(error) => tracing::error!(%error, "a snapshot cannot be taken yet"),
            }
            // It is tried again by itself: without it writes may be turned away, and then nobody asks any more.
            if wanted.recv_timeout(AGAIN_AFTER).is_err_and(|why| why == RecvTimeoutError::Disconnected) {
                return;
            }
            kept = from_disk(shared);
        };
        shared.snapshots.kept(seq, outgrown);
        tracing::debug!(seq, "a snapshot was taken");
        let _ = proofs.send(seq);
    }
}

fn from_disk(shared: &Shared) -> Result<(u64, bool), StoreError> {
    let calendar = shared.book.read().calendar();
    let recovered = recovery::load_book(&*shared.store, calendar, JournalKeys::Leave, &Quiet)?;
    let outgrown = shared.store.keep_snapshot(&recovered.position, None, &mut recovered.book.to_pieces())?;
    Ok((recovered.position.seq, outgrown))
}
