//! The demo's world: a distributor with two second-level resellers, a reseller, dozens of customers, products and
//! discounts, made through the platform API; and what is said of it.

use super::receiver::Receiver;
use crate::client::{Call, Client, table};
use crate::exit::Failed;
use crate::terminal::say;
use serde_json::{Value, json};

/// Products: code, name, settlement, and a typical list price in cents.
pub(super) const PRODUCTS: [(&str, &str, &str, u64); 5] = [
    ("cvm", "Virtual machines", "hourly", 4_800),
    ("cos", "Object storage", "daily", 1_250),
    ("cdb", "Managed MySQL", "hourly", 9_600),
    ("cdn", "Content delivery", "monthly", 2_375),
    ("support", "Support plan", "monthly", 30_000),
];

const TRADES: [&str; 10] =
    ["Foods", "Freight", "Games", "Clinics", "Robotics", "Textiles", "Energy", "Press", "Tours", "Optics"];
const PLACES: [&str; 8] =
    ["Harbour", "Northgate", "Lakeside", "Summit", "Riverbank", "Eastfield", "Bayview", "Hillcrest"];

/// A seller of the world.
#[derive(Debug, Clone)]
pub(super) struct Seller {
    pub(super) uin: u64,
    name: &'static str,
    role: &'static str,
    credential: Option<(String, String)>,
}

/// What was made.
pub(super) struct World {
    pub(super) sellers: Vec<Seller>,
    /// Customers with the seller that manages them.
    pub(super) customers: Vec<(u64, u64)>,
    customer_credential: Option<(String, String)>,
    /// What lies behind it, where it was made by this demo.
    pub(super) past: Option<Past>,
}

/// What there is to look at afterwards.
#[derive(Debug, Clone, Default)]
pub(super) struct Past {
    /// The last month whose bills are issued.
    pub(super) month: String,
    /// A customer with lines on that month's bill.
    pub(super) customer: u64,
    /// What its partner confirmed in all.
    pub(super) receipts: u64,
    /// The resource that was stopped and runs again, with its account.
    pub(super) stopped: Option<(String, u64)>,
    /// The number of a request that was refused, to be explained.
    pub(super) refused: Option<String>,
}

impl World {
    /// The world that is there, of a demo that was started again on its data.
    pub(super) fn find(client: &Client) -> Result<Option<World>, Failed> {
        let partners = rows(client, "/v1/partners?limit=200".to_owned())?;
        if partners.is_empty() {
            return Ok(None);
        }
        let mut world = World { sellers: Vec::new(), customers: Vec::new(), customer_credential: None, past: None };
        for partner in &partners {
            let uin = number(partner, "uin")?;
            let role = match partner["kind"].as_str() {
                Some("distributor") => "distributor",
                Some("second_level_reseller") => "second-level reseller",
                _ => "reseller",
            };
            world.sellers.push(Seller { uin, name: "", role, credential: None });
            for customer in rows(client, format!("/v1/customers?partner_uin={uin}&limit=200"))? {
                world.customers.push((number(&customer, "uin")?, uin));
            }
        }
        Ok(Some(world))
    }

