//! Who may ask at all: every operation of the document, with no key, with one that may only read, and with a full one.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::stream;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::Poll;
use support::{Answer, World, purchase};
use tower::ServiceExt;

/// A body that each writing operation can read.
fn body_of(method: &str, path: &str) -> Option<Value> {
    let body = match (method, path) {
        ("POST", "/v1/accounts") => json!({ "name": "A" }),
        ("PATCH", "/v1/accounts/{uin}") => json!({ "name": "B" }),
        ("PATCH", "/v1/accounts/{uin}/finance") => json!({ "credit_limit": "1" }),
        ("POST", "/v1/accounts/{uin}/top-ups") => json!({ "amount": "1", "kind": "cash" }),
        ("POST", "/v1/partners") => json!({ "uin": 3, "kind": "reseller", "allocation_quota": "1" }),
        ("PATCH", "/v1/partners/{uin}") => json!({ "allocation_quota": "5000" }),
        ("POST", "/v1/partners/{uin}/pool") => json!({ "amount": "1" }),
        ("POST", "/v1/customers") => json!({ "uin": 3, "partner_uin": 1 }),
        ("PATCH", "/v1/customers/{uin}") => json!({ "own_warning_percent": 20 }),
        ("PUT", "/v1/customers/{uin}/suspension") => json!({ "forced": false }),
        ("PUT", "/v1/accounts/{uin}/subscriptions") => json!({ "channel_service": true, "channels": [] }),
        ("POST", "/v1/partners/{uin}/payments") => json!({ "amount": "1" }),
        ("POST", "/v1/webhooks") => json!({ "url": "https://hooks.example.test/" }),
        ("POST", "/v1/customers/{uin}/allocations") => json!({ "amount": "1" }),
        ("POST", "/v1/products") => json!({ "code": "new", "settlement": "hourly" }),
        ("PATCH", "/v1/products/{code}") => json!({ "name": "new" }),
        ("POST", "/v1/discounts") => json!({ "kind": "partner", "partner_uin": 1, "rate": "0.9" }),
        ("POST", "/v1/orders") => purchase("1"),
        ("POST", "/v1/orders/{id}/pay") => json!({ "by": "customer" }),
        ("POST", "/v1/authorizations") => json!({ "operations": [{
            "key": "k", "op": "authorize", "account_uin": 2, "product_code": "cvm", "amount": "1"
        }] }),
        ("POST", "/v1/orders/{id}/refund") => json!({ "amount": "1" }),
        ("POST", "/v1/resources") => {
            json!({ "account_uin": 2, "resource_id": "r-2", "product_code": "cvm", "unit_price": "1" })
        }
        ("PATCH", "/v1/resources/{resource_id}") => json!({ "quantity": "2" }),
        ("POST", "/v1/usage") => json!({ "records": [{
            "key": "k", "account_uin": 2, "product_code": "cvm", "amount": "1",
            "period_start": "2026-01-01T00:00:00+08:00", "period_end": "2026-01-01T01:00:00+08:00"
        }] }),
        ("POST", "/v1/vouchers") => voucher(),
        ("POST", "/v1/accounts/{uin}/cards") => card(),
        ("PUT", "/v1/accounts/{uin}/offer-inheritance") => json!({ "from_uin": 6 }),
        ("POST", "/v1/packs") => json!({
            "account_uin": 2, "product_code": "cvm", "units": "1", "expires_at": "2099-01-01T00:00:00+08:00"
        }),
        ("PATCH", "/v1/organizations/{org_id}") => json!({ "member_deletion": true }),
        ("POST", "/v1/organizations/{org_id}/members/{uin}/permission-change") => json!({ "accept": true }),
        ("POST", "/v1/organizations/{org_id}/entities") => json!({ "entity_id": "E4", "entity_name": "Example Four" }),
        ("PATCH", "/v1/organizations/{org_id}/entities/{relation_id}") => json!({ "entity_admin_uin": null }),
        ("POST", "/v1/organizations/{org_id}/entities/{relation_id}/decide") => json!({ "approve": true }),
        ("POST", "/v1/organizations/{org_id}/creations/{record_id}/decide") => json!({ "approve": true }),
        ("POST", "/v1/organizations/{org_id}/transfers") => json!({ "member_uin": FUNDED, "amount": "1" }),
        ("POST", "/v1/organizations/{org_id}/transfers/{transfer_id}/return") => json!({ "amount": "1" }),
        ("POST", "/v1/pay-on-behalf/check") => json!({ "admin_uin": 3, "member_uin": 2, "direction": "enable" }),
        ("POST", "/v1/receipts") => json!({ "customer_uin": 2, "month": "2026-01" }),
        ("POST", "/v1/keys") => json!({ "name": "x", "access": "full" }),
        ("POST", "/v1/clock/advance") => json!({ "by": "1s" }),
        ("POST", _) => json!({}),
        _ => return None,
    };
    Some(body)
}

