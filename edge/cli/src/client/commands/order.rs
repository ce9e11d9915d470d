//! `credere order`: prepaid orders.

use crate::client::calls::{Page, encode, get, list, post, text};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum OrderCommand {
    /// Place an order.
    Place {
        account: u64,
        product: String,
        /// List price.
        amount: String,
        /// purchase, renew, upgrade or downgrade.
        #[arg(long, default_value = "purchase")]
        kind: String,
        /// The prepaid resource that it is for; a downgrade names one.
        #[arg(long, value_name = "NAME")]
        resource: Option<String>,
        /// Freeze now, charge at `order deliver`.
        #[arg(long)]
        hold: bool,
        /// Keep it as to be paid when funds do not suffice.
        #[arg(long)]
        park: bool,
        /// Say what would happen, and why, without doing it.
        #[arg(long)]
        dry_run: bool,
    },
    /// Show an order.
    Show { id: String },
    /// List orders.
    List {
        /// Of this account only.
        #[arg(long, value_name = "UIN")]
        account: Option<u64>,
        /// That this account pays for.
        #[arg(long, value_name = "UIN")]
        payer: Option<u64>,
        /// In this state only.
        #[arg(long)]
        state: Option<String>,
        #[command(flatten)]
        page: Page,
    },
    /// Pay an order that is to be paid.
    Pay {
        id: String,
        /// customer, partner, or payer: whoever pays, as an organization's admin.
        #[arg(long, default_value = "customer")]
        by: String,
    },
    /// Deliver an order that is processing.
    Deliver { id: String },
    /// Give an open order up.
    Cancel { id: String },
    /// Ask whoever pays on behalf of a member to pay its order.
    RequestPayment { id: String },
    /// Give back what was paid for a delivered order, or for its resource, whole or in part.
    Refund {
        id: String,
        amount: String,
        /// order, or resource: what all orders for the order's resource paid, to each who paid.
        #[arg(long, default_value = "order")]
        scope: String,
        /// Promise it now, give it back at `order deliver`.
        #[arg(long)]
        no_capture: bool,
    },
}

impl OrderCommand {
    pub(super) fn call(self) -> Call {
        match self {
            OrderCommand::Place { account, product, amount, kind, resource, hold, park, dry_run } => {
                let mut body =
                    json!({ "account_uin": account, "product_code": product, "kind": kind, "amount": amount });
                if let Some(resource) = resource {
                    body["resource_id"] = resource.into();
                }
                for (name, said, value) in [("capture", hold, false), ("park", park, true), ("dry_run", dry_run, true)]
                {
                    if said {
                        body[name] = value.into();
                    }
                }
                post("/v1/orders".to_owned(), body)
            }
            OrderCommand::Show { id } => get(format!("/v1/orders/{}", encode(&id))),
            OrderCommand::List { account, payer, state, page } => {
                let filters = [("account_uin", account.map(text)), ("payer_uin", payer.map(text)), ("state", state)];
                list("/v1/orders", page, filters)
            }
            OrderCommand::Pay { id, by } => post(format!("/v1/orders/{}/pay", encode(&id)), json!({ "by": by })),
            OrderCommand::Deliver { id } => post(format!("/v1/orders/{}/deliver", encode(&id)), json!({})),
            OrderCommand::Cancel { id } => post(format!("/v1/orders/{}/cancel", encode(&id)), json!({})),
            OrderCommand::RequestPayment { id } => {
                post(format!("/v1/orders/{}/request-payment", encode(&id)), json!({}))
            }
            OrderCommand::Refund { id, amount, scope, no_capture } => {
                let body = json!({ "amount": amount, "scope": scope, "capture": !no_capture });
                post(format!("/v1/orders/{}/refund", encode(&id)), body)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_one_call() {
        let command = OrderCommand::Place {
            account: 7,
            product: "cvm".into(),
            amount: "1.50".into(),
            kind: "renew".into(),
            resource: Some("vm-1".into()),
            hold: true,
            park: false,
            dry_run: false,
        };
        let expected = json!({ "account_uin": 7, "product_code": "cvm", "kind": "renew", "amount": "1.50", "resource_id": "vm-1",
                "capture": false });
        assert_eq!(command.call(), post("/v1/orders".to_owned(), expected));
        let (id, amount, scope) = ("ord_3".into(), "2".into(), "resource".into());
        let refund = OrderCommand::Refund { id, amount, scope, no_capture: true };
        let expected = json!({ "amount": "2", "scope": "resource", "capture": false });
        assert_eq!(refund.call(), post("/v1/orders/ord_3/refund".to_owned(), expected));
    }
}
