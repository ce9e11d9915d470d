//! How the engine works: bounds, intervals and the deployment's choices, with defaults that suit a machine with two cores.

use super::lanes::AT_ONCE_MAX;
use crate::clock::{Clock, MAX_GAP, Machine};
use credere_core::book::Rules;
use std::time::Duration;

/// How the engine works; the defaults suit a machine with two cores.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Where business time comes from.
    pub clock: Clock,
    /// The machine whose clock that is, outside a sandbox.
    pub machine: Machine,
    /// How far its clock may lie after the last record at a start.
    pub clock_max_gap: Duration,
    /// The deployment's choices.
    pub rules: Rules,
    /// Operations that may wait for their answer, of which one caller gets at most half; more are turned away as overloaded.
    pub waiting_max: usize,
    /// Operations that one commit takes at most.
    pub commit_max: usize,
    /// Operations from which on a commit is made durable by a thread of its own, while the next one is decided; a smaller one
    /// takes less time than handing it over.
    pub hand_over_min: usize,
    /// Journal records after which a new snapshot is taken: the more, the less is written, and the longer a start replays.
    pub snapshot_every: u64,
    /// Journal records after the last snapshot beyond which writes are turned away, so that a start stays short. Well above
    /// `snapshot_every`.
    pub tail_max: u64,
    /// How far history may trail before batches of usage wait for it, at most as long as `history_lag_max`. Below that, and
    /// above `history_gather`; from `history_lag_max` on none waits.
    pub history_lag_paced: Duration,
    /// How far history may trail before writes are turned away.
    pub history_lag_max: Duration,
    /// How long history gathers rows before it writes them, unless a reader waits.
    pub history_gather: Duration,
    /// Long reads at work at once, 1 to [`AT_ONCE_MAX`], of which one key has at most half; others wait. By default half as
    /// many as there are processors.
    pub long_reads: usize,
    /// Long reads of one key, at work and waiting; more are turned away.
    pub long_reads_per_key: usize,
    /// How long a long read waits for its turn before it is turned away as overloaded. What has begun waits for its
    /// further turns as long as it takes.
    pub long_read_within: Duration,
}

impl Default for EngineOptions {
    fn default() -> EngineOptions {
        EngineOptions {
            clock: Clock::System,
            machine: Machine::default(),
            clock_max_gap: MAX_GAP,
            rules: Rules::default(),
            waiting_max: 200_000,
            commit_max: 20_000,
            hand_over_min: 1_000,
            snapshot_every: 1_500_000,
            tail_max: 6_000_000,
            history_lag_paced: Duration::from_millis(500),
            history_lag_max: Duration::from_secs(1),
            history_gather: Duration::from_millis(300),
            long_reads: std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, AT_ONCE_MAX),
            long_reads_per_key: 8,
            long_read_within: Duration::from_secs(10),
        }
    }
}
