//! `credere reindex`: history from the journal, from the start.

use crate::args::StoreOptions;
use crate::exit::Failed;
use crate::progress::Bars;
use crate::terminal::say;
use credere_app::check;

pub(crate) fn run(options: &StoreOptions) -> Result<(), Failed> {
    let store = super::open(options)?;
    let reached = check::reindex(&store, &store, &Bars::default())?;
    say(format_args!("history is filled up to record {reached}"));
    Ok(())
}
