//! The one binary: the server, the commands that work on its data folder, and a client that talks to a running server
//! with a platform key. Each command translates what was typed, calls the room that knows, and ends in a documented
//! exit code.
// What people see goes through `terminal`: the macros panic where nobody reads any more, half-way through anything.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod args;
mod bench;
mod client;
mod demo;
mod exit;
mod progress;
mod serve;
mod settings;
mod shell;
mod simulate;
mod store;
mod terminal;

use args::{Cli, Command, KeyCommand};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let as_json = cli.connection.json;
    let done = match cli.command {
        Command::Serve(options) => serve::run(&options),
        Command::Demo(options) => demo::run(&options),
        Command::Config(options) => settings::print(&options, as_json),
        Command::Verify(options) => store::verify::run(&options, as_json),
        Command::Reindex(options) => store::reindex::run(&options),
        Command::Backup(options) => store::backup::backup(&options),
        Command::Recover(options) => store::recover::run(&options),
        Command::Upgrade(options) => store::upgrade::run(&options),
        Command::Restore(options) => store::backup::restore(&options),
        Command::Key(KeyCommand::Reset(options)) => store::key::reset(&options),
        Command::Bench(options) => bench::run(&options, as_json),
        Command::Simulate(options) => simulate::run(&options),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { dir } => shell::man(&dir),
        Command::Client(command) => client::run(&cli.connection, command),
    };
    exit::code(done, as_json)
}