    /// Makes the world, with nothing behind it yet.
    pub(super) fn make(client: &Client, customers: u32) -> Result<World, Failed> {
        for (code, name, settlement, _) in PRODUCTS {
            let mut body = json!({ "code": code, "name": name, "settlement": settlement });
            match code {
                "cdb" => body["freeze"] = json!({ "model": "coefficient", "coefficient": "1.5" }),
                "cos" => body["freeze"] = json!({ "model": "minimum_fee", "amount": "5.00" }),
                _ => {}
            }
            post(client, "/v1/products", body)?;
        }
        let sellers = [
            ("Meridian Distribution", "distributor", "distributor", "2000000.00"),
            ("Northgate Cloud Partners", "second-level reseller", "second_level_reseller", "300000.00"),
            ("Bayview IT Services", "second-level reseller", "second_level_reseller", "200000.00"),
            ("Summit Resale", "reseller", "reseller", "500000.00"),
        ];
        let mut world = World { sellers: Vec::new(), customers: Vec::new(), customer_credential: None, past: None };
        for (name, role, kind, quota) in sellers {
            let uin = open_account(client, name, "enterprise")?;
            let mut body = json!({ "uin": uin, "kind": kind, "allocation_quota": quota, "voucher_quota": "5000.00" });
            if kind == "second_level_reseller" {
                body["distributor_uin"] = world.sellers.first().map(|distributor| distributor.uin).into();
            } else {
                // Less than is handed out, so that the partner's side can run short before the customers' does.
                body["spend_line"] = if kind == "reseller" { "60000.00".into() } else { "250000.00".into() };
            }
            post(client, "/v1/partners", body)?;
            let credential = Some(credential(client, uin)?);
            world.sellers.push(Seller { uin, name, role, credential });
        }
        let paying = [world.sellers[0].uin, world.sellers[3].uin];
        for (partner, rate) in paying.into_iter().zip(["0.82", "0.88"]) {
            post(client, "/v1/discounts", json!({ "kind": "partner", "partner_uin": partner, "rate": rate }))?;
        }
        for number in 0..customers as usize {
            let place = PLACES[number % PLACES.len()];
            let trade = TRADES[(number / PLACES.len() + number) % TRADES.len()];
            let verified = if number % 7 == 0 { "personal" } else { "enterprise" };
            let uin = open_account(client, &format!("{place} {trade} {}", number + 1), verified)?;
            let seller = world.sellers[number % world.sellers.len()].uin;
            post(client, "/v1/customers", json!({ "uin": uin, "partner_uin": seller }))?;
            let amount = format!("{}.00", 500 + (number * 137) % 2_500);
            let remark = json!({ "amount": amount, "remark": "opening credit" });
            post(client, &format!("/v1/customers/{uin}/allocations"), remark)?;
            if number % 5 == 0 {
                let discount =
                    json!({ "kind": "customer", "partner_uin": seller, "customer_uin": uin, "rate": "0.95" });
                post(client, "/v1/discounts", discount)?;
            }
            world.customers.push((uin, seller));
        }
        if let Some((first, _)) = world.customers.first() {
            world.customer_credential = Some(credential(client, *first)?);
        }
        Ok(world)
    }

    /// Says what there is and how to look at it.
    pub(super) fn introduce(&self, address: &str, key: &str, receiver: &Receiver) {
        say(format_args!(
            "\nCredere demo: a sandbox with {} sellers and {} customers",
            self.sellers.len(),
            self.customers.len()
        ));
        say(format_args!("\n  Platform API  {address}/v1      documents: {address}/docs   metrics: {address}/metrics"));
        say(format_args!("  Cloud API     {address}         (official SDKs and tccli)"));
        say(format_args!("\n  export CREDERE_SERVER={address}"));
        say(format_args!("  export CREDERE_PLATFORM_KEY={key}"));
        let mut sellers = table(&["account", "who", "role", "secret id", "secret key"]);
        for seller in &self.sellers {
            let (id, secret) =
                seller.credential.clone().unwrap_or_else(|| ("(made before)".into(), "(shown once)".into()));
            sellers.add_row([seller.uin.to_string(), seller.name.into(), seller.role.into(), id, secret]);
        }
        if let (Some((uin, _)), Some((id, secret))) = (self.customers.first(), &self.customer_credential) {
            sellers.add_row([
                uin.to_string(),
                "the first customer".into(),
                "customer".into(),
                id.clone(),
                secret.clone(),
            ]);
        }
        say(format_args!("\n{sellers}"));
        if let Some((id, secret)) = self.sellers.first().and_then(|seller| seller.credential.as_ref()) {
            say(format_args!(
                "\n  tccli intlpartnersmgt QueryPartnerCredit --endpoint {address} --region ap-singapore \\"
            ));
            say(format_args!("        --secretId {id} --secretKey {secret}"));
        }
        if let Some((customer, _)) = self.customers.first() {
            say(format_args!("\n  credere customer show {customer}"));
            say(format_args!("  credere order place {customer} cvm 12.50 --dry-run"));
            say(format_args!("  credere order list --account {customer}"));
        }
        if let Some(past) = &self.past {
            past.introduce();
        }
        let verified = receiver.speak();
        say(format_args!(
            "\nA webhook at {} has been sent {verified} messages so far, each with a signature that holds.",
            receiver.url
        ));
        say("\nTraffic follows; Ctrl-C ends it.\n");
    }
}

