//! The client part's commands, and the call that each one is.

use super::calls::{Page, delete, encode, get, given, list, patch, post, put, text};
use super::http::Call;
use super::spending::{BillCommand, ReceiptCommand, ResourceCommand, UsageCommand, VoucherCommand};
use super::telling::{DecisionCommand, NoticeFilter, SubscriptionOptions, WebhookCommand};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};

#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Accounts and their API credentials.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Partners: resellers, distributors, second-level resellers.
    #[command(subcommand)]
    Partner(PartnerCommand),
    /// Customers: accounts that are bound to a partner.
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// Credit that is handed to customers, and taken back.
    #[command(subcommand)]
    Credit(CreditCommand),
    /// Products.
    #[command(subcommand)]
    Product(ProductCommand),
    /// Discounts.
    #[command(subcommand)]
    Discount(DiscountCommand),
    /// Prepaid orders.
    #[command(subcommand)]
    Order(OrderCommand),
    /// Postpaid resources.
    #[command(subcommand)]
    Resource(ResourceCommand),
    /// Metering.
    #[command(subcommand)]
    Usage(UsageCommand),
    /// Vouchers.
    #[command(subcommand)]
    Voucher(VoucherCommand),
    /// Bills: sums, lines, files.
    #[command(subcommand)]
    Bill(BillCommand),
    /// Receipts: what customers have paid.
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// What was told to whom.
    Notice(NoticeFilter),
    /// Webhooks and what was sent to them.
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Why something was decided as it was.
    #[command(subcommand)]
    Decision(DecisionCommand),
    /// Who did what.
    Audit(AuditFilter),
    /// The test clock of a sandbox, and the machine's clock after a jump.
    #[command(subcommand)]
    Clock(ClockCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Open an account.
    Open {
        /// Its name.
        name: String,
        /// Its number; the next free one otherwise.
        #[arg(long)]
        uin: Option<u64>,
        /// Contact address.
        #[arg(long)]
        email: Option<String>,
        /// Contact number.
        #[arg(long)]
        phone: Option<String>,
        /// How far its identity is verified; only verified accounts may buy.
        #[arg(long, value_enum, default_value_t = Level::None)]
        verified: Level,
    },
    /// Show an account with its figures.
    Show { uin: u64 },
    /// List accounts.
    List(Page),
    /// Set how far an account's identity is verified.
    Verify {
        uin: u64,
        #[arg(value_enum)]
        level: Level,
    },
    /// Make an API credential for the official SDKs; the secret key is shown once.
    Credential { uin: u64 },
    /// Say what an account is told of, and where.
    Subscribe {
        uin: u64,
        #[command(flatten)]
        options: SubscriptionOptions,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Level {
    None,
    Personal,
    Enterprise,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Personal => "personal",
            Level::Enterprise => "enterprise",
        }
    }
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

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Bind an account to a partner.
    Bind { uin: u64, partner: u64 },
    /// End a binding.
    Unbind { uin: u64 },
    /// Show a customer's credit.
    Show { uin: u64 },
    /// Change how a customer is suspended and warned.
    Change {
        uin: u64,
        /// Whether what is paid before use runs on while it is overdue.
        #[arg(long, value_name = "BOOL")]
        non_stop_prepaid: Option<bool>,
        /// Whether what is paid after use runs on while it is overdue.
        #[arg(long, value_name = "BOOL")]
        non_stop_postpaid: Option<bool>,
        /// Whether its resources stop without grace while it is overdue.
        #[arg(long, value_name = "BOOL")]
        special_suspension: Option<bool>,
        /// The level that its partner is warned at besides 25, 10 and 0, or `none`.
        #[arg(long, value_name = "PERCENT")]
        partner_warning: Option<Percent>,
        /// The level that it is warned at itself besides, or `none`.
        #[arg(long, value_name = "PERCENT")]
        own_warning: Option<Percent>,
    },
    /// Suspend a customer by force.
    Suspend { uin: u64 },
    /// End a suspension by force.
    Resume { uin: u64 },
    /// List a partner's customers.
    List {
        partner: u64,
        #[command(flatten)]
        page: Page,
    },
}

/// A warning level, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Percent(Option<u8>);

