//! A running server as a world: what an operation is as a request, and what the answer says. The platform acts through
//! `/v1`; what a partner does by its own door is a call of the Cloud API, which has fewer codes and tells no figures of a
//! refusal.

use crate::client::{Answer, Client, amount, failure, number, text};
use crate::cloud::{Credential, PARTNERS, Product, Reply, call, figure};
use crate::server::{Folder, Server};
use credere_core::book::Rules;
use credere_core::book::buying::PayBy;
use credere_core::channel::{AccountClass, Tier, Verification};
use credere_core::money::Amount;
use credere_testkit::scenario::{By, DiscountFor, Name, Operation, Organizing, PlaceOrder, Profile, ReceiptPart, Span};
use credere_testkit::{Failure, Figures, Names, Outcome, View, World};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A number that no account of a scenario has.
const NOBODY: u64 = 999_999;
/// Figures that a refusal may tell.
const FIGURES: [&str; 13] = [
    "required",
    "available",
    "requested",
    "allocatable",
    "remaining",
    "refundable",
    "paid",
    "allocated",
    "issued",
    "open",
    "limit",
    "transferable",
    "returnable",
];

/// What the Cloud API's codes may mean, by action; where one code stands for several reasons, all of them.
const CLOUD_CODES: [(&str, &str, &[&str]); 10] = [
    ("AllocateCustomerCredit", "UnauthorizedOperation.UinNoAuth", &["not_yours", "wrong_role"]),
    ("AllocateCustomerCredit", "InvalidParameterValue", &["amount_zero"]),
    ("AllocateCustomerCredit", "InvalidParameterValue.CreditAmountOutOfRange", &["exceeds_allocatable"]),
    ("AllocateCustomerCredit", "FailedOperation.BalanceInsufficient", &["exceeds_available"]),
    ("AllocateCreditPool", "UnauthorizedOperation.UinNoAuth", &["not_yours", "wrong_role"]),
    (
        "AllocateCreditPool",
        "InvalidParameterValue.VoucherAmountOutOfRange",
        &["exceeds_allocatable", "exceeds_pool", "pool_amount_out_of_range", "amount_zero"],
    ),
    ("ConfirmReceipt", "UnauthorizedOperation.UinNoAuth", &["not_yours", "wrong_role"]),
    ("ConfirmReceipt", "InvalidParameterValue.InvalidMonth", &["month_not_issued"]),
    ("ConfirmReceipt", "FailedOperation", &["line_not_found"]),
    ("ForceQN", "UnauthorizedOperation.UinNoAuth", &["not_yours", "wrong_role", "not_allowlisted"]),
];

/// A server, and what the names of a scenario stand for on it.
pub(crate) struct HttpWorld {
    pub(crate) folder: Folder,
    /// Absent only while the folder is being proven.
    server: Option<Server>,
    pub(crate) client: Client,
    pub(crate) accounts: BTreeMap<Name, u64>,
    pub(crate) orders: BTreeMap<Name, String>,
    pub(crate) authorizations: BTreeMap<Name, String>,
    pub(crate) vouchers: BTreeMap<Name, String>,
    pub(crate) packs: BTreeMap<Name, String>,
    pub(crate) resources: BTreeSet<Name>,
    pub(crate) lines: BTreeMap<Name, String>,
    /// The organization that an account made last.
    pub(crate) organizations: BTreeMap<Name, u64>,
    pub(crate) transfers: BTreeMap<Name, String>,
    /// The same names for the application, which speaks the core's types.
    pub(crate) names: Names,
    discounts: BTreeMap<Name, String>,
    credentials: BTreeMap<u64, Credential>,
    /// Makes keys and signed requests differ.
    count: u64,
}

/// A request of the platform API, without its key.
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

pub(crate) fn patch(path: String, body: Value) -> Asked {
    Asked { method: "PATCH", path, body: Some(body) }
}

pub(crate) fn delete(path: String) -> Asked {
    Asked { method: "DELETE", path, body: None }
}

pub(crate) fn post(path: impl Into<String>, body: Value) -> Asked {
    Asked { method: "POST", path: path.into(), body: Some(body) }
}

