//! `cargo xtask mutants`: mutation tests of the core. A mutant is the code with one small change, such as `<` turned
//! into `<=`; one that no test notices is a hole in the tests. This is a thin wrapper: cargo-mutants does the work,
//! with the settings in `.cargo/mutants.toml`. Too slow for every change; run by hand, and the report is committed.

use anyhow::{Context, Result};
use clap::Args;
use std::{
    env,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

/// Where the outcome is written, below the root. Ignored by git.
const OUTPUT: &str = "target/mutants";
/// Where the summary for readers is kept, below the root.
const REPORT: &str = "dev/mutants/REPORT.md";

/// How many cases a property test tries for each mutant, unless `PROPTEST_CASES` says otherwise: a quarter of the usual,
/// since they run once for every mutant.
const PROPERTY_CASES: &str = "64";

/// What to mutate.
#[derive(Args)]
pub(crate) struct Options {
    /// Only mutate files that match this pattern, such as `core/src/money/**`; may be repeated.
    #[arg(long)]
    file: Vec<String>,
    /// How many mutants to build and test at a time.
    #[arg(long, default_value_t = 1)]
    jobs: u16,
    /// Only run one part of all mutants, as `1/4`, counted from 0.
    #[arg(long)]
    shard: Option<String>,
    /// List the mutants without testing them.
    #[arg(long)]
    list: bool,
}

/// Runs cargo-mutants on the core and passes its exit code on: 0 all caught, 2 some missed, 3 a timeout.
///
/// # Errors
/// When cargo-mutants is not installed or cannot be started.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let installed = Command::new("cargo")
        .args(["mutants", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    anyhow::ensure!(installed, "cargo-mutants is not installed; `cargo install --locked cargo-mutants` does it");
    let cases = env::var("PROPTEST_CASES").unwrap_or_else(|_| PROPERTY_CASES.to_owned());
    let status = Command::new("cargo")
        .args(arguments(options))
        .env("PROPTEST_CASES", cases)
        // A draw that one mutant failed at must not help to find the next.
        .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
        .current_dir(root)
        .status()
        .context("cannot start `cargo mutants`")?;
    if !options.list {
        println!("outcome: {OUTPUT}/mutants.out (caught.txt, missed.txt, timeout.txt, unviable.txt)");
        println!("next: kill or explain each line of missed.txt, then write counts and survivors into {REPORT}");
    }
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn arguments(options: &Options) -> Vec<String> {
    let mut arguments: Vec<String> = ["mutants", "--package", "credere-core"].map(str::to_owned).into();
    if options.list {
        arguments.push("--list".into());
    } else {
        arguments.extend(["--output".into(), OUTPUT.into(), "--jobs".into(), options.jobs.to_string()]);
    }
    for file in &options.file {
        arguments.extend(["--file".into(), file.clone()]);
    }
    if let Some(shard) = &options.shard {
        arguments.extend(["--shard".into(), shard.clone()]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_handed_on() {
        let options =
            Options { file: vec!["core/src/money/**".into()], jobs: 2, shard: Some("0/4".into()), list: false };
        assert_eq!(
            arguments(&options).join(" "),
            "mutants --package credere-core --output target/mutants --jobs 2 --file core/src/money/** --shard 0/4"
        );
    }

    #[test]
    fn a_list_tests_nothing() {
        let options = Options { file: Vec::new(), jobs: 1, shard: None, list: true };
        assert_eq!(arguments(&options).join(" "), "mutants --package credere-core --list");
    }
}
