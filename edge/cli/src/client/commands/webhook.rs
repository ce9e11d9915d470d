//! `credere webhook`: webhooks and what was sent to them.

use crate::client::calls::{Page, delete, encode, get, list, post, said};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

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

impl WebhookCommand {
    pub(super) fn call(self) -> Call {
        let place = |id: &str| format!("/v1/webhooks/{}", encode(id));
        match self {
            WebhookCommand::Add { url, account, kinds } => {
                post("/v1/webhooks".to_owned(), said(json!({ "url": url, "account_uin": account, "kinds": kinds })))
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
