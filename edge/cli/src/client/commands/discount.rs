//! `credere discount`: discounts of partners and of customers.

use crate::client::calls::{Page, delete, encode, given, list, post};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::Value;

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
                let mut body =
                    given([("customer_uin", customer.map(Value::from)), ("product_code", product.map(Value::from))]);
                body.extend(given([
                    ("kind", Some(kind.into())),
                    ("partner_uin", Some(partner.into())),
                    ("rate", Some(rate.into())),
                ]));
                post("/v1/discounts".to_owned(), body.into())
            }
            DiscountCommand::List(page) => list("/v1/discounts", page, []),
            DiscountCommand::End { id } => delete(format!("/v1/discounts/{}", encode(&id))),
        }
    }
}
