//! The benchmarks as a program of their own, for work on Credere itself: the same as `credere bench`, without building
//! the server. The HTTP work then needs `--credere PATH`.

use clap::Parser;
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "credere-bench", version, about = "Measure what Credere promises")]
struct Cli {
    #[command(flatten)]
    options: credere_bench::Options,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let reached = credere_bench::command(&cli.options, cli.json)?;
    Ok(if reached { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
