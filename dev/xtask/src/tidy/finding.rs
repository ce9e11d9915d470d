//! What a check finds.

use std::fmt;

/// One broken rule: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    /// A path below the workspace root, with a line (from 1) when there is one.
    pub(super) place: String,
    /// What is wrong, as a sentence without a full stop.
    pub(super) what: String,
    /// How to mend it.
    pub(super) mend: String,
}

impl Finding {
    /// A finding about a whole file, folder or crate.
    pub(super) fn new(place: &str, what: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { place: place.to_owned(), what: what.into(), mend: mend.into() }
    }

    /// A finding about one line of a file, counted from 1.
    pub(super) fn at(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { place: format!("{path}:{line}"), what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.place)?;
        writeln!(f, "    found: {}", self.what)?;
        write!(f, "    mend:  {}", self.mend)
    }
}
