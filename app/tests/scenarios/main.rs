//! Every scenario of the repository on the application, with the store in memory and with the store in SQLite files.
//! Each scenario has a store, a clock and keys of its own.

mod organizations;
#[path = "../support/mod.rs"]
mod support;
mod world;

use credere_testkit::{harness_of, trials};
use std::process::ExitCode;
use world::{AppWorld, InFiles, InMemory};

fn main() -> ExitCode {
    harness_of([
        trials("memory", |rules| AppWorld::new(rules, Box::new(InMemory::default()))),
        trials("sqlite", |rules| AppWorld::new(rules, Box::new(InFiles::new()?))),
    ])
}