impl HttpWorld {
    /// A new server that makes these choices, with the product `cvm`.
    pub(crate) fn new(rules: &Rules) -> Result<HttpWorld, Failure> {
        let folder = Folder::new(rules)?;
        let (server, client) = folder.serve()?;
        let mut world = HttpWorld {
            client,
            folder,
            server: Some(server),
            accounts: BTreeMap::new(),
            orders: BTreeMap::new(),
            authorizations: BTreeMap::new(),
            vouchers: BTreeMap::new(),
            packs: BTreeMap::new(),
            resources: BTreeSet::new(),
            lines: BTreeMap::new(),
            organizations: BTreeMap::new(),
            transfers: BTreeMap::new(),
            names: Names::default(),
            discounts: BTreeMap::new(),
            credentials: BTreeMap::new(),
            count: 0,
        };
        world.perform(&Operation::product("cvm"), None)?;
        Ok(world)
    }

    pub(crate) fn uin(&self, name: &str) -> u64 {
        self.accounts.get(name).copied().unwrap_or(NOBODY)
    }

    /// The name of a number; the number itself where no account of the scenario has it.
    pub(crate) fn name(&self, uin: u64) -> Name {
        let known = self.accounts.iter().find(|(_, known)| **known == uin);
        known.map_or_else(|| uin.to_string(), |(name, _)| name.clone())
    }

    pub(crate) fn order(&self, name: &str, step: &str) -> String {
        let id = self.orders.get(name).map_or("ord_999999999", String::as_str);
        format!("/v1/orders/{id}/{step}")
    }

    fn authorization(&self, name: &str) -> String {
        self.authorizations.get(name).cloned().unwrap_or_else(|| format!("auth_{NOBODY}_999999999"))
    }

