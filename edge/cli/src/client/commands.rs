//! The client part's commands, and the call that each one is.

use super::http::Call;
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
    /// Who did what.
    Audit(AuditFilter),
    /// The test clock of a sandbox.
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

#[derive(Debug, Args)]
pub(crate) struct Page {
    /// How many at most, 1 to 200.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Where a list before ended (its `next_cursor`).
    #[arg(long)]
    cursor: Option<String>,
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
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Bind an account to a partner.
    Bind { uin: u64, partner: u64 },
    /// End a binding.
    Unbind { uin: u64 },
    /// Show a customer's credit.
    Show { uin: u64 },
    /// List a partner's customers.
    List {
        partner: u64,
        #[command(flatten)]
        page: Page,
    },
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
    },
    /// List products.
    List(Page),
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
    /// Move the clock by a time such as 2h30m.
    Advance { by: String },
}

impl ClientCommand {
    /// The call that this is.
    pub(crate) fn call(self) -> Call {
        match self {
            ClientCommand::Account(command) => account(command),
            ClientCommand::Partner(command) => partner(command),
            ClientCommand::Customer(command) => customer(command),
            ClientCommand::Credit(command) => credit(command),
            ClientCommand::Product(command) => product(command),
            ClientCommand::Discount(command) => discount(command),
            ClientCommand::Order(command) => order(command),
            ClientCommand::Audit(AuditFilter { account, action, page }) => {
                list("/v1/audit", page, [("account_uin", account.map(text)), ("action", action)])
            }
            ClientCommand::Clock(ClockCommand::Show) => get("/v1/clock".to_owned()),
            ClientCommand::Clock(ClockCommand::Advance { by }) => {
                post("/v1/clock/advance".to_owned(), json!({ "by": by }))
            }
        }
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
    }
}

fn customer(command: CustomerCommand) -> Call {
    match command {
        CustomerCommand::Bind { uin, partner } => {
            post("/v1/customers".to_owned(), json!({ "uin": uin, "partner_uin": partner }))
        }
        CustomerCommand::Unbind { uin } => Call { method: "DELETE", path: format!("/v1/customers/{uin}"), body: None },
        CustomerCommand::Show { uin } => get(format!("/v1/accounts/{uin}")),
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
        ProductCommand::Add { code, settlement, name } => {
            let settlement = match settlement {
                Settlement::Hourly => "hourly",
                Settlement::Daily => "daily",
                Settlement::Monthly => "monthly",
            };
            let mut body = given([("name", name.map(Value::from)), ("code", Some(code.into()))]);
            body.insert("settlement".to_owned(), settlement.into());
            post("/v1/products".to_owned(), body.into())
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
        DiscountCommand::End { id } => {
            Call { method: "DELETE", path: format!("/v1/discounts/{}", encode(&id)), body: None }
        }
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
    }
}

fn text(uin: u64) -> String {
    uin.to_string()
}

fn get(path: String) -> Call {
    Call { method: "GET", path, body: None }
}

fn post(path: String, body: Value) -> Call {
    Call { method: "POST", path, body: Some(body) }
}

fn patch(path: String, body: Value) -> Call {
    Call { method: "PATCH", path, body: Some(body) }
}

fn list<const N: usize>(path: &str, page: Page, filters: [(&str, Option<String>); N]) -> Call {
    let mut query = format!("{path}?limit={}", page.limit);
    for (name, value) in filters.into_iter().chain([("cursor", page.cursor)]) {
        if let Some(value) = value {
            query.push_str(&format!("&{name}={}", encode(&value)));
        }
    }
    get(query)
}

fn given<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Percent-encodes everything but what is plain in a path or query.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
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

    #[test]
    fn a_query_is_encoded() {
        let page = Page { limit: 3, cursor: Some("a b&c".into()) };
        assert_eq!(list("/v1/audit", page, [("action", None)]).path, "/v1/audit?limit=3&cursor=a%20b%26c");
    }
}