impl std::str::FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Percent, String> {
        if text == "none" {
            return Ok(Percent(None));
        }
        let percent = text.parse().ok().filter(|percent: &u8| *percent <= 100);
        percent.map(|percent| Percent(Some(percent))).ok_or_else(|| "a level is 0 to 100, or `none`".to_owned())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum CreditCommand {
    /// Hand credit to a customer, or take it back when negative.
    Allocate {
        customer: u64,
        #[arg(allow_negative_numbers = true)]
        amount: String,
        /// A note.
        #[arg(long)]
        remark: Option<String>,
    },
    /// List a customer's allocation records.
    History {
        customer: u64,
        #[command(flatten)]
        page: Page,
    },
}

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

#[derive(Debug, Subcommand)]
pub(crate) enum DiscountCommand {
    /// Set a partner's discount, or with --customer a customer's.
    Set {
        partner: u64,
        /// Part of the list price, such as 0.90.
        rate: String,
        /// Whose price, instead of the partner's own.
        #[arg(long, value_name = "UIN")]
        customer: Option<u64>,
        /// One product only.
        #[arg(long, value_name = "CODE")]
        product: Option<String>,
    },
    /// List discounts.
    List(Page),
    /// End a discount.
    End { id: String },
}

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
        /// In this state only.
        #[arg(long)]
        state: Option<String>,
        #[command(flatten)]
        page: Page,
    },
    /// Pay an order that is to be paid.
    Pay {
        id: String,
        /// customer or partner.
        #[arg(long, default_value = "customer")]
        by: String,
    },
    /// Deliver an order that is processing.
    Deliver { id: String },
    /// Give an open order up.
    Cancel { id: String },
    /// Give back what was paid for a delivered order, whole or in part.
    Refund { id: String, amount: String },
}

#[derive(Debug, Args)]
pub(crate) struct AuditFilter {
    /// Done to this account.
    #[arg(long, value_name = "UIN")]
    account: Option<u64>,
    /// This command, such as allocate_credit.
    #[arg(long)]
    action: Option<String>,
    #[command(flatten)]
    page: Page,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// Show the clock.
    Show,
    /// Say that what the machine's clock shows after a jump is the time, so that the server writes again.
    Accept,
    /// Move the clock by a time such as 2h30m.
    Advance { by: String },
}

/// What a command does: one call, or work of its own.
#[derive(Debug)]
pub(crate) enum Work {
    /// One call, whose answer is shown.
    Call(Call),
    /// Sending a file of usage records.
    Send(super::usage::Sending),
    /// Writing a bill into a file.
    Export(super::export::Export),
    /// Telling why something was decided.
    Explain(Call),
}

impl ClientCommand {
    /// What this does.
    pub(crate) fn work(self) -> Work {
        Work::Call(match self {
            ClientCommand::Account(command) => account(command),
            ClientCommand::Partner(command) => partner(command),
            ClientCommand::Customer(command) => customer(command),
            ClientCommand::Credit(command) => credit(command),
            ClientCommand::Product(command) => product(command),
            ClientCommand::Discount(command) => discount(command),
            ClientCommand::Order(command) => order(command),
            ClientCommand::Resource(command) => command.call(),
            ClientCommand::Usage(UsageCommand::Send(sending)) => return Work::Send(sending),
            ClientCommand::Voucher(command) => command.call(),
            ClientCommand::Bill(BillCommand::Export(export)) => return Work::Export(export),
            ClientCommand::Bill(BillCommand::Look(command)) => command.call(),
            ClientCommand::Receipt(command) => command.call(),
            ClientCommand::Notice(filter) => filter.call(),
            ClientCommand::Webhook(command) => command.call(),
            ClientCommand::Decision(command) => return Work::Explain(command.call()),
            ClientCommand::Audit(AuditFilter { account, action, page }) => {
                list("/v1/audit", page, [("account_uin", account.map(text)), ("action", action)])
            }
            ClientCommand::Clock(ClockCommand::Show) => get("/v1/clock".to_owned()),
            ClientCommand::Clock(ClockCommand::Accept) => post("/v1/clock/accept".to_owned(), json!({})),
            ClientCommand::Clock(ClockCommand::Advance { by }) => {
                post("/v1/clock/advance".to_owned(), json!({ "by": by }))
            }
        })
    }
}

fn account(command: AccountCommand) -> Call {
    match command {
        AccountCommand::Open { name, uin, email, phone, verified } => {
            let mut body = given([("uin", uin.map(Value::from)), ("email", email.map(Value::from))]);
            body.extend(given([("name", Some(name.into())), ("phone", phone.map(Value::from))]));
            body.insert("verification".to_owned(), json!({ "level": verified.name() }));
            post("/v1/accounts".to_owned(), body.into())
        }
        AccountCommand::Show { uin } => get(format!("/v1/accounts/{uin}")),
        AccountCommand::List(page) => list("/v1/accounts", page, []),
        AccountCommand::Verify { uin, level } => {
            patch(format!("/v1/accounts/{uin}"), json!({ "verification": { "level": level.name() } }))
        }
        AccountCommand::Credential { uin } => post(format!("/v1/accounts/{uin}/credentials"), json!({})),
        AccountCommand::Subscribe { uin, options } => put(format!("/v1/accounts/{uin}/subscriptions"), options.body()),
    }
}