    /// The server's time after a span.
    fn in_span(&self, span: Span) -> Result<String, Failure> {
        let now: jiff::Timestamp = text(&self.client.get("/v1/clock")?, "now")?.parse().map_err(failure)?;
        Ok((now + jiff::SignedDuration::from_secs(span.0)).to_string())
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// The request that an operation of the platform is, but for those on authorizations.
    fn asked(&self, operation: &Operation) -> Result<Asked, Failure> {
        Ok(match operation {
            Operation::OpenAccount { account, profile, number } => {
                let verification = Some(profile.verification.unwrap_or(Verification::Enterprise));
                let mut body = told(&Profile { verification, ..profile.clone() });
                (body["name"], body["uin"]) = (json!(account), json!(number));
                post("/v1/accounts", without_nulls(body))
            }
            Operation::ChangeAccount { account, profile } => {
                patch(format!("/v1/accounts/{}", self.uin(account)), told(profile))
            }
            Operation::AddCard { account, until } => {
                let body = json!({ "last4": "4242", "expires": until.to_string() });
                post(format!("/v1/accounts/{}/cards", self.uin(account)), body)
            }
            Operation::ChangeOverdue { account, amount } => {
                let body = json!({ "overdue_amount": amount.to_string() });
                patch(format!("/v1/accounts/{}/finance", self.uin(account)), body)
            }
            Operation::TopUp { account, amount, granted } => {
                let kind = if *granted { "granted" } else { "cash" };
                let body = json!({ "amount": amount.to_string(), "kind": kind });
                post(format!("/v1/accounts/{}/top-ups", self.uin(account)), body)
            }
            Operation::ChangeCreditLimit { account, limit } => {
                let body = json!({ "credit_limit": limit.to_string() });
                patch(format!("/v1/accounts/{}/finance", self.uin(account)), body)
            }
            Operation::RegisterPartner { account, kind, distributor, quota, spend } => {
                let body = json!({
                    "uin": self.uin(account),
                    "kind": kind.name(),
                    "distributor_uin": distributor.as_ref().map(|name| self.uin(name)),
                    "allocation_quota": quota.to_string(),
                    "spend_line": spend.map(|line| line.to_string()),
                });
                post("/v1/partners", without_nulls(body))
            }
            Operation::ChangeQuota { partner, quota } => {
                let body = json!({ "allocation_quota": quota.to_string() });
                patch(format!("/v1/partners/{}", self.uin(partner)), body)
            }
            Operation::ChangeSpendLine { partner, line } => {
                patch(format!("/v1/partners/{}", self.uin(partner)), json!({ "spend_line": line.to_string() }))
            }
            Operation::AllocatePool { second_level, amount, .. } => {
                let path = format!("/v1/partners/{}/pool", self.uin(second_level));
                post(path, json!({ "amount": amount.to_string() }))
            }
            Operation::Bind { account, partner } => {
                post("/v1/customers", json!({ "uin": self.uin(account), "partner_uin": self.uin(partner) }))
            }
            Operation::Unbind { customer } => delete(format!("/v1/customers/{}", self.uin(customer))),
            Operation::Allocate { customer, amount, remark, .. } => {
                let body = json!({ "amount": amount.to_string(), "remark": remark });
                post(format!("/v1/customers/{}/allocations", self.uin(customer)), without_nulls(body))
            }
            Operation::SetDiscount { whose, product, rate, from, until, .. } => {
                let mut body = match whose {
                    DiscountFor::Partner(partner) => json!({ "kind": "partner", "partner_uin": self.uin(partner) }),
                    DiscountFor::Customer { customer, partner } => json!({
                        "kind": "customer", "partner_uin": self.uin(partner), "customer_uin": self.uin(customer)
                    }),
                    DiscountFor::Account { account, level } => {
                        json!({ "kind": "account", "account_uin": self.uin(account), "level": level.name() })
                    }
                };
                let terms = json!({
                    "product_code": product,
                    "rate": rate.to_string(),
                    "starts_at": from.map(|span| self.in_span(span)).transpose()?,
                    "ends_at": until.map(|span| self.in_span(span)).transpose()?,
                });
                for (name, value) in terms.as_object().into_iter().flatten() {
                    body[name] = value.clone();
                }
                post("/v1/discounts", without_nulls(body))
            }
            Operation::EndDiscount { discount } => {
                let id = self.discounts.get(discount).map_or("dis_999999999", String::as_str);
                delete(format!("/v1/discounts/{id}"))
            }
            Operation::PlaceOrder(order) => post("/v1/orders", self.new_order(order)),
            Operation::RequestPayment { order } => post(self.order(order, "request-payment"), json!({})),
            Operation::PayOrder { order, by } => {
                let by = match by {
                    PayBy::Customer => "customer",
                    PayBy::Partner => "partner",
                    PayBy::Payer => "payer",
                };
                post(self.order(order, "pay"), json!({ "by": by }))
            }
            Operation::DeliverOrder { order } => post(self.order(order, "deliver"), json!({})),
            Operation::CancelOrder { order } => post(self.order(order, "cancel"), json!({})),
            // A span that is sent has no sign.
            Operation::Advance { by } if by.0 < 0 => post("/v1/clock/advance", json!({ "to": self.in_span(*by)? })),
            Operation::Advance { by } => post("/v1/clock/advance", json!({ "by": format!("{}s", by.0) })),
            Operation::Authorize { .. } | Operation::Capture { .. } | Operation::Release { .. } => {
                return Err(Failure::new("operations on authorizations have a door of their own"));
            }
            Operation::Organize(act) => self
                .asked_of_organizations(act)
                .ok_or_else(|| Failure::new("what admins and members do is no request of the platform"))?,
            other => self.asked_for_spending(other)?,
        })
    }

    fn new_order(&self, order: &PlaceOrder) -> Value {
        without_nulls(json!({
            "resource_id": order.resource,
            "account_uin": self.uin(&order.account),
            "product_code": order.product,
            "kind": order.kind.name(),
            "amount": order.amount.to_string(),
            "capture": order.capture,
            "park": order.park,
            "dry_run": order.preview,
        }))
    }

    /// One operation as a batch of its own.
    fn operate(&mut self, operation: &Operation, key: Option<&str>) -> Result<Outcome, Failure> {
        let key = key.map_or_else(|| format!("unkeyed-{}", self.next()), str::to_owned);
        let asked = match operation {
            Operation::Authorize { account, product, amount, until, .. } => json!({
                "key": key, "op": "authorize", "account_uin": self.uin(account), "product_code": product,
                "amount": amount.to_string(), "expires_at": until.map(|span| self.in_span(span)).transpose()?,
            }),
            Operation::Capture { authorization, amount } => json!({
                "key": key, "op": "capture", "authorization_id": self.authorization(authorization),
                "amount": amount.map(|amount| amount.to_string()),
            }),
            Operation::Release { authorization } => {
                json!({ "key": key, "op": "release", "authorization_id": self.authorization(authorization) })
            }
            _ => return Err(Failure::new("this is no operation on an authorization")),
        };
        let body = json!({ "operations": [without_nulls(asked)] });
        let answer = self.client.call("POST", "/v1/authorizations", None, Some(&body))?;
        let result = &answer.body["results"][0];
        if answer.status != 200 || result["key"] != key.as_str() {
            return Err(Failure::new(format!("the batch was answered {} {}", answer.status, answer.body)));
        }
        let replayed = result["replayed"] == true;
        let status = text(result, "status")?;
        if status == "declined" {
            let side = result["side"].as_str().map(str::to_owned);
            let declined = Outcome::refused(text(result, "code")?);
            return Ok(Outcome { side, replayed, figures: Figures::Unknown, ..declined });
        }
        let id = text(result, "authorization_id")?;
        let outcome = Outcome { replayed, ..Outcome::done(status) };
        match operation {
            Operation::Authorize { name: Some(name), .. } => {
                self.authorizations.insert(name.clone(), id.to_owned());
            }
            Operation::Capture { .. } => {
                self.remember_newest_line(operation)?;
            }
            _ => {}
        }
        Ok(outcome)
    }

    /// Gives what an answer made its name.
    fn remember(&mut self, operation: &Operation, made: &Value) -> Result<(), Failure> {
        match operation {
            Operation::OpenAccount { account, .. } => {
                self.accounts.insert(account.clone(), number(made, "uin")?);
            }
            Operation::SetDiscount { name: Some(name), .. } => {
                self.discounts.insert(name.clone(), text(made, "id")?.to_owned());
            }
            Operation::PlaceOrder(PlaceOrder { name: Some(name), preview: false, .. }) => {
                self.orders.insert(name.clone(), text(made, "id")?.to_owned());
            }
            Operation::Organize(Organizing::Transfer { transfer, .. }) => {
                self.transfers.insert(transfer.clone(), text(made, "transfer_id")?.to_owned());
            }
            Operation::Organize(act) => self.remember_relation(act, made)?,
            Operation::RefundOrder { promised: Some(name), .. } => {
                self.orders.insert(name.clone(), text(made, "id")?.to_owned());
            }
            Operation::AddPack { name: Some(name), .. } => {
                self.packs.insert(name.clone(), text(made, "pack_id")?.to_owned());
            }
            Operation::ActivateResource { name, .. } => {
                self.resources.insert(name.clone());
            }
            Operation::IssueVoucher(new) => {
                if let Some(name) = &new.name {
                    self.vouchers.insert(name.clone(), text(made, "id")?.to_owned());
                }
                if let Some(name) = &new.linked {
                    self.vouchers.insert(name.clone(), text(made, "linked_id")?.to_owned());
                }
            }
            _ => {}
        }
        match operation {
            Operation::PlaceOrder(PlaceOrder { preview: false, .. })
            | Operation::PayOrder { .. }
            | Operation::DeliverOrder { .. }
            | Operation::RefundOrder { .. }
            | Operation::TerminateResource { .. } => self.remember_newest_line(operation),
            _ => Ok(()),
        }
    }

    /// What a request of the platform came to.
    fn outcome(&self, operation: &Operation, answer: &Answer) -> Result<Outcome, Failure> {
        let Answer { status, replayed, body } = answer;
        if (200..300).contains(status) {
            let done = match operation {
                Operation::TopUp { .. } => {
                    Outcome::done("done").with("available", amount(&body["finance"], "available")?)
                }
                Operation::ChangeCreditLimit { .. } => {
                    Outcome::done("done").with("available", amount(body, "available")?)
                }
                Operation::Organize(Organizing::Transfer { .. } | Organizing::TakeBack { .. }) => {
                    let done = Outcome::done("done").with("amount", amount(body, "amount")?);
                    done.with("returned", amount(body, "returned")?)
                }
                Operation::Allocate { .. } => Outcome::done("done")
                    .with("total", amount(body, "total")?)
                    .with("available", amount(body, "available")?),
                Operation::AllocatePool { .. } => Outcome::done("done")
                    .with("total", amount(body, "total")?)
                    .with("remaining", amount(body, "remaining")?),
                Operation::PlaceOrder(_)
                | Operation::PayOrder { .. }
                | Operation::DeliverOrder { .. }
                | Operation::CancelOrder { .. } => Outcome::done(text(body, "state")?),
                other => HttpWorld::spent(other, answer)?,
            };
            return Ok(Outcome { replayed: *replayed, ..done });
        }
        if let (Operation::SetWarning { .. }, 400) = (operation, *status) {
            // This door takes a percentage and nothing else, so that the rule is never asked.
            return Ok(Outcome::refused("level_out_of_range"));
        }
        if body["status"] != *status || body["request_id"].as_str().is_none_or(str::is_empty) {
            return Err(Failure::new(format!("a problem of status {status} says {body}")));
        }
        let mut refused = Outcome::refused(text(body, "code")?);
        for check in body["checks"].as_array().into_iter().flatten().filter(|check| !check["code"].is_null()) {
            let code = text(check, "code")?;
            let code = code.split_once('.').map_or(code, |(_, code)| code).to_owned();
            refused.conditions.push((text(check, "rule")?.to_owned(), code));
        }
        if (refused.word == "insufficient_credit") != (*status == 402) {
            return Err(Failure::new(format!("`{}` has the status {status}", refused.word)));
        }
        for figure in FIGURES.into_iter().filter(|figure| !body[*figure].is_null()) {
            refused = refused.with(figure, amount(body, figure)?);
        }
        Ok(Outcome {
            side: body["side"].as_str().map(str::to_owned),
            account: body["account_uin"].as_u64().map(|uin| self.name(uin)),
            replayed: *replayed,
            ..refused
        })
    }

    /// The account's credential, made when it is first needed.
    pub(crate) fn credential(&mut self, uin: u64) -> Result<Credential, Failure> {
        if let Some(known) = self.credentials.get(&uin) {
            return Ok(known.clone());
        }
        let path = format!("/v1/accounts/{uin}/credentials");
        let answer = self.client.call("POST", &path, None, Some(&json!({})))?;
        let made = Credential {
            secret_id: text(&answer.body, "secret_id")?.to_owned(),
            secret_key: text(&answer.body, "secret_key")?.to_owned(),
        };
        self.credentials.insert(uin, made.clone());
        Ok(made)
    }

    /// Calls an action as an account.
    pub(crate) fn call_as(&mut self, uin: u64, product: Product, action: &str, body: String) -> Result<Reply, Failure> {
        let credential = self.credential(uin)?;
        let nonce = self.next();
        call(&self.client, &credential, (product, action), body, nonce)
    }

    /// What an account does by its own door. The second figure of a reply has a name of its own in scenarios.
    fn own_door(
        &mut self,
        actor: &str,
        action: &str,
        whom: (&str, &str),
        amount: (&str, Amount),
        remark: Option<&str>,
        rest: &str,
    ) -> Result<Outcome, Failure> {
        let remark = remark.map(|text| format!(",\"Remark\":{}", Value::from(text))).unwrap_or_default();
        let body = format!("{{\"{}\":{},\"{}\":{}{remark}}}", whom.0, self.uin(whom.1), amount.0, amount.1);
        match self.call_as(self.uin(actor), PARTNERS, action, body)? {
            Reply::Done(fields) => Ok(Outcome::done("done")
                .with("total", figure(&fields, "TotalCredit")?)
                .with(rest, figure(&fields, "RemainingCredit")?)),
            Reply::Refused(code) => refused(action, &code),
        }
    }

    /// What a partner confirms by its own door.
    fn confirm_by_own_door(
        &mut self,
        partner: &str,
        customer: &str,
        month: &str,
        part: &ReceiptPart,
    ) -> Result<Outcome, Failure> {
        let mut body = json!({ "CustomerUin": self.uin(customer), "Month": month });
        match part {
            ReceiptPart::Of { pay_mode, action } => {
                body["PayMode"] = json!(pay_mode.map(|mode| mode.name()));
                body["ActionType"] = json!(action.map(|action| action.name()));
            }
            ReceiptPart::Lines(names) => {
                body["LineIds"] = json!(names.iter().map(|name| self.line(name)).collect::<Vec<_>>());
            }
        }
        match self.call_as(self.uin(partner), PARTNERS, "ConfirmReceipt", without_nulls(body).to_string())? {
            Reply::Done(fields) => {
                let done = Outcome::done("done").with("returned", figure(&fields, "Returned")?);
                let available = fields.get("Available").filter(|raw| raw.get() != "null");
                Ok(if available.is_some() { done.with("available", figure(&fields, "Available")?) } else { done })
            }
            Reply::Refused(code) => refused("ConfirmReceipt", &code),
        }
    }

    /// Starts the server anew on its folder.
    pub(crate) fn start(&mut self) -> Result<(), Failure> {
        let (server, client) = self.folder.serve()?;
        (self.server, self.client) = (Some(server), client);
        Ok(())
    }

    pub(crate) fn stop(&mut self) -> Result<(), Failure> {
        self.server.take().map_or(Ok(()), Server::stop)
    }
}

impl World for HttpWorld {
    fn has_keys(&self) -> bool {
        true
    }

