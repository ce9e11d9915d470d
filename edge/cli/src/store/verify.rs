//! `credere verify`: whether the folder's files go together, and the whole journal, from its first frame, against its
//! chain, the book, the newest snapshot and every law. Nothing is written.

use crate::args::StoreOptions;
use crate::exit::Failed;
use crate::progress::Bars;
use crate::terminal::{complain, say, say_json};
use credere_app::check::{self, Broken};
use credere_store::contract::StoreError;
use serde_json::json;

pub(crate) fn run(options: &StoreOptions, as_json: bool) -> Result<(), Failed> {
    let store = super::look(options)?;
    let proof = check::verify(&store, &Bars::default()).map_err(|broken| match broken {
        Broken::Store(StoreError::Corrupt(what)) => Failed::Broken(format!("the store is damaged: {what}")),
        Broken::Store(error) => error.into(),
        Broken::Laws(ref laws) => {
            for law in laws.iter().take(20) {
                complain(law);
            }
            Failed::Broken(broken.to_string())
        }
        Broken::Snapshot(_) => Failed::Broken(broken.to_string()),
    })?;
    if as_json {
        say_json(&json!({
            "frames": proof.frames,
            "records": proof.records,
            "snapshot_record": proof.snapshot_seq,
            "accounts": proof.accounts,
        }));
        return Ok(());
    }
    say(format_args!("chain: {} frames, {} records, unbroken", proof.frames, proof.records));
    match proof.snapshot_seq {
        Some(seq) => say(format_args!("snapshot: equal to the replay at record {seq}")),
        None => say("snapshot: none yet"),
    }
    say(format_args!("laws: hold for {} accounts", proof.accounts));
    Ok(())
}
