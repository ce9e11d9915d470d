//! `credere resource`: postpaid resources.

use crate::client::calls::{Page, delete, encode, get, list, patch, post, said, text};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum ResourceCommand {
    /// Activate a resource; its product says what is frozen.
    Activate {
        account: u64,
        id: String,
        product: String,
        /// List price of one unit in one settlement period.
        unit_price: String,
        /// How many units.
        #[arg(long)]
        quantity: Option<String>,
        /// Where it runs.
        #[arg(long)]
        region: Option<String>,
        /// Say what would happen, and why, without doing it.
        #[arg(long)]
        dry_run: bool,
    },
    /// Change a resource's price or size, and its freeze with it.
    Resize {
        id: String,
        /// New list price of one unit.
        #[arg(long, value_name = "AMOUNT")]
        unit_price: Option<String>,
        /// New number of units.
        #[arg(long)]
        quantity: Option<String>,
    },
    /// End a resource: the last settlement and the release of its freeze in one step.
    Terminate {
        id: String,
        /// List price of what was used since the last settlement.
        #[arg(long, value_name = "AMOUNT")]
        final_amount: Option<String>,
    },
    /// Show a resource.
    Show { id: String },
    /// List an account's resources.
    List {
        account: u64,
        #[command(flatten)]
        page: Page,
    },
}

impl ResourceCommand {
    pub(super) fn call(self) -> Call {
        let place = |id: &str| format!("/v1/resources/{}", encode(id));
        match self {
            ResourceCommand::Activate { account, id, product, unit_price, quantity, region, dry_run } => {
                let body = json!({
                    "account_uin": account, "resource_id": id, "product_code": product, "unit_price": unit_price,
                    "quantity": quantity, "region": region, "dry_run": dry_run.then_some(true)
                });
                post("/v1/resources".to_owned(), said(body))
            }
            ResourceCommand::Resize { id, unit_price, quantity } => {
                patch(place(&id), said(json!({ "unit_price": unit_price, "quantity": quantity })))
            }
            ResourceCommand::Terminate { id, final_amount } => {
                Call { body: Some(said(json!({ "final_amount": final_amount }))), ..delete(place(&id)) }
            }
            ResourceCommand::Show { id } => get(place(&id)),
            ResourceCommand::List { account, page } => {
                list("/v1/resources", page, [("account_uin", Some(text(account)))])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_termination_may_settle_something() {
        let call = ResourceCommand::Terminate { id: "a/b".into(), final_amount: Some("1.20".into()) }.call();
        assert_eq!((call.method, &*call.path), ("DELETE", "/v1/resources/a%2Fb"));
        assert_eq!(call.body, Some(json!({ "final_amount": "1.20" })));
    }
}
