//! The client part: each command is one call of the platform API, its answer shown as a table for people or as JSON for
//! programs. Nothing is decided here.

mod commands;
mod http;
mod show;

use crate::args::Connection;
use crate::exit::Failed;

pub(crate) use commands::ClientCommand;
pub(crate) use http::{Call, Client};
pub(crate) use show::table;

/// Runs one command against the server.
pub(crate) fn run(connection: &Connection, command: ClientCommand) -> Result<(), Failed> {
    let key = connection.platform_key.as_deref().ok_or_else(|| {
        Failed::Usage("a platform key is needed: --key KEY, or the variable CREDERE_PLATFORM_KEY".to_owned())
    })?;
    let client = Client::new(&connection.server, key);
    let call = command.call();
    let answer = client.call(&call)?;
    if connection.json {
        println!("{answer:#}");
    } else {
        show::print(&answer);
    }
    Ok(())
}
