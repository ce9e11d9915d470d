//! `credere partner`: partners with their ledgers and pools.

use crate::client::calls::{Page, get, list, patch, post, said};
use crate::client::http::Call;
use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum PartnerCommand {
    /// Make an account a partner.
    Add {
        uin: u64,
        #[arg(value_enum)]
        kind: Kind,
        /// What it may hand out; a second-level reseller's pool.
        quota: String,
        /// The distributor above, for a second-level reseller.
        #[arg(long, value_name = "UIN")]
        distributor: Option<u64>,
        /// What it may owe the platform; the quota otherwise.
        #[arg(long, value_name = "AMOUNT")]
        spend_line: Option<String>,
    },
    /// Show a partner's ledgers.
    Show { uin: u64 },
    /// List partners.
    List(Page),
    /// Change a partner's limits.
    Change {
        uin: u64,
        /// New allocation quota.
        #[arg(long, value_name = "AMOUNT")]
        quota: Option<String>,
        /// New spend line.
        #[arg(long, value_name = "AMOUNT")]
        spend_line: Option<String>,
    },
    /// Grant to a second-level reseller's pool, or pull from it when negative.
    Pool {
        uin: u64,
        #[arg(allow_negative_numbers = true)]
        amount: String,
        /// A note.
        #[arg(long)]
        remark: Option<String>,
    },
    /// Record that a partner paid the platform.
    Pay { uin: u64, amount: String },
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Reseller,
    Distributor,
    SecondLevelReseller,
    Agent,
}

impl PartnerCommand {
    pub(super) fn call(self) -> Call {
        match self {
            PartnerCommand::Add { uin, kind, quota, distributor, spend_line } => {
                let body = json!({
                    "uin": uin, "kind": kind, "allocation_quota": quota, "distributor_uin": distributor,
                    "spend_line": spend_line
                });
                post("/v1/partners".to_owned(), said(body))
            }
            PartnerCommand::Show { uin } => get(format!("/v1/partners/{uin}")),
            PartnerCommand::List(page) => list("/v1/partners", page, []),
            PartnerCommand::Change { uin, quota, spend_line } => {
                let body = json!({ "allocation_quota": quota, "spend_line": spend_line });
                patch(format!("/v1/partners/{uin}"), said(body))
            }
            PartnerCommand::Pool { uin, amount, remark } => {
                let body = json!({ "amount": amount, "remark": remark });
                post(format!("/v1/partners/{uin}/pool"), said(body))
            }
            PartnerCommand::Pay { uin, amount } => {
                post(format!("/v1/partners/{uin}/payments"), json!({ "amount": amount }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_sent() {
        let call = PartnerCommand::Change { uin: 7, quota: None, spend_line: Some("5".into()) }.call();
        assert_eq!(call, patch("/v1/partners/7".to_owned(), json!({ "spend_line": "5" })));
    }
}
