//! `cargo xtask tidy`: the house rules as checks. Each check lives in its own file, takes the tree as plain values and
//! gives findings; this file only runs them all and prints what they found. A rule that clippy or rustfmt can keep
//! belongs there, not here.

mod arrows;
mod code;
mod links;
mod machine;
mod oracle;
mod purity;
mod rooms;
mod text;
mod tree;

use anyhow::Result;
use cargo_metadata::Metadata;
use std::{fmt, path::Path, process::ExitCode};
use tree::Tree;

pub(crate) use text::GENERATED;

/// One broken rule: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// A path below the workspace root, with a line (from 1) when there is one.
    place: String,
    /// What is wrong, as a sentence without a full stop.
    what: String,
    /// How to mend it.
    mend: String,
}

impl Finding {
    /// A finding about a whole file, folder or crate.
    fn new(place: &str, what: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { place: place.to_owned(), what: what.into(), mend: mend.into() }
    }

    /// A finding about one line of a file, counted from 1.
    fn at(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Finding {
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

/// Runs every check on the workspace and prints the findings; exit code 1 when there are any.
///
/// # Errors
/// When the tree cannot be read.
pub(crate) fn run(root: &Path, metadata: &Metadata) -> Result<ExitCode> {
    let tree = Tree::read(root)?;
    let crates = arrows::crates(metadata);
    let checks: [(&str, Vec<Finding>); 8] = [
        ("arrows between crates", arrows::check(&crates)),
        ("arrows between the core's rooms", rooms::check(&tree)),
        ("purity of the core", purity::check(&tree)),
        ("independence of the auditor", oracle::check(&tree)),
        ("files, words and names", text::check(&tree)),
        ("links", links::check_targets(&tree)),
        ("the map", links::check_map(&tree, &crates)),
        ("machine paths", machine::check(&tree)),
    ];
    let mut total = 0;
    for (name, mut findings) in checks {
        findings.sort();
        findings.dedup();
        if findings.is_empty() {
            println!("ok    {name}");
            continue;
        }
        println!("FAIL  {name}: {}", findings.len());
        for finding in &findings {
            println!("  {}", finding.to_string().replace('\n', "\n  "));
        }
        total += findings.len();
    }
    println!("{} files read, {total} findings", tree.files.len());
    Ok(if total == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
