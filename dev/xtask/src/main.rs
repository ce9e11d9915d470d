//! The workspace's own chores, run as `cargo xtask <chore>`: `tidy` keeps the house rules, `published` generates the
//! Cloud API's request and response types, `reference` writes the pages of `docs/reference`, `mutants` tests the tests of
//! the core. Nothing here ships with the server.

mod made;
mod mutants;
mod published;
mod reference;
mod tidy;

use anyhow::Result;
use cargo_metadata::MetadataCommand;
use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The workspace's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Check the house rules: arrows between crates and rooms, the purity of the core, texts, names and links.
    Tidy,
    /// Generate the Cloud API's types and action names from the published definitions.
    Published(published::Options),
    /// Write the pages of docs/reference from the code.
    Reference(reference::Options),
    /// Run the mutation tests of the core.
    Mutants(mutants::Options),
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let root = PathBuf::from(&metadata.workspace_root);
    match arguments.chore {
        Chore::Tidy => tidy::run(&root, &metadata),
        Chore::Published(options) => published::run(&root, &options),
        Chore::Reference(options) => reference::run(&root, &options),
        Chore::Mutants(options) => mutants::run(&root, &options),
    }
}
