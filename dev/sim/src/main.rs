//! The simulator as a program of its own, for whoever works on it; people use `credere simulate`.

use clap::Parser;
use credere_sim::{Options, command};
use std::process::ExitCode;

/// Simulates random worlds against the application, with an auditor that recomputes every figure.
#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    let report = command(&Cli::parse().options);
    println!("{report}");
    if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
