//! x
use anyhow::Result;
use std::{path::Path, process::ExitCode};
#[derive(clap::Args)]
pub(crate) struct Options {}
pub(crate) fn run(_root: &Path, _options: &Options) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