/// What is asked with a body all the same, and changes nothing.
const QUESTIONS: [&str; 1] = ["/v1/pay-on-behalf/check"];

fn writes(method: &str, path: &str) -> bool {
    method != "GET" && !QUESTIONS.contains(&path)
}

/// The member of the organization.
const MEMBER: u64 = 5;
/// Another one, to which its admin hands money.
const FUNDED: u64 = 9;

fn card() -> Value {
    json!({ "last4": "4242", "expires": "2099-12" })
}

fn voucher() -> Value {
    json!({ "kind": "customer", "owner_uin": 2, "amount": "1", "expires_at": "2099-01-01T00:00:00+08:00" })
}

/// Reseller 1, customer 2, plain account 3, product `cvm`, one of everything that has an id, and the request that made
/// the voucher.
struct Stage {
    world: World,
    order: String,
    authorization: String,
    discount: String,
    credential: String,
    webhook: String,
    voucher: String,
    card: String,
    organization: String,
    relation: String,
    applied: String,
    record: String,
    transfer: String,
    request: String,
}

impl Stage {
    async fn new() -> Stage {
        let world = World::new();
        world.shop().await;
        world.account(3).await;
        let order = json!({ "account_uin": 2, "product_code": "cvm", "kind": "renew", "amount": "9999", "park": true });
        let order = world.made("/v1/orders", order).await;
        let discount = json!({ "kind": "customer", "partner_uin": 1, "customer_uin": 2, "rate": "0.9" });
        let discount = world.made("/v1/discounts", discount).await;
        let credential = world.made("/v1/accounts/2/credentials", json!({})).await;
        let operation =
            json!({ "key": "stage", "op": "authorize", "account_uin": 2, "product_code": "cvm", "amount": "1" });
        let opened = world.made("/v1/authorizations", json!({ "operations": [operation] })).await;
        let webhook = world.made("/v1/webhooks", json!({ "url": "https://hooks.example.test/" })).await;
        let resource = json!({ "account_uin": 2, "resource_id": "r-1", "product_code": "cvm", "unit_price": "1" });
        world.made("/v1/resources", resource).await;
        let card = world.made("/v1/accounts/2/cards", card()).await;
        let organization = world.organization_on("cn", 4, MEMBER, &[1, 2, 4]).await;
        let theirs = format!("/v1/organizations/{organization}");
        let entities = format!("{theirs}/entities");
        for (number, entity) in [(6, "E2"), (7, "E3")] {
            world.enterprise(number, entity, "cn").await;
        }
        let related = json!({ "entity_id": "E2", "entity_name": "Example Two", "entity_admin_uin": 6 });
        let related = world.made(&entities, related).await["relation_id"].as_u64();
        let (_, record) = world.creates(4, &[1, 2], related).await;
        world.applies(4, 7, "Example Three").await;
        let applied = world.get(&entities).await.json()["data"][1]["relation_id"].to_string();
        world.asks_for(4, MEMBER, &[1, 2, 4, 5]).await;
        world.account(8).await;
        let from = json!({ "from_uin": 8 });
        world.ask("PUT", "/v1/accounts/3/offer-inheritance").json(&from).send().await.is(200);
        world.patch(&theirs, json!({ "features": ["fund_allocation"] })).await.is(200);
        world.enterprise(FUNDED, "E1", "cn").await;
        world.joins(4, FUNDED, &[1, 2, 3, 4]).await;
        world.made("/v1/accounts/4/top-ups", json!({ "amount": "9", "kind": "cash" })).await;
        let hand = json!({ "member_uin": FUNDED, "amount": "5" });
        let transfer = world.made(&format!("{theirs}/transfers"), hand).await;
        let issued = world.post("/v1/vouchers", voucher()).await;
        let voucher = issued.is(201);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Stage {
            order: text(&order["id"]),
            authorization: text(&opened["results"][0]["authorization_id"]),
            discount: text(&discount["id"]),
            credential: text(&credential["secret_id"]),
            webhook: text(&webhook["id"]),
            voucher: text(&voucher["id"]),
            card: text(&card["card_id"]),
            organization: organization.0.to_string(),
            relation: related.unwrap().to_string(),
            applied,
            record: record.to_string(),
            transfer: text(&transfer["transfer_id"]),
            request: issued.header("x-request-id").to_owned(),
            world,
        }
    }

