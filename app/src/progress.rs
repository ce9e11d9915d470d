//! How far work that takes long has come, for whoever wants to show it.

/// A stretch of work that may take long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Making records of an older build those of today; counted in records.
    Upgrade,
    /// Replaying the journal's tail into the book; counted in records.
    Replay,
    /// Filling history from the journal; counted in records.
    History,
    /// Making what customers are found by; counted in customers.
    Search,
    /// Comparing history with what the journal says it should be; counted in rows.
    Comparison,
}

/// Whoever wants to show how far long work has come. One phase at a time.
pub trait Progress {
    /// A phase begins, of this many steps.
    fn begin(&self, phase: Phase, total: u64);
    /// This many steps are done.
    fn reached(&self, done: u64);
    /// The phase is over.
    fn end(&self);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: Phase, _: u64) {}
    fn reached(&self, _: u64) {}
    fn end(&self) {}
}
