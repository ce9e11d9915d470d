//! `credere account`: accounts, their API credentials, and what they are told of.

use crate::client::calls::{Page, get, list, patch, post, put, said};
use crate::client::http::Call;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Open an account.
    Open {
        /// Its name.
        name: String,
        /// Its number; the next free one otherwise.
        #[arg(long)]
        uin: Option<u64>,
        /// Contact address.
        #[arg(long)]
        email: Option<String>,
        /// Contact number.
        #[arg(long)]
        phone: Option<String>,
        /// How far its identity is verified; only verified accounts may buy.
        #[arg(long, value_enum, default_value_t = Level::None)]
        verified: Level,
        /// Who it is verified as: the identifier of an enterprise or person.
        #[arg(long)]
        entity: Option<String>,
    },
    /// Show an account with its figures.
    Show { uin: u64 },
    /// List accounts.
    List(Page),
    /// Set how far an account's identity is verified.
    Verify {
        uin: u64,
        #[arg(value_enum)]
        level: Level,
        /// Who it is verified as; as before where it is not said.
        #[arg(long)]
        entity: Option<String>,
    },
    /// Make an API credential for the official SDKs; the secret key is shown once.
    Credential { uin: u64 },
    /// Say what an account is told of, and where.
    Subscribe {
        uin: u64,
        #[command(flatten)]
        options: SubscriptionOptions,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    None,
    Personal,
    Enterprise,
}

#[derive(Debug, Args)]
pub(crate) struct SubscriptionOptions {
    /// Not to be told of the preset levels and of suspension. A level of its own is told regardless.
    #[arg(long)]
    off: bool,
    /// Where, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "message-center")]
    channels: Vec<Channel>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    MessageCenter,
    Email,
    Webhook,
}

impl AccountCommand {
    pub(super) fn call(self) -> Call {
        match self {
            AccountCommand::Open { name, uin, email, phone, verified, entity } => {
                let verification = said(json!({ "level": verified, "entity_id": entity }));
                let body = json!({
                    "uin": uin, "name": name, "email": email, "phone": phone, "verification": verification
                });
                post("/v1/accounts".to_owned(), said(body))
            }
            AccountCommand::Show { uin } => get(format!("/v1/accounts/{uin}")),
            AccountCommand::List(page) => list("/v1/accounts", page, []),
            AccountCommand::Verify { uin, level, entity } => {
                let verification = said(json!({ "level": level, "entity_id": entity }));
                patch(format!("/v1/accounts/{uin}"), json!({ "verification": verification }))
            }
            AccountCommand::Credential { uin } => post(format!("/v1/accounts/{uin}/credentials"), json!({})),
            AccountCommand::Subscribe { uin, options } => {
                put(format!("/v1/accounts/{uin}/subscriptions"), options.body())
            }
        }
    }
}

impl SubscriptionOptions {
    pub(super) fn body(self) -> Value {
        json!({ "channel_service": !self.off, "channels": self.channels })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_says_where() {
        let options = SubscriptionOptions { off: false, channels: vec![Channel::MessageCenter, Channel::Webhook] };
        let body = json!({ "channel_service": true, "channels": ["message_center", "webhook"] });
        assert_eq!(options.body(), body);
    }
}
