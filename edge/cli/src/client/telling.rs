//! Commands about who is told what and why: subscriptions, notices, webhooks, and decisions explained.

use super::calls::{Page, delete, encode, get, list, post, text};
use super::http::Call;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

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

#[derive(Debug, Args)]
pub(crate) struct NoticeFilter {
    /// Told to this account.
    #[arg(long, value_name = "UIN")]
    recipient: Option<u64>,
    /// About this customer.
    #[arg(long, value_name = "UIN")]
    customer: Option<u64>,
    /// Of this kind, such as credit_below_25.
    #[arg(long)]
    kind: Option<String>,
    #[command(flatten)]
    page: Page,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Add a webhook; its secret is shown once.
    Add {
        url: String,
        /// Told only what this account is told.
        #[arg(long, value_name = "UIN")]
        account: Option<u64>,
        /// Which kinds of messages, separated by commas; all otherwise.
        #[arg(long, value_delimiter = ',')]
        kinds: Vec<String>,
    },
    /// List webhooks.
    List(Page),
    /// Show a webhook.
    Show { id: String },
    /// List what was sent to a webhook.
    Deliveries {
        id: String,
        #[command(flatten)]
        page: Page,
    },
    /// Send something once more.
    Redeliver { id: String, delivery: String },
    /// Give a webhook a new secret, which is shown once.
    Rotate { id: String },
    /// Remove a webhook.
    Remove { id: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DecisionCommand {
    /// Say who asked what, which rules and figures decided, and on which side it failed.
    Explain {
        /// The request, as `X-Request-Id` told it.
        request: String,
        /// The key of one operation of a batch.
        #[arg(long, value_name = "KEY")]
        operation: Option<String>,
    },
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

impl NoticeFilter {
    pub(super) fn call(self) -> Call {
        let NoticeFilter { recipient, customer, kind, page } = self;
        let filters = [("recipient_uin", recipient.map(text)), ("customer_uin", customer.map(text)), ("kind", kind)];
        list("/v1/notices", page, filters)
    }
}

impl WebhookCommand {
    pub(super) fn call(self) -> Call {
        let place = |id: &str| format!("/v1/webhooks/{}", encode(id));
        match self {
            WebhookCommand::Add { url, account, kinds } => {
                let mut body = json!({ "url": url, "kinds": kinds });
                if let Some(account) = account {
                    body["account_uin"] = account.into();
                }
                post("/v1/webhooks".to_owned(), body)
            }
            WebhookCommand::List(page) => list("/v1/webhooks", page, []),
            WebhookCommand::Show { id } => get(place(&id)),
            WebhookCommand::Deliveries { id, page } => list(&format!("{}/deliveries", place(&id)), page, []),
            WebhookCommand::Redeliver { id, delivery } => {
                post(format!("{}/deliveries/{}/redeliver", place(&id), encode(&delivery)), json!({}))
            }
            WebhookCommand::Rotate { id } => post(format!("{}/rotate-secret", place(&id)), json!({})),
            WebhookCommand::Remove { id } => delete(place(&id)),
        }
    }
}

impl DecisionCommand {
    pub(super) fn call(self) -> Call {
        let DecisionCommand::Explain { request, operation } = self;
        let query = operation.map(|key| format!("?key={}", encode(&key))).unwrap_or_default();
        get(format!("/v1/decisions/{}{query}", encode(&request)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_asked_about_by_its_key() {
        let command = DecisionCommand::Explain { request: "r-1".into(), operation: Some("a&b".into()) };
        assert_eq!(command.call().path, "/v1/decisions/r-1?key=a%26b");
    }

    #[test]
    fn a_subscription_says_where() {
        let options = SubscriptionOptions { off: false, channels: vec![Channel::MessageCenter, Channel::Webhook] };
        let body = json!({ "channel_service": true, "channels": ["message_center", "webhook"] });
        assert_eq!(options.body(), body);
    }
}
