//! Figures of the engine for the metrics page.

use super::state::Shared;
use std::sync::atomic::Ordering::Relaxed;

/// Figures for the metrics page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gauges {
    /// Last durable journal position.
    pub durable_seq: u64,
    /// Journal position up to which history is filled.
    pub history_seq: u64,
    /// Journal position of the last snapshot.
    pub snapshot_seq: u64,
    /// Journal position of the last snapshot that was proven to be what the journal says.
    pub snapshot_proven_seq: u64,
    /// Snapshots since the start that were not.
    pub snapshots_refuted: u64,
    /// Operations that wait for a decision.
    pub waiting: u64,
    /// Commits since the start.
    pub commits: u64,
    /// Journal records written since the start.
    pub records: u64,
    /// Commits that failed since the start.
    pub failures: u64,
    /// Requests turned away as overloaded since the start.
    pub overloads: u64,
    /// Batches of usage that waited for history since the start.
    pub paced: u64,
    /// Authorizations that are open.
    pub open_authorizations: u64,
    /// Accounts.
    pub accounts: u64,
    /// Times at which the machine's clock was found to have jumped since the start.
    pub clock_jumps: u64,
}

impl Gauges {
    /// The figures as they are now.
    pub(super) fn of(shared: &Shared) -> Gauges {
        let (open, accounts) = {
            let book = shared.book.read();
            (book.open_authorizations() as u64, book.accounts_len() as u64)
        };
        Gauges {
            durable_seq: shared.durable.borrow().seq,
            history_seq: *shared.history.borrow(),
            snapshot_seq: shared.snapshots.newest(),
            snapshot_proven_seq: shared.snapshots.newest_proven(),
            snapshots_refuted: shared.counts.refuted.load(Relaxed),
            waiting: shared.waiting.held() as u64,
            commits: shared.counts.commits.load(Relaxed),
            records: shared.counts.records.load(Relaxed),
            failures: shared.counts.failures.load(Relaxed),
            overloads: shared.counts.overloads.load(Relaxed),
            paced: shared.counts.paced.load(Relaxed),
            open_authorizations: open,
            accounts,
            clock_jumps: shared.clock.jumps(),
        }
    }
}