impl Past {
    /// Says what lies behind, and how to look at it.
    fn introduce(&self) {
        let Past { month, customer, receipts, stopped, refused } = self;
        say(format_args!(
            "\nOver two months lie behind it, up to the issue of {month}; {receipts} receipts were confirmed."
        ));
        say(format_args!("\n  credere bill show {customer} {month}"));
        say(format_args!("  credere bill export {customer} {month} {month}.xlsx"));
        say(format_args!("  credere resource list {customer}            # what is frozen"));
        say("  credere voucher list");
        say("  credere notice --kind credit_below_25       # the message center");
        say("  credere webhook list");
        if let Some((resource, account)) = stopped {
            say(format_args!(
                "  credere notice --customer {account}          # {resource} was stopped for arrears, and runs again"
            ));
        }
        if let Some(request) = refused {
            say(format_args!("  credere decision explain {request}"));
        }
    }
}

/// Leaves one webhook, to this receiver: that of an earlier run leads nowhere.
pub(super) fn listen_in(client: &Client, receiver: &Receiver) -> Result<(), Failed> {
    for webhook in rows(client, "/v1/webhooks?limit=200".to_owned())? {
        if let Some(id) = webhook["id"].as_str() {
            client.call(&Call { method: "DELETE", path: format!("/v1/webhooks/{id}"), body: None })?;
        }
    }
    let added = post(client, "/v1/webhooks", json!({ "url": receiver.url }))?;
    let secret = added["secret"].as_str();
    receiver.trust(secret.ok_or_else(|| Failed::Refused("the answer has no secret".to_owned()))?)
}

/// Makes a POST and answers what came back.
pub(super) fn post(client: &Client, path: &str, body: Value) -> Result<Value, Failed> {
    client.call(&Call { method: "POST", path: path.to_owned(), body: Some(body) })
}

/// The same with PUT.
pub(super) fn put(client: &Client, path: &str, body: Value) -> Result<Value, Failed> {
    client.call(&Call { method: "PUT", path: path.to_owned(), body: Some(body) })
}

/// The same with PATCH.
pub(super) fn change(client: &Client, path: &str, body: Value) -> Result<Value, Failed> {
    client.call(&Call { method: "PATCH", path: path.to_owned(), body: Some(body) })
}

/// Reads something.
pub(super) fn get(client: &Client, path: &str) -> Result<Value, Failed> {
    client.call(&Call { method: "GET", path: path.to_owned(), body: None })
}

fn rows(client: &Client, path: String) -> Result<Vec<Value>, Failed> {
    let answer = get(client, &path)?;
    Ok(answer["data"].as_array().cloned().unwrap_or_default())
}

fn number(value: &Value, field: &str) -> Result<u64, Failed> {
    value[field].as_u64().ok_or_else(|| Failed::Refused(format!("the answer has no `{field}`")))
}

fn open_account(client: &Client, name: &str, verified: &str) -> Result<u64, Failed> {
    let mailbox = name.to_lowercase().replace(' ', ".");
    let body = json!({
        "name": name,
        "email": format!("ops@{mailbox}.example"),
        "phone": "+6560000000",
        "verification": { "level": verified, "entity_name": name },
    });
    number(&post(client, "/v1/accounts", body)?, "uin")
}

fn credential(client: &Client, uin: u64) -> Result<(String, String), Failed> {
    let made = post(client, &format!("/v1/accounts/{uin}/credentials"), json!({}))?;
    let part = |name: &str| made[name].as_str().map(str::to_owned);
    let both = part("secret_id").zip(part("secret_key"));
    both.ok_or_else(|| Failed::Refused("the answer has no credential".to_owned()))
}
