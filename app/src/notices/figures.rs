//! Figures about notices: counted where they are queued and sent, read for the metrics page.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// What has been sent, for the metrics page. Counts are since the start.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) queued_seq: AtomicU64,
    pub(super) waiting: AtomicI64,
    pub(super) in_flight: AtomicU64,
    pub(super) attempts: AtomicU64,
    pub(super) delivered: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) skipped: AtomicU64,
}

/// Figures for the metrics page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoticeGauges {
    /// Journal position up to which deliveries are queued.
    pub queued_seq: u64,
    /// Deliveries that wait, for their first attempt or another.
    pub waiting: u64,
    /// Attempts that are under way.
    pub in_flight: u64,
    /// Attempts since the start.
    pub attempts: u64,
    /// Deliveries that arrived since the start.
    pub delivered: u64,
    /// Deliveries that were given up since the start.
    pub failed: u64,
    /// Deliveries that had nobody to go to since the start.
    pub skipped: u64,
}

impl Figures {
    /// The figures as they are now.
    pub(super) fn gauges(&self) -> NoticeGauges {
        NoticeGauges {
            queued_seq: self.queued_seq.load(Relaxed),
            waiting: u64::try_from(self.waiting.load(Relaxed)).unwrap_or(0),
            in_flight: self.in_flight.load(Relaxed),
            attempts: self.attempts.load(Relaxed),
            delivered: self.delivered.load(Relaxed),
            failed: self.failed.load(Relaxed),
            skipped: self.skipped.load(Relaxed),
        }
    }
}
