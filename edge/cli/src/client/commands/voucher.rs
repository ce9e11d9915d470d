//! `credere voucher`: vouchers and what they paid.

use crate::client::calls::{Page, encode, get, list, post, said, text};
use crate::client::http::Call;
use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum VoucherCommand {
    /// Issue a voucher.
    Issue {
        #[arg(value_enum)]
        kind: VoucherKind,
        /// Who gets it: a partner, or for `customer` a customer.
        owner: u64,
        amount: String,
        /// From when it no longer pays, such as 2026-12-31T00:00:00+08:00.
        #[arg(long, value_name = "TIME")]
        expires: String,
        /// From when it pays; at once otherwise.
        #[arg(long, value_name = "TIME")]
        effective: Option<String>,
        /// Whose trial it pays, for `partner-customer`.
        #[arg(long, value_name = "UIN")]
        customer: Option<u64>,
        /// Who issues it, for `customer`; the managing partner otherwise.
        #[arg(long, value_name = "UIN")]
        issuer: Option<u64>,
        /// CustomerOffer or ProductTrial.
        #[arg(long, default_value = "CustomerOffer")]
        usage: String,
        /// What it pays: all, prepaid or postpaid.
        #[arg(long, value_name = "MODE", default_value = "all")]
        pays: String,
        /// For these products only, separated by commas.
        #[arg(long, value_delimiter = ',', value_name = "CODES")]
        only: Vec<String>,
        /// For every product but these, separated by commas.
        #[arg(long, value_delimiter = ',', value_name = "CODES", conflicts_with = "only")]
        except: Vec<String>,
    },
    /// Take a voucher back.
    Invalidate { id: String },
    /// Show a voucher.
    Show { id: String },
    /// List vouchers.
    List {
        /// That this account has.
        #[arg(long, value_name = "UIN")]
        owner: Option<u64>,
        /// That this partner issued.
        #[arg(long, value_name = "UIN")]
        issuer: Option<u64>,
        #[command(flatten)]
        page: Page,
    },
    /// List what a voucher has paid.
    Uses {
        id: String,
        #[command(flatten)]
        page: Page,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VoucherKind {
    /// Type I: a partner's, for anything.
    PartnerAll,
    /// Type II: a partner's, for one customer's trial.
    PartnerCustomer,
    /// Type III: a customer's.
    Customer,
}

impl VoucherCommand {
    pub(super) fn call(self) -> Call {
        let place = |id: &str| format!("/v1/vouchers/{}", encode(id));
        match self {
            VoucherCommand::Issue {
                kind,
                owner,
                amount,
                expires,
                effective,
                customer,
                issuer,
                usage,
                pays,
                only,
                except,
            } => {
                let products = match (only.is_empty(), except.is_empty()) {
                    (false, _) => json!({ "mode": "only", "codes": only }),
                    (true, false) => json!({ "mode": "except", "codes": except }),
                    (true, true) => json!({ "mode": "all", "codes": [] }),
                };
                let body = json!({
                    "kind": kind, "owner_uin": owner, "customer_uin": customer, "issuer_uin": issuer, "amount": amount,
                    "usage": usage, "payment_mode": pays, "products": products, "effective_at": effective,
                    "expires_at": expires
                });
                post("/v1/vouchers".to_owned(), said(body))
            }
            VoucherCommand::Invalidate { id } => post(format!("{}/invalidate", place(&id)), json!({})),
            VoucherCommand::Show { id } => get(place(&id)),
            VoucherCommand::List { owner, issuer, page } => {
                list("/v1/vouchers", page, [("owner_uin", owner.map(text)), ("issuer_uin", issuer.map(text))])
            }
            VoucherCommand::Uses { id, page } => list(&format!("{}/uses", place(&id)), page, []),
        }
    }
}
