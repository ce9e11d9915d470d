//! Completion scripts and man pages, made from the command line's own description.

use crate::args::Cli;
use crate::exit::Failed;
use clap::CommandFactory;
use std::path::Path;

/// `credere completions`.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<(), Failed> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "credere", &mut script);
    crate::terminal::say_raw(&script);
    Ok(())
}

/// `credere man`.
pub(crate) fn man(dir: &Path) -> Result<(), Failed> {
    let failed = |error: std::io::Error| Failed::Refused(format!("{}: {error}", dir.display()));
    std::fs::create_dir_all(dir).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), dir).map_err(failed)?;
    crate::terminal::say(format_args!("man pages are in {}", dir.display()));
    Ok(())
}
