//! `credere product`: products and how they stop and freeze.

use crate::client::calls::{Page, encode, list, patch, post, said};
use crate::client::http::Call;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(crate) enum ProductCommand {
    /// Add a product.
    Add {
        code: String,
        #[arg(value_enum)]
        settlement: Settlement,
        /// What people call it; its code otherwise.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        terms: ProductTerms,
    },
    /// Change a product.
    Change {
        code: String,
        /// What people call it.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        terms: ProductTerms,
    },
    /// List products.
    List(Page),
}

/// How a product stops and freezes.
#[derive(Debug, Args)]
pub(crate) struct ProductTerms {
    /// Hours that a resource runs on after its account became overdue.
    #[arg(long, value_name = "HOURS")]
    grace: Option<u32>,
    /// Days that a stopped resource's data is kept.
    #[arg(long, value_name = "DAYS")]
    retention: Option<u32>,
    /// What a resource freezes while it runs.
    #[arg(long, value_enum, value_name = "MODEL")]
    freeze: Option<Freeze>,
    /// What a price is multiplied with, for coefficient and re-estimate.
    #[arg(long, value_name = "FACTOR", requires = "freeze")]
    coefficient: Option<String>,
    /// The amount of fixed, or the fee of minimum-fee.
    #[arg(long, value_name = "AMOUNT", requires = "freeze")]
    freeze_amount: Option<String>,
    /// Whether who inherits another account's offers has them for it, too.
    #[arg(long, value_name = "BOOL")]
    inheritable: Option<bool>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Freeze {
    None,
    Coefficient,
    Fixed,
    ReEstimate,
    MinimumFee,
}

impl ProductTerms {
    /// The body with these terms beside what it is called and how it settles.
    fn body(self, code: Option<String>, name: Option<String>, settlement: Option<Settlement>) -> Value {
        let freeze = self.freeze.map(|model| {
            said(json!({ "model": model, "coefficient": self.coefficient, "amount": self.freeze_amount }))
        });
        said(json!({
            "code": code, "name": name, "settlement": settlement, "grace_hours": self.grace,
            "retention_days": self.retention, "freeze": freeze, "inheritable": self.inheritable
        }))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Settlement {
    Hourly,
    Daily,
    Monthly,
}

impl ProductCommand {
    pub(super) fn call(self) -> Call {
        match self {
            ProductCommand::Add { code, settlement, name, terms } => {
                post("/v1/products".to_owned(), terms.body(Some(code), name, Some(settlement)))
            }
            ProductCommand::Change { code, name, terms } => {
                patch(format!("/v1/products/{}", encode(&code)), terms.body(None, name, None))
            }
            ProductCommand::List(page) => list("/v1/products", page, []),
        }
    }
}
