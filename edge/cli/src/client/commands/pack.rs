//! `credere pack`: units of a product that were bought ahead.

use crate::client::calls::{Page, list, post, text};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Add a pack: usage of the product that is told in units is covered by it.
    Add {
        account: u64,
        /// The product's code.
        product: String,
        /// How many units; above zero.
        units: String,
        /// From when on it covers nothing, `2027-01-01T00:00:00+08:00`.
        expires: String,
    },
    /// List packs with what is left of them.
    List {
        /// Of this account only.
        #[arg(long, value_name = "UIN")]
        account: Option<u64>,
        #[command(flatten)]
        page: Page,
    },
}

impl PackCommand {
    pub(super) fn call(self) -> Call {
        match self {
            PackCommand::Add { account, product, units, expires } => {
                let body = json!({
                    "account_uin": account, "product_code": product, "units": units, "expires_at": expires
                });
                post("/v1/packs".to_owned(), body)
            }
            PackCommand::List { account, page } => list("/v1/packs", page, [("account_uin", account.map(text))]),
        }
    }
}
