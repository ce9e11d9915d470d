//! `credere discount`: discounts of partners and of customers, and offers of accounts that pay for themselves.

use crate::client::calls::{Page, delete, encode, list, post, said};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum DiscountCommand {
    /// Set a partner's discount, or with --customer a customer's.
    Set {
        partner: u64,
        /// Part of the list price, such as 0.90.
        rate: String,
        /// Whose price, instead of the partner's own.
        #[arg(long, value_name = "UIN")]
        customer: Option<u64>,
        /// One product only.
        #[arg(long, value_name = "CODE")]
        product: Option<String>,
    },
    /// Set an offer of an account that pays for itself.
    Offer {
        account: u64,
        /// Part of the list price, such as 0.90.
        rate: String,
        /// For this account alone: whoever inherits its offers does not have it.
        #[arg(long)]
        alone: bool,
        /// One product only.
        #[arg(long, value_name = "CODE")]
        product: Option<String>,
    },
    /// List discounts.
    List(Page),
    /// End a discount.
    End { id: String },
}

impl DiscountCommand {
    pub(super) fn call(self) -> Call {
        match self {
            DiscountCommand::Set { partner, rate, customer, product } => {
                let kind = if customer.is_some() { "customer" } else { "partner" };
                let body = json!({
                    "kind": kind, "partner_uin": partner, "customer_uin": customer, "product_code": product, "rate": rate
                });
                post("/v1/discounts".to_owned(), said(body))
            }
            DiscountCommand::Offer { account, rate, alone, product } => {
                let level = if alone { "account" } else { "billing" };
                let body = json!({
                    "kind": "account", "account_uin": account, "level": level, "product_code": product, "rate": rate
                });
                post("/v1/discounts".to_owned(), said(body))
            }
            DiscountCommand::List(page) => list("/v1/discounts", page, []),
            DiscountCommand::End { id } => delete(format!("/v1/discounts/{}", encode(&id))),
        }
    }
}