    fn path(&self, path: &str) -> String {
        let id = match path {
            _ if path.starts_with("/v1/orders") => &self.order,
            _ if path.starts_with("/v1/discounts") => &self.discount,
            _ if path.starts_with("/v1/authorizations") => &self.authorization,
            _ if path.starts_with("/v1/webhooks") => &self.webhook,
            _ if path.starts_with("/v1/vouchers") => &self.voucher,
            _ => "key_2",
        };
        let uin = match path {
            _ if path.starts_with("/v1/partners") => "1",
            // Who pays for itself.
            "/v1/accounts/{uin}/finance" | "/v1/accounts/{uin}/top-ups" | "/v1/accounts/{uin}/offer-inheritance" => "3",
            _ if path.starts_with("/v1/organizations") => "5",
            _ => "2",
        };
        let named = [
            ("{uin}", uin),
            ("{id}", id),
            ("{code}", "cvm"),
            ("{secret_id}", &self.credential),
            ("{card_id}", &self.card),
            ("{org_id}", &self.organization),
            ("{relation_id}", if path.ends_with("/decide") { &self.applied } else { &self.relation }),
            ("{record_id}", &self.record),
            ("{transfer_id}", &self.transfer),
            ("{resource_id}", "r-1"),
            ("{month}", "2026-01"),
            ("{delivery_id}", "ntc_1_0"),
            ("{request_id}", &self.request),
        ];
        let path = named.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
        // The one list that needs to be told of what.
        if path.ends_with("/tags") { path + "?key=team" } else { path }
    }

    async fn ask(&self, method: &str, path: &str, key: Option<&str>) -> Answer {
        let named = self.path(path);
        let ask = self.world.ask(method, &named);
        let ask = match body_of(method, path) {
            Some(body) => ask.json(&body),
            None => ask,
        };
        match key {
            Some(key) => ask.key(key).send().await,
            None => ask.without("authorization").send().await,
        }
    }
}

impl Stage {
    async fn ask_once(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let ask = self.world.ask(method, &self.path(path)).once("k");
        match body {
            Some(body) => ask.json(&body).send().await,
            None => ask.send().await,
        }
    }
}

fn operations() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&credere_platform::openapi_json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods =
        |item: &Value| item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect::<Vec<_>>();
    paths.iter().flat_map(|(path, item)| methods(item).into_iter().map(|method| (method, path.clone()))).collect()
}

