//! `credere bench`: the figures of docs/operating/performance.md, measured on this machine.

use crate::exit::Failed;
use credere_bench::Options;

pub(crate) fn run(options: &Options, json: bool) -> Result<(), Failed> {
    let reached = credere_bench::command(options, json).map_err(|error| Failed::Refused(format!("{error:#}")))?;
    if reached { Ok(()) } else { Err(Failed::Reported("not every figure was reached".to_owned())) }
}
