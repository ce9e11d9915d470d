//! `credere account`: accounts, their API credentials, and what they are told of.

use crate::client::calls::{Page, get, given, list, patch, post, put};
use crate::client::http::Call;
use clap::{Args, Subcommand, ValueEnum};
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Level {
    None,
    Personal,
    Enterprise,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Personal => "personal",
            Level::Enterprise => "enterprise",
        }
    }
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Channel {
    MessageCenter,
    Email,
    Webhook,
}

impl AccountCommand {
    pub(super) fn call(self) -> Call {
        match self {
            AccountCommand::Open { name, uin, email, phone, verified } => {
                let mut body = given([("uin", uin.map(Value::from)), ("email", email.map(Value::from))]);
                body.extend(given([("name", Some(name.into())), ("phone", phone.map(Value::from))]));
                body.insert("verification".to_owned(), json!({ "level": verified.name() }));
                post("/v1/accounts".to_owned(), body.into())
            }
            AccountCommand::Show { uin } => get(format!("/v1/accounts/{uin}")),
            AccountCommand::List(page) => list("/v1/accounts", page, []),
            AccountCommand::Verify { uin, level } => {
                patch(format!("/v1/accounts/{uin}"), json!({ "verification": { "level": level.name() } }))
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
        let name = |channel: &Channel| match channel {
            Channel::MessageCenter => "message_center",
            Channel::Email => "email",
            Channel::Webhook => "webhook",
        };
        json!({ "channel_service": !self.off, "channels": self.channels.iter().map(name).collect::<Vec<_>>() })
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
