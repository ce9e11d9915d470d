//! A world to call: an application on a store in memory with a test clock, its router, and short ways to ask and to look
//! at what was answered. Each test makes its own.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part, and the lint sees one file at a time")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use credere_app::clock::Clock;
use credere_app::engine::EngineOptions;
use credere_app::members::NewMemberLabel;
use credere_app::{App, Caller, Done, MasterKey, Options, Quiet, SecretText, random};
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{Command, members};
use credere_core::channel::Uin;
use credere_core::organization::{InvitationId, OrganizationId, Permission, Permissions, RelationId};
use credere_platform::{PlatformOptions, router};
use credere_store::memory::MemoryStore;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

pub const FULL: &str = "cred_full-key-of-the-tests";

pub struct World {
    pub store: Arc<MemoryStore>,
    pub app: Arc<App>,
    pub router: Router,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body, as far as it is a text.
    pub text: String,
    pub bytes: Vec<u8>,
}

/// A request in the making.
pub struct Ask<'a> {
    world: &'a World,
    method: &'a str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl World {
    pub fn new() -> World {
        World::with(Clock::Test, PlatformOptions::default())
    }

    pub fn with(clock: Clock, options: PlatformOptions) -> World {
        // However busy the machine is: no test here is about history that trails.
        let history_lag_max = Duration::from_secs(3_600);
        World::of(EngineOptions { clock, history_lag_max, ..EngineOptions::default() }, options)
    }

    pub fn of(engine: EngineOptions, options: PlatformOptions) -> World {
        let settings = Options {
            currency: "USD".to_owned(),
            zone: "+08:00".to_owned(),
            master_key: MasterKey::random().unwrap(),
            platform_key: Some(SecretText::new(FULL.to_owned())),
            clock_ahead: false,
            engine,
        };
        let store = Arc::new(MemoryStore::new());
        let app = App::start(store.clone(), settings, &Quiet).unwrap();
        World { router: router(app.clone(), options), app, store }
    }

    pub fn ask<'a>(&'a self, method: &'a str, path: &str) -> Ask<'a> {
        let headers = vec![("authorization".to_owned(), format!("Bearer {FULL}"))];
        Ask { world: self, method, path: path.to_owned(), headers, body: None }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path).json(&body).send().await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask("PATCH", path).json(&body).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path).send().await
    }

    /// Posts what must be done for the test to begin.
    pub async fn made(&self, path: &str, body: Value) -> Value {
        let answer = self.post(path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    }

    /// An account with this number, verified.
    pub async fn account(&self, uin: u64) {
        let name = format!("Account {uin}");
        self.made("/v1/accounts", json!({ "uin": uin, "name": name, "verification": { "level": "enterprise" } })).await;
    }

    /// An account on a site that is verified as this enterprise.
    pub async fn enterprise(&self, uin: u64, entity: &str, site: &str) {
        let verification = json!({ "level": "enterprise", "entity_id": entity, "entity_name": "Example Ltd" });
        let account = json!({ "uin": uin, "name": "A", "verification": verification, "site": site });
        self.made("/v1/accounts", account).await;
    }

    /// Does what organizations and their members ask for through the Cloud API.
    pub async fn carries_out(&self, command: impl Into<Command>) -> Done {
        self.app.command(as_admin(), None, command.into()).await.unwrap()
    }

    /// An organization of two enterprises, of which one has these permissions over the other.
    pub async fn organization(&self, admin: u64, member: u64, permissions: &[u64]) -> OrganizationId {
        self.organization_on("intl", admin, member, permissions).await
    }

    /// The same on this site.
    pub async fn organization_on(&self, site: &str, admin: u64, member: u64, permissions: &[u64]) -> OrganizationId {
        self.enterprise(admin, "E1", site).await;
        self.enterprise(member, "E1", site).await;
        self.organize(admin, member, permissions).await
    }

    /// The same of two enterprises that are there.
    pub async fn organize(&self, admin: u64, member: u64, permissions: &[u64]) -> OrganizationId {
        let create = members::CreateOrganization { admin: Uin::new(admin).unwrap() };
        let made = self.carries_out(create).await.number().unwrap();
        self.joins(admin, member, permissions).await;
        OrganizationId(made)
    }

    /// An enterprise that is there joins an admin's organization with these permissions.
    pub async fn joins(&self, admin: u64, member: u64, permissions: &[u64]) {
        let [admin, member] = [admin, member].map(|number| Uin::new(number).unwrap());
        let (permissions, payer) = (ids(permissions), Some(admin));
        let invite = members::InviteMember { admin, member, permissions, payer, allow_quit: false, applied: None };
        let invitation = InvitationId(self.carries_out(invite).await.number().unwrap());
        self.carries_out(members::AcceptInvitation { member, invitation }).await;
    }

    /// An admin asks a member for these permissions.
    pub async fn asks_for(&self, admin: u64, member: u64, permissions: &[u64]) {
        let [admin, member] = [admin, member].map(|number| Uin::new(number).unwrap());
        let (permissions, payer, allow_quit) = (Some(ids(permissions)), Some(admin), None);
        self.carries_out(members::ChangeMember { admin, member, permissions, payer, allow_quit }).await;
    }

    /// An account that is invited while it is applied for trust in its entity.
    pub async fn applies(&self, admin: u64, member: u64, name: &str) {
        let [admin, member] = [admin, member].map(|number| Uin::new(number).unwrap());
        let (permissions, applied) = (ids(&[1, 2]), Some(name.to_owned()));
        let invite = members::InviteMember { admin, member, permissions, payer: None, allow_quit: false, applied };
        self.carries_out(invite).await;
    }

    /// An account that is created for an organization, and the number of its record.
    pub async fn creates(&self, admin: u64, permissions: &[u64], relation: Option<u64>) -> (Uin, u64) {
        let (admin, permissions) = (Uin::new(admin).unwrap(), ids(permissions));
        let (payer, relation) = (Some(admin), relation.map(RelationId));
        let asked = members::CreateMember { admin, permissions, payer, relation };
        let [name, account_name] = ["team", "Team"].map(str::to_owned);
        let label = NewMemberLabel { name, remark: None, account_name };
        let done = self.app.create_member(as_admin(), None, asked, label).await.unwrap();
        (done.created_member().unwrap(), done.number().unwrap())
    }

    /// A partner of this kind with these limits, account and all.
    pub async fn partner(&self, uin: u64, kind: &str, quota: &str) {
        self.account(uin).await;
        self.made("/v1/partners", json!({ "uin": uin, "kind": kind, "allocation_quota": quota })).await;
    }

    /// A customer of that partner with this credit, account and all.
    pub async fn customer(&self, uin: u64, partner: u64, credit: &str) {
        self.account(uin).await;
        self.made("/v1/customers", json!({ "uin": uin, "partner_uin": partner })).await;
        if credit != "0" {
            self.made(&format!("/v1/customers/{uin}/allocations"), json!({ "amount": credit })).await;
        }
    }

    /// Reseller 1 (quota 10,000, spend line 5,000) with its customer 2 (credit 1,000), and the product `cvm`.
    pub async fn shop(&self) {
        self.account(1).await;
        let reseller = json!({ "uin": 1, "kind": "reseller", "allocation_quota": "10000", "spend_line": "5000" });
        self.made("/v1/partners", reseller).await;
        self.customer(2, 1, "1000").await;
        self.product("cvm").await;
    }

    /// The shop on 10 January 2100, so that months and their issue are the same whenever the test runs.
    pub async fn january() -> World {
        let world = World::new();
        world.shop().await;
        world.made("/v1/clock/advance", json!({ "to": "2100-01-10T12:00:00+08:00" })).await;
        world
    }

    /// The customer pays 90 % from now on, and its partner 80 %.
    pub async fn discounts(&self) {
        let customer = json!({ "kind": "customer", "partner_uin": 1, "customer_uin": 2, "rate": "0.9" });
        self.made("/v1/discounts", customer).await;
        self.made("/v1/discounts", json!({ "kind": "partner", "partner_uin": 1, "rate": "0.8" })).await;
    }

    /// The customer buys for so much.
    pub async fn buy(&self, amount: &str) -> Value {
        self.made("/v1/orders", purchase(amount)).await
    }

    /// The customer's credit.
    pub async fn credit(&self) -> Value {
        self.get("/v1/accounts/2").await.is(200)["credit"].clone()
    }

    /// The reseller's spend line.
    pub async fn spend(&self) -> Value {
        self.get("/v1/partners/1").await.is(200)["spend"].clone()
    }

    /// Everything on a list, by pages of this size.
    pub async fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let mut found = Vec::new();
        let mut cursor = None;
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let page = self.get(&format!("{path}{joint}limit={limit}{after}")).await.is(200);
            let data = page["data"].as_array().unwrap().clone();
            assert!(data.len() <= limit);
            found.extend(data);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return found,
            }
        }
    }

    /// Operations of the high-rate path, answered.
    pub async fn operate(&self, operations: Value) -> Value {
        self.made("/v1/authorizations", json!({ "operations": operations })).await["results"].clone()
    }

    pub async fn product(&self, code: &str) {
        self.made("/v1/products", json!({ "code": code, "settlement": "hourly" })).await;
    }

    /// A key that may only read.
    pub async fn read_key(&self) -> String {
        let made = self.made("/v1/keys", json!({ "name": "reader", "access": "read" })).await;
        made["key"].as_str().unwrap().to_owned()
    }
}