    fn perform(&mut self, operation: &Operation, key: Option<&str>) -> Result<Outcome, Failure> {
        match operation {
            Operation::Authorize { .. } | Operation::Capture { .. } | Operation::Release { .. } => {
                self.operate(operation, key)
            }
            Operation::Allocate { by: By::Account(partner), customer, amount, remark } if key.is_none() => {
                let whom = ("ClientUin", customer.as_str());
                let amount = ("AddedCredit", *amount);
                self.own_door(partner, "AllocateCustomerCredit", whom, amount, remark.as_deref(), "available")
            }
            Operation::AllocatePool { by: By::Account(partner), second_level, amount } if key.is_none() => {
                let whom = ("SubAgentUin", second_level.as_str());
                self.own_door(partner, "AllocateCreditPool", whom, ("Credit", *amount), None, "remaining")
            }
            Operation::SettleUsage(record) => self.settle(operation, record, key),
            Operation::ConfirmReceipt { by: By::Account(partner), customer, month, part } if key.is_none() => {
                self.confirm_by_own_door(partner, customer, &month.to_string(), part)
            }
            Operation::ForceSuspension { by: By::Account(partner), customer, forced } if key.is_none() => {
                let kind = if *forced { 2 } else { 0 };
                let body = format!("{{\"ClientUin\":{},\"Type\":{kind}}}", self.uin(customer));
                match self.call_as(self.uin(partner), PARTNERS, "ForceQN", body)? {
                    Reply::Done(_) => Ok(Outcome::done("done")),
                    Reply::Refused(code) => refused("ForceQN", &code),
                }
            }
            Operation::Allocate { by: By::Account(_), .. }
            | Operation::AllocatePool { by: By::Account(_), .. }
            | Operation::ConfirmReceipt { by: By::Account(_), .. }
            | Operation::ForceSuspension { by: By::Account(_), .. } => {
                Err(Failure::new("the Cloud API has no idempotency keys"))
            }
            Operation::Organize(act @ (Organizing::Create { admin, .. } | Organizing::Retry { admin, .. }))
                if key.is_none() && self.accounts.contains_key(admin) =>
            {
                self.create(act)
            }
            Operation::Organize(act) if self.asked_of_organizations(act).is_none() => self.organize(operation),
            _ => {
                let Asked { method, path, body } = self.asked(operation)?;
                let answer = self.client.call(method, &path, key, body.as_ref())?;
                if (200..300).contains(&answer.status) {
                    self.remember(operation, &answer.body)?;
                }
                self.outcome(operation, &answer)
            }
        }
    }

