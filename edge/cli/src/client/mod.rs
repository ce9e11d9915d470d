//! The client part: each command is one call of the platform API, its answer shown as a table for people or as JSON for
//! programs; sending usage and exporting a bill are as many as it takes. Nothing is decided here.

mod calls;
mod commands;
mod explain;
mod export;
mod http;
mod show;
mod usage;

use crate::args::Connection;
use crate::exit::Failed;
use crate::settings::without_line_end;
use crate::terminal::say_json;
use commands::Work;

pub(crate) use commands::ClientCommand;
pub(crate) use http::{Call, Client};
pub(crate) use show::table;

/// Runs one command against the server.
pub(crate) fn run(connection: &Connection, command: ClientCommand) -> Result<(), Failed> {
    let key = connection.platform_key.as_deref().ok_or_else(|| {
        Failed::Usage("a platform key is needed: --key KEY, or the variable CREDERE_PLATFORM_KEY".to_owned())
    })?;
    // As the server reads it: a line end belongs to how the key was written down.
    let client = Client::new(&connection.server, without_line_end(key), connection.authorities())?;
    let (call, show): (_, fn(&serde_json::Value)) = match command.work() {
        Work::Send(sending) => return usage::send(&client, &sending, connection.json),
        Work::Export(export) => return export::run(&client, &export),
        Work::Call(call) => (call, show::print),
        Work::Explain(call) => (call, explain::print),
    };
    let answer = client.call(&call)?;
    if connection.json {
        say_json(&answer);
    } else {
        show(&answer);
    }
    Ok(())
}
