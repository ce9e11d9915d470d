//! `credere clock`: the test clock of a sandbox, and the machine's clock after a jump.

use crate::client::calls::{get, post};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// Show the clock.
    Show,
    /// Say that what the machine's clock shows after a jump is the time, so that the server writes again.
    Accept,
    /// Move the clock by a time such as 2h30m.
    Advance { by: String },
}

impl ClockCommand {
    pub(super) fn call(self) -> Call {
        match self {
            ClockCommand::Show => get("/v1/clock".to_owned()),
            ClockCommand::Accept => post("/v1/clock/accept".to_owned(), json!({})),
            ClockCommand::Advance { by } => post("/v1/clock/advance".to_owned(), json!({ "by": by })),
        }
    }
}
