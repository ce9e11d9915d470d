//! `credere partner`: partners with their ledgers and pools.

use crate::client::calls::{Page, get, given, list, patch, post};
use crate::client::http::Call;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    Reseller,
    Distributor,
    SecondLevelReseller,
    Agent,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Reseller => "reseller",
            Kind::Distributor => "distributor",
            Kind::SecondLevelReseller => "second_level_reseller",
            Kind::Agent => "agent",
        }
    }
}

impl PartnerCommand {
    pub(super) fn call(self) -> Call {
        match self {
            PartnerCommand::Add { uin, kind, quota, distributor, spend_line } => {
                let mut body = given([
                    ("distributor_uin", distributor.map(Value::from)),
                    ("spend_line", spend_line.map(Value::from)),
                ]);
                body.extend(given([
                    ("uin", Some(uin.into())),
                    ("kind", Some(kind.name().into())),
                    ("allocation_quota", Some(quota.into())),
                ]));
                post("/v1/partners".to_owned(), body.into())
            }
            PartnerCommand::Show { uin } => get(format!("/v1/partners/{uin}")),
            PartnerCommand::List(page) => list("/v1/partners", page, []),
            PartnerCommand::Change { uin, quota, spend_line } => {
                let body =
                    given([("allocation_quota", quota.map(Value::from)), ("spend_line", spend_line.map(Value::from))]);
                patch(format!("/v1/partners/{uin}"), body.into())
            }
            PartnerCommand::Pool { uin, amount, remark } => {
                let body = given([("amount", Some(amount.into())), ("remark", remark.map(Value::from))]);
                post(format!("/v1/partners/{uin}/pool"), body.into())
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
