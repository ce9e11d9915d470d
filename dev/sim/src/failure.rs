//! How a run ends badly: what the auditor expected and what it found, where, and how to see it again.

use credere_auditor::Difference;
use std::fmt;
use thiserror::Error;

/// A run that the auditor has stopped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Failure {
    /// The world.
    pub seed: u64,
    /// Day of the run, from 1.
    pub day: u32,
    /// Act of the run, from 1.
    pub act: u64,
    /// What was asked, or what else was looked at.
    pub asked: String,
    /// Business time.
    pub at: String,
    /// Everything that differs.
    pub differences: Vec<Difference>,
    /// The command that shows it again.
    pub again: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, day {}, act {} ({}): {}", self.seed, self.day, self.act, self.at, self.asked)?;
        for Difference { what, expected, found } in &self.differences {
            writeln!(f, "  {what}\n    expected {expected}\n    found    {found}")?;
        }
        write!(f, "again with: {}", self.again)
    }
}