impl Ask<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The header once more, beside what is there.
    pub fn also(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub fn once(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }

    pub fn text(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("content-type", "application/json")
    }

    pub async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let request = request.body(self.body.map_or_else(Body::empty, Body::from)).unwrap();
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text, bytes }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The body if it was answered with this status.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// Checks a problem: its form, status and code. Gives the body.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: &str) -> Value {
        let body = self.is(status);
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], format!("urn:credere:problem:{code}"));
        assert_eq!(body["request_id"].as_str(), Some(self.header("x-request-id")));
        assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
        body
    }

    /// The same, about this field.
    #[track_caller]
    pub fn blames(&self, status: u16, code: &str, field: &str) -> Value {
        let body = self.refuses(status, code);
        assert_eq!(body["field"], field, "{body}");
        body
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn replayed(&self) -> bool {
        self.header("idempotency-replayed") == "true"
    }
}

/// Who asks for what organizations and their members do.
fn as_admin() -> Caller {
    let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
    Caller { request_id: random::id(), actor, face: Face::Cloud }
}

/// An order of the shop's customer.
fn ids(permissions: &[u64]) -> Permissions {
    permissions.iter().map(|id| Permission::from_id(*id).unwrap()).collect()
}

pub fn purchase(amount: &str) -> Value {
    json!({ "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": amount })
}

/// What the shop's customer used in an hour of 10 January 2100.
pub fn record(key: &str, amount: &str) -> Value {
    json!({
        "key": key, "account_uin": 2, "product_code": "cvm", "amount": amount,
        "period_start": "2100-01-10T10:00:00+08:00", "period_end": "2100-01-10T11:00:00+08:00"
    })
}

/// These fields of an object, named between blanks, in this order.
pub fn pick(value: &Value, fields: &str) -> Value {
    fields.split(' ').map(|field| value[field].clone()).collect()
}

/// The body with its times and identifiers of requests struck out, for snapshots.
pub fn timeless(mut value: Value) -> Value {
    strike_out(&mut value);
    value
}

fn strike_out(value: &mut Value) {
    match value {
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => *text = "[time]".to_owned(),
        Value::Array(items) => items.iter_mut().for_each(strike_out),
        Value::Object(fields) => {
            for (name, item) in fields {
                if name == "request_id" { *item = json!("[request]") } else { strike_out(item) }
            }
        }
        _ => {}
    }
}