fn partner(command: PartnerCommand) -> Call {
    match command {
        PartnerCommand::Add { uin, kind, quota, distributor, spend_line } => {
            let mut body =
                given([("distributor_uin", distributor.map(Value::from)), ("spend_line", spend_line.map(Value::from))]);
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

fn customer(command: CustomerCommand) -> Call {
    match command {
        CustomerCommand::Bind { uin, partner } => {
            post("/v1/customers".to_owned(), json!({ "uin": uin, "partner_uin": partner }))
        }
        CustomerCommand::Unbind { uin } => delete(format!("/v1/customers/{uin}")),
        CustomerCommand::Show { uin } => get(format!("/v1/accounts/{uin}")),
        CustomerCommand::Change {
            uin,
            non_stop_prepaid,
            non_stop_postpaid,
            special_suspension,
            partner_warning,
            own_warning,
        } => {
            let non_stop = given([
                ("prepaid", non_stop_prepaid.map(Value::from)),
                ("postpaid", non_stop_postpaid.map(Value::from)),
            ]);
            let level = |percent: Option<Percent>| percent.map(|Percent(level)| Value::from(level));
            let body = given([
                ("non_stop", (!non_stop.is_empty()).then(|| non_stop.into())),
                ("special_suspension", special_suspension.map(Value::from)),
                ("partner_warning_percent", level(partner_warning)),
                ("own_warning_percent", level(own_warning)),
            ]);
            patch(format!("/v1/customers/{uin}"), body.into())
        }
        CustomerCommand::Suspend { uin } => put(format!("/v1/customers/{uin}/suspension"), json!({ "forced": true })),
        CustomerCommand::Resume { uin } => put(format!("/v1/customers/{uin}/suspension"), json!({ "forced": false })),
        CustomerCommand::List { partner, page } => list("/v1/customers", page, [("partner_uin", Some(text(partner)))]),
    }
}

fn credit(command: CreditCommand) -> Call {
    match command {
        CreditCommand::Allocate { customer, amount, remark } => {
            let body = given([("amount", Some(amount.into())), ("remark", remark.map(Value::from))]);
            post(format!("/v1/customers/{customer}/allocations"), body.into())
        }
        CreditCommand::History { customer, page } => list(&format!("/v1/customers/{customer}/allocations"), page, []),
    }
}

fn product(command: ProductCommand) -> Call {
    match command {
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

fn discount(command: DiscountCommand) -> Call {
    match command {
        DiscountCommand::Set { partner, rate, customer, product } => {
            let kind = if customer.is_some() { "customer" } else { "partner" };
            let mut body =
                given([("customer_uin", customer.map(Value::from)), ("product_code", product.map(Value::from))]);
            body.extend(given([
                ("kind", Some(kind.into())),
                ("partner_uin", Some(partner.into())),
                ("rate", Some(rate.into())),
            ]));
            post("/v1/discounts".to_owned(), body.into())
        }
        DiscountCommand::List(page) => list("/v1/discounts", page, []),
        DiscountCommand::End { id } => delete(format!("/v1/discounts/{}", encode(&id))),
    }
}

fn order(command: OrderCommand) -> Call {
    match command {
        OrderCommand::Place { account, product, amount, kind, hold, park, dry_run } => {
            let mut body = json!({ "account_uin": account, "product_code": product, "kind": kind, "amount": amount });
            for (name, said, value) in [("capture", hold, false), ("park", park, true), ("dry_run", dry_run, true)] {
                if said {
                    body[name] = value.into();
                }
            }
            post("/v1/orders".to_owned(), body)
        }
        OrderCommand::Show { id } => get(format!("/v1/orders/{}", encode(&id))),
        OrderCommand::List { account, state, page } => {
            list("/v1/orders", page, [("account_uin", account.map(text)), ("state", state)])
        }
        OrderCommand::Pay { id, by } => post(format!("/v1/orders/{}/pay", encode(&id)), json!({ "by": by })),
        OrderCommand::Deliver { id } => post(format!("/v1/orders/{}/deliver", encode(&id)), json!({})),
        OrderCommand::Cancel { id } => post(format!("/v1/orders/{}/cancel", encode(&id)), json!({})),
        OrderCommand::Refund { id, amount } => {
            post(format!("/v1/orders/{}/refund", encode(&id)), json!({ "amount": amount }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_one_call() {
        let call = OrderCommand::Place {
            account: 7,
            product: "cvm".into(),
            amount: "1.50".into(),
            kind: "renew".into(),
            hold: true,
            park: false,
            dry_run: false,
        };
        let expected =
            json!({ "account_uin": 7, "product_code": "cvm", "kind": "renew", "amount": "1.50", "capture": false });
        assert_eq!(order(call), post("/v1/orders".to_owned(), expected));
    }

    #[test]
    fn what_is_not_said_is_not_sent() {
        let call = partner(PartnerCommand::Change { uin: 7, quota: None, spend_line: Some("5".into()) });
        assert_eq!(call, patch("/v1/partners/7".to_owned(), json!({ "spend_line": "5" })));
    }
}
