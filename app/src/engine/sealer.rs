//! Keys' follower: writes a generation of keys into the store as one sorted run, and drops those that are old enough.
//! Apart from history's, since a run takes longer than history may trail.

use super::keys::Sealing;
use super::shared::Shared;
use std::sync::mpsc::Receiver;

/// How long keys are remembered at least: 31 days, a day more than the contract says.
const KEYS_KEPT: i64 = 31 * 86_400;

pub(super) fn run(shared: &Shared, inbox: &Receiver<Sealing>) {
    while let Ok(sealing) = inbox.recv() {
        seal(shared, &sealing);
    }
}

fn seal(shared: &Shared, sealing: &Sealing) {
    let rows = sealing.keys.iter().map(|(key, entry)| entry.to_row(key)).collect::<Result<Vec<_>, _>>();
    // Until it is sealed the run stays in memory and in the journal; the next start seals again from there.
    if let Err(error) = rows.and_then(|rows| shared.store.seal_keys(sealing.upto_seq, rows)) {
        tracing::error!(%error, "keys cannot be sealed");
        return;
    }
    let newest = sealing.keys.values().map(|entry| entry.at).max().unwrap_or_default();
    if let Err(error) = shared.store.forget_keys(newest.plus_seconds(-KEYS_KEPT)) {
        tracing::warn!(%error, "old keys cannot be dropped");
    }
}
