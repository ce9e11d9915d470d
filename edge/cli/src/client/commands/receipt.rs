//! `credere receipt`: what customers have paid.

use super::bill::LineFilter;
use crate::client::calls::{post, said};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

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
        let lines = (!lines.is_empty()).then_some(lines);
        let body = json!({
            "customer_uin": customer, "month": month, "pay_mode": filter.pay_mode, "action_type": filter.action_type,
            "line_ids": lines
        });
        post("/v1/receipts".to_owned(), said(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_names_only_what_was_said() {
        let filter = LineFilter { pay_mode: None, action_type: Some("prepay_purchase".into()) };
        let command = ReceiptCommand::Confirm { customer: 7, month: "2026-10".into(), filter, lines: Vec::new() };
        let body = json!({ "customer_uin": 7, "month": "2026-10", "action_type": "prepay_purchase" });
        assert_eq!(command.call(), post("/v1/receipts".to_owned(), body));
    }
}
