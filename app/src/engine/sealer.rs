//! Keys' follower: writes a generation of keys into the store as one sorted run, and drops those that are old enough.
//! Apart from history's, since a run takes longer than history may trail.

use super::keys::{KEYS_KEPT, Sealing};
use super::state::Shared;
use credere_store::contract::StoreError;
use std::sync::atomic::Ordering::Release;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How long keys of settled usage are remembered at least, 600 days: a period may begin 31 days after its record was
/// sent, and the record may be sent again for 18 months (at most 550 days) from then on.
pub(crate) const LASTING_KEPT: i64 = 600 * 86_400;

pub(super) fn run(shared: &Shared, inbox: &Receiver<Sealing>) {
    while let Ok(mut sealing) = inbox.recv() {
        // Until it is sealed the run stays in memory and in the journal, and the next one waits for it in memory too: so
        // it is tried again until it goes through. At the end it is left to the next start, which reads the journal.
        let mut pause = Duration::from_millis(100);
        while let Err(error) = seal(shared, &sealing) {
            tracing::error!(%error, "keys cannot be sealed yet");
            match inbox.recv_timeout(pause) {
                Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(Duration::from_secs(2)),
                // Handed out after the book was rebuilt: it begins where the store's runs end, and holds this one too.
                Ok(next) => sealing = next,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

fn seal(shared: &Shared, sealing: &Sealing) -> Result<(), StoreError> {
    shared.store.seal_keys(sealing.after_seq, sealing.upto_seq, sealing.keys.rows())?;
    sealing.kept.store(true, Release);
    let newest = sealing.keys.newest();
    if let Err(error) = shared.store.forget_keys(newest.plus_seconds(-KEYS_KEPT), newest.plus_seconds(-LASTING_KEPT)) {
        tracing::warn!(%error, "old keys cannot be dropped");
    }
    Ok(())
}