    fn view(&mut self) -> Result<View, Failure> {
        self.look()
    }

    fn check_laws(&mut self) -> Result<(), Failure> {
        let before = self.look()?;
        self.stop()?;
        self.folder.verify()?;
        self.start()?;
        let after = self.look()?;
        self.stop()?;
        if before == after {
            Ok(())
        } else {
            Err(Failure::new(format!("a restart changed what is shown, from {before:?} to {after:?}")))
        }
    }
}

/// What an action's refusal may stand for.
fn refused(action: &str, code: &str) -> Result<Outcome, Failure> {
    let known = CLOUD_CODES.iter().find(|(of, sent, _)| *of == action && *sent == code);
    let Some((_, _, [first, others @ ..])) = known else {
        return Err(Failure::new(format!("{action} was refused with `{code}`")));
    };
    let or = others.iter().map(|word| (*word).to_owned()).collect();
    Ok(Outcome { or, figures: Figures::Unknown, ..Outcome::refused(*first) })
}

/// What is told of an account.
fn told(profile: &Profile) -> Value {
    let Profile { verification, entity, class, tier, followed, site } = profile;
    let level = verification.map(|verification| match verification {
        Verification::None => "none",
        Verification::Personal => "personal",
        Verification::Enterprise => "enterprise",
    });
    let verification = without_nulls(json!({ "level": level, "entity_id": entity }));
    let told = verification.as_object().is_some_and(|fields| !fields.is_empty());
    let class = class.map(|class| match class {
        AccountClass::External => json!({ "kind": "external" }),
        AccountClass::Internal(kind) => json!({ "kind": "internal", "type": kind }),
    });
    let tier = tier.map(|tier| match tier {
        Tier::None => "none",
        Tier::Key => "key",
        Tier::Mid => "mid",
        Tier::LongTail => "long_tail",
    });
    let mut body = without_nulls(json!({
        "verification": told.then_some(verification), "class": class, "tier": tier,
        "site": site.map(|site| site.name()),
    }));
    if let Some(followed) = followed {
        body["channel_manager"] = if *followed { json!("Example Manager") } else { Value::Null };
    }
    body
}

/// An object without the fields that have no value.
pub(crate) fn without_nulls(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}
