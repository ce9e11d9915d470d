//! Snapshots, written behind: the image before, brought forward by the journal, kept as the image after. This is the
//! same way as a start, so every snapshot proves one; the running book is not touched and nobody waits.

use super::recovery::{self, JournalKeys};
use super::state::Shared;
use crate::progress::Quiet;
use credere_store::contract::StoreError;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How long to wait before a snapshot that failed is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

pub(super) fn run(shared: &Shared, wanted: &Receiver<()>) {
    let mut missed = false;
    loop {
        // One that failed is tried again by itself: without it writes may be turned away, and then nobody asks any more.
        let wake = if missed { wanted.recv_timeout(AGAIN_AFTER) } else { wanted.recv().map_err(Into::into) };
        if wake == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        match take(shared) {
            Ok(seq) => {
                missed = false;
                shared.snapshot_seq.store(seq, Relaxed);
                tracing::debug!(seq, "a snapshot was taken");
            }
            Err(error) => {
                missed = true;
                tracing::error!(%error, "a snapshot cannot be taken yet");
            }
        }
    }
}

fn take(shared: &Shared) -> Result<u64, StoreError> {
    let calendar = shared.book.read().calendar();
    let recovered = recovery::load_book(&*shared.store, calendar, JournalKeys::Leave, &Quiet)?;
    shared.store.keep_snapshot(&recovered.position, &mut recovered.book.to_pieces())?;
    Ok(recovered.position.seq)
}
