//! How a finding is told: what was looked at, what the rules make of it, and what was found instead.

use std::fmt;

/// Two things that should be equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whose figure, or which part of an outcome.
    pub what: String,
    /// What the auditor's account comes to.
    pub expected: String,
    /// What was found.
    pub found: String,
}

/// Adds what differs, where it does.
pub fn expect_equal<T: PartialEq + fmt::Debug>(all: &mut Vec<Difference>, what: &str, expected: &T, found: &T) {
    if expected != found {
        let (expected, found) = (format!("{expected:?}"), format!("{found:?}"));
        all.push(Difference { what: what.to_owned(), expected, found });
    }
}
