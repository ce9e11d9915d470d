//! What a run came to in numbers, and who watches it on the way.

use std::collections::BTreeMap;

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Days on which something was done.
    pub days: u64,
    /// Days that the clock jumped over besides.
    pub jumped: u64,
    /// Requests.
    pub acts: u64,
    /// Times that the application went down.
    pub crashes: u64,
    /// Appends that failed.
    pub bad_appends: u64,
    /// Writes that were refused because a machine's clock had jumped.
    pub refused_by_clock: u64,
    /// Notices told.
    pub notices: u64,
    /// Bill lines.
    pub lines: u64,
    /// How often each kind of step came to each outcome.
    pub outcomes: BTreeMap<(&'static str, &'static str), u64>,
}

impl Summary {
    /// Both together.
    pub fn add(&mut self, other: Summary) {
        self.days += other.days;
        self.jumped += other.jumped;
        self.acts += other.acts;
        self.crashes += other.crashes;
        self.bad_appends += other.bad_appends;
        self.refused_by_clock += other.refused_by_clock;
        self.notices += other.notices;
        self.lines += other.lines;
        for (outcome, times) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += times;
        }
    }
}

/// Who watches a run.
pub trait Watcher {
    /// Another day is over.
    fn day(&self) {}
    /// This was asked, and came to this.
    fn act(&self, _told: &dyn Fn() -> String) {}
}

/// Nobody.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Watcher for Nobody {}