#[tokio::test]
async fn without_a_key_nothing_opens() {
    let stage = Stage::new().await;
    for (method, path) in operations() {
        for key in [None, Some("cred_wrong"), Some("")] {
            let answer = stage.ask(&method, &path, key).await;
            answer.refuses(401, "unauthenticated");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
    for header in ["Basic Y3JlZDp4", "cred_full-key-of-the-tests", "Bearer"] {
        let answer = stage.world.ask("GET", "/v1/accounts").header("authorization", header).send().await;
        answer.refuses(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_key_that_may_only_read_reads_everything_and_writes_nothing() {
    let stage = Stage::new().await;
    let reader = stage.world.read_key().await;
    let before = stage.world.get("/v1/accounts").await.text;
    for (method, path) in operations() {
        let answer = stage.ask(&method, &path, Some(&reader)).await;
        if writes(&method, &path) {
            answer.refuses(403, "read_only_key");
        } else {
            assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text);
        }
    }
    assert_eq!(stage.world.get("/v1/accounts").await.text, before);
    let malformed = stage.world.ask("POST", "/v1/accounts").key(&reader).text("{").send().await;
    malformed.refuses(403, "read_only_key");
}

#[tokio::test]
async fn a_full_key_does_everything() {
    for (method, path) in operations() {
        let stage = Stage::new().await;
        stage.world.made("/v1/keys", json!({ "name": "second", "access": "full" })).await;
        let answer = stage.ask(&method, &path, Some(support::FULL)).await;
        let state_forbids = match (method.as_str(), path.as_str()) {
            ("POST", "/v1/orders/{id}/pay") => Some("insufficient_credit"),
            ("POST", "/v1/orders/{id}/request-payment") => Some("nobody_else_pays"),
            ("POST", "/v1/orders/{id}/deliver") => Some("order_not_processing"),
            ("POST", "/v1/orders/{id}/refund") => Some("order_not_delivered"),
            ("POST", "/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver") => Some("delivery_not_found"),
            ("POST", "/v1/clock/accept") => Some("clock_is_right"),
            ("POST", "/v1/partners/{uin}/pool") => Some("wrong_partner_kind"),
            ("DELETE", "/v1/customers/{uin}") => Some("has_open_holds"),
            _ => None,
        };
        match state_forbids {
            Some(code) => assert_eq!(answer.json()["code"], code, "{method} {path}"),
            None => assert!(answer.status.is_success(), "{method} {path}: {}", answer.text),
        }
    }
}

/// Operations of a batch have keys of their own.
const NOT_KEPT: [&str; 2] = ["/v1/authorizations", "/v1/usage"];

#[tokio::test]
async fn every_operation_that_writes_answers_its_repetition_as_the_first_time() {
    let secrets = ["key", "secret_key", "secret"];
    let mut tried = 0;
    for (method, path) in operations() {
        let kept = matches!(method.as_str(), "POST" | "PATCH" | "DELETE") && writes(&method, &path);
        if !kept || NOT_KEPT.contains(&path.as_str()) {
            continue;
        }
        let stage = Stage::new().await;
        stage.world.made("/v1/keys", json!({ "name": "second", "access": "full" })).await;
        let first = stage.ask_once(&method, &path, body_of(&method, &path)).await;
        stage.world.made("/v1/clock/advance", json!({ "by": "1h" })).await;
        let again = stage.ask_once(&method, &path, body_of(&method, &path)).await;
        assert!(!first.replayed() && again.replayed(), "{method} {path}: {} / {}", first.text, again.text);
        assert_eq!(again.status, first.status, "{method} {path}");
        if !first.text.is_empty() {
            let (mut first, mut again) = (first.json(), again.json());
            for member in secrets.into_iter().chain(["request_id"]) {
                if first[member].is_string() {
                    assert!(member == "request_id" || again[member].is_null(), "{method} {path} {member}");
                    first[member] = Value::Null;
                    again[member] = Value::Null;
                }
            }
            assert_eq!(again, first, "{method} {path}");
        }
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[tokio::test]
async fn a_key_that_was_taken_back_opens_nothing() {
    let world = World::new();
    let made = world.made("/v1/keys", json!({ "name": "x", "access": "full" })).await;
    let key = made["key"].as_str().unwrap();
    world.ask("GET", "/v1/keys").key(key).send().await.is(200);
    world.delete(&format!("/v1/keys/{}", made["id"].as_str().unwrap())).await.is(204);
    world.ask("GET", "/v1/keys").key(key).send().await.refuses(401, "unauthenticated");
    world.delete("/v1/keys/key_2").await.refuses(404, "key_not_found");
    world.delete("/v1/keys/2").await.refuses(404, "key_not_found");
    world.delete("/v1/keys/key_1").await.refuses(409, "last_full_key");
}

#[tokio::test]
async fn keys_are_listed_without_themselves() {
    let world = World::new();
    let made = world.made("/v1/keys", json!({ "name": "metering", "access": "read" })).await;
    let list = world.get("/v1/keys").await;
    let data = list.is(200)["data"].clone();
    assert_eq!(
        (&data[0]["id"], &data[0]["name"], &data[0]["access"]),
        (&json!("key_1"), &json!("first"), &json!("full"))
    );
    assert_eq!(
        (&data[1]["id"], &data[1]["name"], &data[1]["access"]),
        (&json!("key_2"), &json!("metering"), &json!("read"))
    );
    assert!(!list.text.contains(made["key"].as_str().unwrap()) && !list.text.contains(support::FULL));
}

#[tokio::test]
async fn refused_writes_of_a_read_only_key_are_in_the_audit() {
    let world = World::new();
    let reader = world.read_key().await;
    let refused = world.ask("DELETE", "/v1/keys/key_1").key(&reader).send().await;
    refused.refuses(403, "read_only_key");
    let entry = world.get("/v1/audit").await.is(200)["data"][0].clone();
    assert_eq!(entry["request_id"].as_str(), Some(refused.header("x-request-id")));
    assert_eq!(
        (&entry["actor"], &entry["outcome"], &entry["code"], &entry["face"]),
        (&json!("platform:key_2"), &json!("refused"), &json!("read_only_key"), &json!("platform"))
    );
}

#[tokio::test]
async fn nothing_is_read_of_a_body_whose_key_may_not_send_it() {
    let world = World::new();
    let reader = world.read_key().await;
    for (method, path) in operations().into_iter().filter(|(method, path)| writes(method, path)) {
        for (key, status) in [(reader.as_str(), 403), ("cred_wrong", 401)] {
            let read = Arc::new(AtomicBool::new(false));
            let seen = read.clone();
            let body = stream::poll_fn(move |_| {
                seen.store(true, Relaxed);
                Poll::Ready(None::<Result<Bytes, Infallible>>)
            });
            let request = Request::builder()
                .method(method.as_str())
                .uri(path.replace(['{', '}'], ""))
                .header("authorization", format!("Bearer {key}"))
                .header("content-type", "application/json")
                .body(Body::from_stream(body))
                .unwrap();
            let answer = world.router.clone().oneshot(request).await.unwrap();
            // What takes no body finds out by the path's names first that there is no such thing.
            let known = if body_of(&method, &path).is_some() { vec![status] } else { vec![status, 404] };
            assert!(known.contains(&answer.status().as_u16()), "{method} {path}: {}", answer.status());
            assert!(!read.load(Relaxed), "{method} {path}");
        }
    }
}
