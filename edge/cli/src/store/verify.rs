//! `credere verify`: whether the folder's files go together, and the whole journal, from its first frame, against its
//! chain, the book, the newest snapshot and every law, and all other files against the journal. Nothing is written.

use crate::args::VerifyOptions;
use crate::exit::Failed;
use crate::progress::Bars;
use crate::terminal::{complain, say, say_json};
use credere_app::check::{self, Broken, HistoryProof};
use credere_store::contract::StoreError;
use serde_json::json;
use tempfile::TempDir;

pub(crate) fn run(options: &VerifyOptions, as_json: bool) -> Result<(), Failed> {
    let store = super::look(&options.store)?;
    let scratch = scratch(options)?;
    let proof = check::verify(&store, &store, scratch.path(), &Bars::default()).map_err(broken)?;
    if as_json {
        say_json(&json!({
            "frames": proof.frames,
            "records": proof.records,
            "snapshot_record": proof.snapshot_seq,
            "accounts": proof.accounts,
            "directory_entries": proof.names,
            "keys": proof.keys,
            "deliveries": proof.deliveries,
            "history_rows": proof.history.map(|history| history.rows),
            "history_record": proof.history.map(|history| history.upto_seq),
        }));
        return Ok(());
    }
    say(format_args!("chain: {} frames, {} records, unbroken", proof.frames, proof.records));
    match proof.snapshot_seq {
        Some(seq) => say(format_args!("snapshot: equal to the replay at record {seq}")),
        None => say("snapshot: none yet"),
    }
    say(format_args!("laws: hold for {} accounts", proof.accounts));
    say(format_args!("directory: {} entries, as the journal says", proof.names));
    say(format_args!("keys: {} sealed, as the journal says", proof.keys));
    say(format_args!("outbox: {} deliveries, as they were written", proof.deliveries));
    match proof.history {
        Some(HistoryProof { upto_seq, rows }) => {
            say(format_args!("history: {rows} rows up to record {upto_seq}, as the journal says"));
        }
        None => say("history: none; a start fills it"),
    }
    Ok(())
}

/// What was found broken, said.
pub(super) fn broken(broken: Broken) -> Failed {
    match broken {
        Broken::Store(StoreError::Corrupt(what)) => Failed::Broken(format!("the store is damaged: {what}")),
        Broken::Store(error) => error.into(),
        Broken::Laws(ref laws) => {
            for law in laws.iter().take(20) {
                complain(law);
            }
            Failed::Broken(broken.to_string())
        }
        Broken::Snapshot(_) => Failed::Broken(broken.to_string()),
    }
}

/// A folder of its own for the second history; gone when this is dropped.
fn scratch(options: &VerifyOptions) -> Result<TempDir, Failed> {
    let place = options.scratch.clone().unwrap_or_else(std::env::temp_dir);
    let made = tempfile::Builder::new().prefix("credere-verify-").tempdir_in(&place);
    made.map_err(|error| Failed::Usage(format!("--scratch: no folder can be made in `{}`: {error}", place.display())))
}
