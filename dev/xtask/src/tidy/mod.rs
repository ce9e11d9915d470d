//! `cargo xtask tidy`: the house rules as checks. Each check lives in its own file, takes the tree as plain values and
//! gives findings; this file only runs them all and prints what they found. A rule that clippy or rustfmt can keep
//! belongs there, not here.

mod arrows;
mod circles;
mod code;
mod finding;
mod lengths;
mod links;
mod machine;
mod oracle;
mod purity;
mod rooms;
mod sources;
mod text;
mod tree;

use anyhow::Result;
use cargo_metadata::Metadata;
use finding::Finding;
use std::{path::Path, process::ExitCode};
use tree::Tree;

pub(crate) use lengths::GENERATED;

/// Runs every check on the workspace and prints the findings; exit code 1 when there are any.
///
/// # Errors
/// When the tree cannot be read.
pub(crate) fn run(root: &Path, metadata: &Metadata) -> Result<ExitCode> {
    let tree = Tree::read(root)?;
    let crates = arrows::crates(metadata);
    let checks: [(&str, Vec<Finding>); 10] = [
        ("arrows between crates", arrows::check(&crates)),
        ("arrows between the core's rooms", rooms::check(&tree)),
        ("circles of imports", circles::check(&tree)),
        ("purity of the core", purity::check(&tree)),
        ("independence of the auditor", oracle::check(&tree)),
        ("files, words and names", text::check(&tree)),
        ("lengths of files", lengths::check(&tree)),
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
