//! `credere credit`: credit that is handed to customers, and taken back.

use crate::client::calls::{Page, list, post, said};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum CreditCommand {
    /// Hand credit to a customer, or take it back when negative.
    Allocate {
        customer: u64,
        #[arg(allow_negative_numbers = true)]
        amount: String,
        /// A note.
        #[arg(long)]
        remark: Option<String>,
    },
    /// List a customer's allocation records.
    History {
        customer: u64,
        #[command(flatten)]
        page: Page,
    },
}

impl CreditCommand {
    pub(super) fn call(self) -> Call {
        match self {
            CreditCommand::Allocate { customer, amount, remark } => {
                let body = json!({ "amount": amount, "remark": remark });
                post(format!("/v1/customers/{customer}/allocations"), said(body))
            }
            CreditCommand::History { customer, page } => {
                list(&format!("/v1/customers/{customer}/allocations"), page, [])
            }
        }
    }
}
