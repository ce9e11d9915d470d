//! Commands about what is used after it was bought: resources, metering, vouchers, bills and receipts.

use super::calls::{Page, delete, encode, get, given, list, patch, post, text};
use super::export::Export;
use super::http::Call;
use super::usage::Sending;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

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

#[derive(Debug, Subcommand)]
pub(crate) enum UsageCommand {
    /// Send usage records from a file, one JSON object a line, as `POST /v1/usage` takes them.
    Send(Sending),
}

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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum VoucherKind {
    /// Type I: a partner's, for anything.
    PartnerAll,
    /// Type II: a partner's, for one customer's trial.
    PartnerCustomer,
    /// Type III: a customer's.
    Customer,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BillCommand {
    #[command(flatten)]
    Look(BillLook),
    /// Write a bill's lines into a file: CSV, or a spreadsheet where its name ends in .xlsx.
    Export(Export),
}

#[derive(Debug, Subcommand)]
pub(crate) enum BillLook {
    /// Show what a bill comes to, by everything that it is summed by.
    Show { uin: u64, month: String },
    /// List the months for which an account has a bill.
    Months {
        uin: u64,
        #[command(flatten)]
        page: Page,
    },
    /// List a bill's lines.
    Lines {
        uin: u64,
        month: String,
        #[command(flatten)]
        filter: LineFilter,
        #[command(flatten)]
        page: Page,
    },
    /// List a bill's sums by resource.
    Resources {
        uin: u64,
        month: String,
        #[command(flatten)]
        page: Page,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LineFilter {
    /// prePay or postPay.
    #[arg(long, value_name = "MODE")]
    pay_mode: Option<String>,
    /// One action type, such as prepay_purchase.
    #[arg(long, value_name = "TYPE")]
    action_type: Option<String>,
}

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

impl ResourceCommand {
    pub(super) fn call(self) -> Call {
        let place = |id: &str| format!("/v1/resources/{}", encode(id));
        match self {
            ResourceCommand::Activate { account, id, product, unit_price, quantity, region, dry_run } => {
                let mut body = given([
                    ("quantity", quantity.map(Value::from)),
                    ("region", region.map(Value::from)),
                    ("dry_run", dry_run.then_some(true.into())),
                ]);
                body.extend(given([
                    ("account_uin", Some(account.into())),
                    ("resource_id", Some(id.into())),
                    ("product_code", Some(product.into())),
                    ("unit_price", Some(unit_price.into())),
                ]));
                post("/v1/resources".to_owned(), body.into())
            }
            ResourceCommand::Resize { id, unit_price, quantity } => {
                let body =
                    given([("unit_price", unit_price.map(Value::from)), ("quantity", quantity.map(Value::from))]);
                patch(place(&id), body.into())
            }
            ResourceCommand::Terminate { id, final_amount } => {
                let body = given([("final_amount", final_amount.map(Value::from))]);
                Call { body: Some(body.into()), ..delete(place(&id)) }
            }
            ResourceCommand::Show { id } => get(place(&id)),
            ResourceCommand::List { account, page } => {
                list("/v1/resources", page, [("account_uin", Some(text(account)))])
            }
        }
    }
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
                let kind = match kind {
                    VoucherKind::PartnerAll => "partner_all",
                    VoucherKind::PartnerCustomer => "partner_customer",
                    VoucherKind::Customer => "customer",
                };
                let products = match (only.is_empty(), except.is_empty()) {
                    (false, _) => json!({ "mode": "only", "codes": only }),
                    (true, false) => json!({ "mode": "except", "codes": except }),
                    (true, true) => json!({ "mode": "all", "codes": [] }),
                };
                let mut body = json!({
                    "kind": kind, "owner_uin": owner, "amount": amount, "usage": usage, "payment_mode": pays,
                    "products": products, "expires_at": expires,
                });
                let further = given([
                    ("customer_uin", customer.map(Value::from)),
                    ("issuer_uin", issuer.map(Value::from)),
                    ("effective_at", effective.map(Value::from)),
                ]);
                for (name, value) in further {
                    body[name] = value;
                }
                post("/v1/vouchers".to_owned(), body)
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

impl BillLook {
    pub(super) fn call(self) -> Call {
        let place = |uin: u64, month: &str| format!("/v1/bills/{uin}/{}", encode(month));
        match self {
            BillLook::Show { uin, month } => get(place(uin, &month)),
            BillLook::Months { uin, page } => list(&format!("/v1/bills/{uin}"), page, []),
            BillLook::Lines { uin, month, filter, page } => {
                let filters = [("pay_mode", filter.pay_mode), ("action_type", filter.action_type)];
                list(&format!("{}/lines", place(uin, &month)), page, filters)
            }
            BillLook::Resources { uin, month, page } => list(&format!("{}/resources", place(uin, &month)), page, []),
        }
    }
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

    #[test]
    fn a_receipt_names_only_what_was_said() {
        let filter = LineFilter { pay_mode: None, action_type: Some("prepay_purchase".into()) };
        let command = ReceiptCommand::Confirm { customer: 7, month: "2026-10".into(), filter, lines: Vec::new() };
        let body = json!({ "customer_uin": 7, "month": "2026-10", "action_type": "prepay_purchase" });
        assert_eq!(command.call(), post("/v1/receipts".to_owned(), body));
    }

    #[test]
    fn a_termination_may_settle_something() {
        let call = ResourceCommand::Terminate { id: "a/b".into(), final_amount: Some("1.20".into()) }.call();
        assert_eq!((call.method, &*call.path), ("DELETE", "/v1/resources/a%2Fb"));
        assert_eq!(call.body, Some(json!({ "final_amount": "1.20" })));
    }
}
