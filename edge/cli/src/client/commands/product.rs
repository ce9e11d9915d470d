//! `credere product`: products and how they stop and freeze.

use crate::client::calls::{Page, encode, given, list, patch, post};
use crate::client::http::Call;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value};

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
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Freeze {
    None,
    Coefficient,
    Fixed,
    ReEstimate,
    MinimumFee,
}

impl ProductTerms {
    fn fields(self) -> Map<String, Value> {
        let freeze = self.freeze.map(|model| {
            let model = match model {
                Freeze::None => "none",
                Freeze::Coefficient => "coefficient",
                Freeze::Fixed => "fixed",
                Freeze::ReEstimate => "re_estimate",
                Freeze::MinimumFee => "minimum_fee",
            };
            let terms = given([
                ("model", Some(model.into())),
                ("coefficient", self.coefficient.map(Value::from)),
                ("amount", self.freeze_amount.map(Value::from)),
            ]);
            Value::from(terms)
        });
        given([
            ("grace_hours", self.grace.map(Value::from)),
            ("retention_days", self.retention.map(Value::from)),
            ("freeze", freeze),
        ])
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Settlement {
    Hourly,
    Daily,
    Monthly,
}

impl ProductCommand {
    pub(super) fn call(self) -> Call {
        match self {
            ProductCommand::Add { code, settlement, name, terms } => {
                let settlement = match settlement {
                    Settlement::Hourly => "hourly",
                    Settlement::Daily => "daily",
                    Settlement::Monthly => "monthly",
                };
                let mut body = given([("name", name.map(Value::from)), ("code", Some(code.into()))]);
                body.insert("settlement".to_owned(), settlement.into());
                body.extend(terms.fields());
                post("/v1/products".to_owned(), body.into())
            }
            ProductCommand::Change { code, name, terms } => {
                let mut body = given([("name", name.map(Value::from))]);
                body.extend(terms.fields());
                patch(format!("/v1/products/{}", encode(&code)), body.into())
            }
            ProductCommand::List(page) => list("/v1/products", page, []),
        }
    }
}
