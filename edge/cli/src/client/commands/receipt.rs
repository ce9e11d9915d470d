//! `credere receipt`: what customers have paid.

use super::bill::LineFilter;
use crate::client::calls::{given, post};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::Value;

#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptCommand {
    /// Confirm that a customer paid a month, whole or in part: its credit is back at once.
    Confirm {
        customer: u64,
        /// Such as 2026-10.
        month: String,
        #[command(flatten)]
        filter: LineFilter,
        /// Only these lines, separated by commas.
        #[arg(long, value_delimiter = ',', value_name = "IDS")]
        lines: Vec<String>,
    },
}

impl ReceiptCommand {
    pub(super) fn call(self) -> Call {
        let ReceiptCommand::Confirm { customer, month, filter, lines } = self;
        let mut body = given([
            ("pay_mode", filter.pay_mode.map(Value::from)),
            ("action_type", filter.action_type.map(Value::from)),
            ("line_ids", (!lines.is_empty()).then(|| lines.into())),
        ]);
        body.extend(given([("customer_uin", Some(customer.into())), ("month", Some(month.into()))]));
        post("/v1/receipts".to_owned(), body.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_receipt_names_only_what_was_said() {
        let filter = LineFilter { pay_mode: None, action_type: Some("prepay_purchase".into()) };
        let command = ReceiptCommand::Confirm { customer: 7, month: "2026-10".into(), filter, lines: Vec::new() };
        let body = json!({ "customer_uin": 7, "month": "2026-10", "action_type": "prepay_purchase" });
        assert_eq!(command.call(), post("/v1/receipts".to_owned(), body));
    }
}
