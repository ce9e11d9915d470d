//! `credere verify`: whether the folder's files go together, and the whole journal, from its first frame, against its
//! chain, the book, the newest snapshot and every law. Nothing is written.

use crate::args::StoreOptions;
use crate::exit::Failed;
use crate::progress::Bars;
use credere_app::check::{self, Broken};
use credere_store::contract::StoreError;

pub(crate) fn run(options: &StoreOptions) -> Result<(), Failed> {
    let store = super::look(options)?;
    let proof = check::verify(&store, &Bars::default()).map_err(|broken| match broken {
        Broken::Store(StoreError::Corrupt(what)) => Failed::Broken(format!("the store is damaged: {what}")),
        Broken::Store(error) => error.into(),
        Broken::Laws(ref laws) => {
            for law in laws.iter().take(20) {
                eprintln!("{law}");
            }
            Failed::Broken(broken.to_string())
        }
        Broken::Snapshot(_) => Failed::Broken(broken.to_string()),
    })?;
    println!("chain: {} frames, {} records, unbroken", proof.frames, proof.records);
    match proof.snapshot_seq {
        Some(seq) => println!("snapshot: equal to the replay at record {seq}"),
        None => println!("snapshot: none yet"),
    }
    println!("laws: hold for {} accounts", proof.accounts);
    Ok(())
}
