//! The pace at which usage comes in: no faster than history takes its lines in. A metering system sends what it has as fast as
//! it is answered, so its batches wait, in the order in which they came, before anything of them is decided or counted. An
//! even flow takes in more than one that is turned away and comes again.

use super::follower::{FOLD_ROWS, Fold};
use super::state::Shared;
use crate::failure::Failure;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::sync::Mutex;

/// Records that are let in between two steps of history, whoever waits: how far it trails shows only later. Two folds of it,
/// so that the next one is full while one is written.
const LET_IN: usize = 2 * FOLD_ROWS;

/// Where batches of usage wait.
#[derive(Default)]
pub(super) struct Gate(Mutex<LetIn>);

/// What has been let in since history's last step.
#[derive(Default)]
struct LetIn {
    history_seq: u64,
    records: usize,
}

/// Waits until a batch of so many usage records may come in: at once, or once history has made a step. So it comes in at
/// last also where others than usage keep history busy.
///
/// # Errors
/// [`Failure::Overloaded`] when that takes longer than history may trail, [`Failure::NotReady`] when the book is gone
/// meanwhile.
pub(super) async fn keep(gate: &Gate, shared: &Shared, folds: &Sender<Fold>, records: usize) -> Result<(), Failure> {
    let its_turn = async {
        let mut let_in = gate.0.lock().await;
        let mut history = shared.history.subscribe();
        let history_seq = *history.borrow_and_update();
        if let_in.history_seq != history_seq {
            *let_in = LetIn { history_seq, records: 0 };
        }
        // Where history has nothing to take in no step comes: what was let in was turned away behind the gate.
        let many = let_in.records > 0
            && let_in.records.saturating_add(records) > LET_IN
            && shared.history_trails(Duration::ZERO);
        if many || shared.history_trails(shared.options.history_lag_paced) {
            shared.counts.paced.fetch_add(1, Relaxed);
            // Somebody waits: history shall not gather any longer. Where it has ended nothing comes, as for all writes.
            let _ = folds.send(Fold::Hurry);
            let _ = history.changed().await;
            *let_in = LetIn { history_seq: *history.borrow(), records: 0 };
        }
        let_in.records += records;
    };
    if tokio::time::timeout(shared.options.history_lag_max, its_turn).await.is_ok() {
        return Ok(());
    }
    if !shared.ready.load(SeqCst) {
        return Err(Failure::NotReady);
    }
    shared.turned_away();
    Err(Failure::Overloaded)
}
