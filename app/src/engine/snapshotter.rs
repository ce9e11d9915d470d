//! Snapshots, written behind: the image before, brought forward by the journal, kept as the image after. This is the
//! same way as a start, so every snapshot proves one; the running book is not touched and nobody waits.

use super::recovery;
use super::shared::Shared;
use crate::start::Quiet;
use credere_store::contract::StoreError;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::Receiver;

pub(super) fn run(shared: &Shared, wanted: &Receiver<()>) {
    while wanted.recv().is_ok() {
        match take(shared) {
            Ok(seq) => {
                shared.snapshot_seq.store(seq, Relaxed);
                tracing::debug!(seq, "a snapshot was taken");
            }
            Err(error) => tracing::error!(%error, "a snapshot cannot be taken"),
        }
    }
}

fn take(shared: &Shared) -> Result<u64, StoreError> {
    let recovered = recovery::load_book(&*shared.store, &Quiet)?;
    shared.store.keep_snapshot(&recovered.position, &mut recovered.book.to_pieces())?;
    Ok(recovered.position.seq)
}
