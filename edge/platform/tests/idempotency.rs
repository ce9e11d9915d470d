//! The `Idempotency-Key` header: the first answer again, refusals included, and nothing done twice.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use axum::http::HeaderMap;
use credere_app::clock::{Clock, Machine, Reading};
use credere_app::engine::EngineOptions;
use credere_core::ledger::Moment;
use credere_platform::PlatformOptions;
use credere_store::contract::{Journal, NoticeKey};
use credere_store::memory::MemoryStore;
use credere_store::outbox::{DeliveryKey, DeliveryRow, DeliveryState, Lane, Outbox};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use support::{Answer, World, purchase};

/// Headers without those that name the request or say that it is a repeat.
fn lasting(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in ["x-request-id", "idempotency-replayed"] {
        headers.remove(name);
    }
    headers
}

#[track_caller]
fn same(first: &Answer, again: &Answer) {
    assert!(!first.replayed() && again.replayed(), "{} / {}", first.text, again.text);
    assert_eq!((again.status, lasting(&again.headers)), (first.status, lasting(&first.headers)));
    if first.status.is_success() {
        assert_eq!(again.text, first.text);
    } else {
        // The identifier is that of the present request, which the audit knows.
        let without_id = |answer: &Answer| {
            let mut body = answer.json();
            body["request_id"] = Value::Null;
            body
        };
        assert_eq!(without_id(again), without_id(first));
    }
}

/// Sends the same twice; the answers must be the same.
async fn twice(world: &World, path: &str, body: Value) -> Answer {
    let first = world.ask("POST", path).once(path).json(&body).send().await;
    // What comes in between must not show in the repeat.
    world.post("/v1/clock/advance", json!({ "by": "1h" })).await.is(200);
    let again = world.ask("POST", path).once(path).json(&body).send().await;
    same(&first, &again);
    first
}

#[tokio::test]
async fn every_post_gives_its_first_answer_again() {
    let world = World::new();
    twice(&world, "/v1/accounts", json!({ "name": "A", "uin": 1, "verification": { "level": "personal" } }))
        .await
        .is(201);
    twice(&world, "/v1/partners", json!({ "uin": 1, "kind": "distributor", "allocation_quota": "1000" })).await.is(201);
    world.account(2).await;
    twice(&world, "/v1/customers", json!({ "uin": 2, "partner_uin": 1 })).await.is(201);
    twice(&world, "/v1/customers/2/allocations", json!({ "amount": "500", "remark": "x" })).await.is(201);
    world.account(3).await;
    let below = json!({ "uin": 3, "kind": "second_level_reseller", "distributor_uin": 1, "allocation_quota": "100" });
    world.made("/v1/partners", below).await;
    twice(&world, "/v1/partners/3/pool", json!({ "amount": "-1" })).await.is(201);
    twice(&world, "/v1/products", json!({ "code": "cvm", "settlement": "hourly" })).await.is(201);
    twice(
        &world,
        "/v1/discounts",
        json!({ "kind": "partner", "partner_uin": 1, "product_code": "cvm", "rate": "0.9" }),
    )
    .await
    .is(201);
    let order =
        json!({ "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": "10", "capture": false });
    let placed = twice(&world, "/v1/orders", order.clone()).await.is(201);
    twice(&world, &format!("/v1/orders/{}/deliver", placed["id"].as_str().unwrap()), json!({})).await.is(200);
    let other = world.made("/v1/orders", order).await;
    twice(&world, &format!("/v1/orders/{}/cancel", other["id"].as_str().unwrap()), json!({})).await.is(200);
    let parked = json!({ "account_uin": 2, "product_code": "cvm", "kind": "renew", "amount": "600", "park": true });
    let parked = world.made("/v1/orders", parked).await;
    world.made("/v1/customers/2/allocations", json!({ "amount": "200" })).await;
    twice(&world, &format!("/v1/orders/{}/pay", parked["id"].as_str().unwrap()), json!({ "by": "customer" }))
        .await
        .is(200);
    twice(&world, "/v1/clock/advance", json!({ "by": "1d" })).await.is(200);
}

#[tokio::test]
async fn nothing_is_done_twice() {
    let world = World::new();
    world.partner(1, "reseller", "1000").await;
    world.customer(2, 1, "0").await;
    let body = json!({ "amount": "100" });
    for _ in 0..3 {
        world.ask("POST", "/v1/customers/2/allocations").once("k").json(&body).send().await.is(201);
    }
    assert_eq!(world.credit().await["total"], "100.00");
}

#[tokio::test]
async fn refusals_are_repeated_too_even_when_they_would_not_be_refused_now() {
    let world = World::new();
    world.shop().await;
    let order = purchase("1000.01");
    twice(&world, "/v1/orders", order.clone()).await.refuses(402, "insufficient_credit");
    world.made("/v1/customers/2/allocations", json!({ "amount": "1000" })).await;
    let again = world.ask("POST", "/v1/orders").once("/v1/orders").json(&order).send().await;
    again.refuses(402, "insufficient_credit");
    assert!(again.replayed());
    twice(&world, "/v1/customers", json!({ "uin": 9, "partner_uin": 1 })).await.blames(404, "account_not_found", "uin");
    let refused = twice(&world, "/v1/products", json!({ "code": "cvm", "settlement": "daily" })).await;
    refused.blames(409, "product_exists", "code");
    twice(&world, "/v1/customers/2/allocations", json!({ "amount": "0" })).await.blames(422, "amount_zero", "amount");
}

#[tokio::test]
async fn secrets_are_shown_once() {
    let world = World::new();
    world.account(1).await;
    let hook = world.made("/v1/webhooks", json!({ "url": "https://hooks.example.test/" })).await;
    let rotation = format!("/v1/webhooks/{}/rotate-secret", hook["id"].as_str().unwrap());
    for (path, body, secret) in [
        ("/v1/keys", json!({ "name": "x", "access": "read" }), "key"),
        ("/v1/accounts/1/credentials", json!({}), "secret_key"),
        ("/v1/webhooks", json!({ "url": "https://hooks.example.test/" }), "secret"),
        (&*rotation, json!({}), "secret"),
    ] {
        let first = world.ask("POST", path).once("k").json(&body).send().await;
        // Nobody on the way may keep it.
        assert_eq!(first.header("cache-control"), "no-store", "{path}");
        let mut first = first.is(201);
        let again = world.ask("POST", path).once("k").json(&body).send().await;
        assert!(again.replayed() && first[secret].as_str().is_some_and(|secret| secret.len() > 20), "{first}");
        first[secret] = Value::Null;
        assert_eq!(again.is(201), first);
    }
}

#[tokio::test]
async fn the_content_is_the_json_value() {
    let world = World::new();
    world.ask("POST", "/v1/accounts").once("k").text(r#"{"name":"A","uin":1}"#).send().await.is(201);
    let spelled =
        world.ask("POST", "/v1/accounts").once("k").text("{ \"uin\" : 1,\n \"name\": \"\\u0041\" }").send().await;
    assert!(spelled.replayed());
    for other in [r#"{"name":"B","uin":1}"#, r#"{"name":"A"}"#, r#"{"name":"A","uin":1,"email":null}"#] {
        let answer = world.ask("POST", "/v1/accounts").once("k").text(other).send().await;
        answer.refuses(422, "idempotency_key_reused");
        assert!(!answer.replayed());
    }
}

#[tokio::test]
async fn a_key_belongs_to_its_method_and_path() {
    let world = World::new();
    world.partner(1, "reseller", "1000").await;
    world.customer(2, 1, "0").await;
    world.customer(3, 1, "0").await;
    let body = json!({ "amount": "1" });
    for path in ["/v1/customers/2/allocations", "/v1/customers/3/allocations"] {
        let answer = world.ask("POST", path).once("k").json(&body).send().await;
        answer.is(201);
        assert!(!answer.replayed(), "{path}");
    }
    let (path, nothing) = ("/v1/customers/3", json!({}));
    let changed = world.ask("PATCH", path).once("k").json(&nothing).send().await;
    changed.is(200);
    let ended = world.ask("DELETE", path).once("k").send().await;
    ended.is(200);
    assert!(!changed.replayed() && !ended.replayed());
}

#[tokio::test]
async fn a_platform_key_may_be_rotated_between_a_try_and_its_repetition() {
    let world = World::new();
    world.shop().await;
    let other = world.made("/v1/keys", json!({ "name": "next", "access": "full" })).await;
    let reader = world.read_key().await;
    let order = purchase("10");
    let first = world.ask("POST", "/v1/orders").once("k").json(&order).send().await;
    let again = world.ask("POST", "/v1/orders").key(other["key"].as_str().unwrap()).once("k").json(&order).send().await;
    same(&first, &again);
    assert_eq!(world.credit().await["used"], "10.00");
    // Whoever may not do it is not told what it came to either.
    let denied = world.ask("POST", "/v1/orders").key(&reader).once("k").json(&order).send().await;
    denied.refuses(403, "read_only_key");
    assert!(!denied.replayed());
}

#[tokio::test]
async fn a_path_is_what_it_names_however_it_is_spelled() {
    let world = World::new();
    world.shop().await;
    let order = purchase("100");
    let order = world.made("/v1/orders", order).await["id"].as_str().unwrap().to_owned();
    let refund = json!({ "amount": "10" });
    let plain = format!("/v1/orders/{order}/refund");
    let first = world.ask("POST", &plain).once("k").json(&refund).send().await;
    first.is(200);
    let spelled = format!("/v1/orders/{}/refund", order.replace('o', "%6F").replace('_', "%5f"));
    let again = world.ask("POST", &spelled).once("k").json(&refund).send().await;
    same(&first, &again);
    assert_eq!(world.get(&format!("/v1/orders/{order}")).await.is(200)["refunded_amount"], "10.00");
}

/// Sends the same twice by this method, with time between; the answers must be the same, and another body refused.
async fn twice_by(world: &World, method: &str, path: &str, body: &Value) -> Answer {
    let first = world.ask(method, path).once("k").json(body).send().await;
    world.post("/v1/clock/advance", json!({ "by": "1h" })).await.is(200);
    let again = world.ask(method, path).once("k").json(body).send().await;
    same(&first, &again);
    first
}

#[tokio::test]
async fn a_termination_is_settled_once_also_after_a_new_activation_of_the_name() {
    for (method, path) in [("DELETE", "/v1/resources/ins-1"), ("POST", "/v1/resources/ins-1/terminate")] {
        let world = World::new();
        world.shop().await;
        let activate = json!({ "account_uin": 2, "resource_id": "ins-1", "product_code": "cvm", "unit_price": "1" });
        world.made("/v1/resources", activate.clone()).await;
        let last = json!({ "final_amount": "2.50" });
        let first = twice_by(&world, method, path, &last).await.is(200);
        assert_eq!((&first["state"], &first["amount"]), (&json!("terminated"), &json!("2.50")));
        world.made("/v1/resources", activate).await;
        let again = world.ask(method, path).once("k").json(&last).send().await;
        assert!(again.replayed());
        assert_eq!(again.is(200), first);
        assert_eq!(world.credit().await["used"], "2.50");
        assert_eq!(world.get("/v1/resources/ins-1").await.is(200)["state"], "active");
        // A key that was not used before ends the new one.
        world.ask(method, path).once("other").json(&last).send().await.is(200);
        assert_eq!(world.credit().await["used"], "5.00");
    }
}

#[tokio::test]
async fn a_change_shows_the_whole_as_it_was_then() {
    let world = World::new();
    world.shop().await;
    for (path, body) in [
        ("/v1/accounts/2", json!({ "name": "Then" })),
        ("/v1/customers/2", json!({ "own_warning_percent": 30 })),
        ("/v1/partners/1", json!({ "voucher_quota": "7" })),
        ("/v1/products/cvm", json!({ "name": "Then" })),
    ] {
        let first = world.ask("PATCH", path).once("k").json(&body).send().await;
        first.is(200);
        // What it shows goes on: a name, credit, a spend line.
        world.buy("1").await;
        world.patch("/v1/accounts/2", json!({ "name": "Now", "email": "now@example.test" })).await.is(200);
        world.patch("/v1/products/cvm", json!({ "name": "Now" })).await.is(200);
        same(&first, &world.ask("PATCH", path).once("k").json(&body).send().await);
    }
    assert_eq!(world.get("/v1/accounts/2").await.is(200)["name"], "Now");
    let other = world.ask("PATCH", "/v1/accounts/2").once("k").json(&json!({ "name": "Other" })).send().await;
    other.refuses(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_dry_run_says_the_same_again() {
    let world = World::new();
    world.shop().await;
    let order = |amount: &str, dry: bool| json!({ "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": amount, "dry_run": dry });
    let ask = |key, body| world.ask("POST", "/v1/orders").once(key).json(&body).send();
    let (passes, fails) = (ask("a", order("900", true)).await, ask("b", order("1001", true)).await);
    passes.is(200);
    fails.refuses(402, "insufficient_credit");
    world.made("/v1/orders", order("500", false)).await;
    world.made("/v1/customers/2/allocations", json!({ "amount": "5000" })).await;
    same(&passes, &ask("a", order("900", true)).await);
    same(&fails, &ask("b", order("1001", true)).await);
    ask("a", order("900", false)).await.refuses(422, "idempotency_key_reused");
    assert_eq!(world.all("/v1/orders", 50).await.len(), 1);
}

/// Everything that is refused before, or after, the book was asked: by the form of what is named, by a look at history or
/// at the directory.
#[tokio::test]
async fn every_refusal_is_kept_whoever_found_it() {
    let world = World::new();
    world.shop().await;
    world.made("/v1/clock/advance", json!({ "by": "62d" })).await;
    let (month, code) = (json!("2000-01"), json!("no such"));
    let order = json!({ "account_uin": 2, "product_code": code, "kind": "purchase", "amount": "1" });
    let discount = json!({ "kind": "partner", "partner_uin": 1, "product_code": code, "rate": "0.5" });
    let resource = json!({ "account_uin": 2, "resource_id": "r", "product_code": code, "unit_price": "1" });
    let products = json!({ "mode": "only", "codes": ["cvm", code] });
    let voucher = json!({ "kind": "customer", "owner_uin": 2, "amount": "1", "expires_at": "2099-01-01T00:00:00Z",
        "products": products });
    let receipt = |lines: Value| json!({ "customer_uin": 2, "month": month, "line_ids": lines });
    let refused = [
        ("POST", "/v1/orders", order, 404, "product_not_found"),
        ("POST", "/v1/discounts", discount, 404, "product_not_found"),
        ("POST", "/v1/resources", resource, 404, "product_not_found"),
        ("POST", "/v1/vouchers", voucher, 404, "product_not_found"),
        ("POST", "/v1/receipts", receipt(json!(["line_999999"])), 404, "line_not_found"),
        ("POST", "/v1/receipts", receipt(json!(["nothing"])), 404, "line_not_found"),
        ("POST", "/v1/orders/ord_999999/refund", json!({ "amount": "1" }), 404, "order_not_found"),
        ("POST", "/v1/orders/nothing/refund", json!({ "amount": "1" }), 404, "order_not_found"),
        ("POST", "/v1/orders/ord_999999/pay", json!({ "by": "customer" }), 404, "order_not_found"),
        ("POST", "/v1/orders/ord_999999/deliver", json!({}), 404, "order_not_found"),
        ("POST", "/v1/orders/nothing/cancel", json!({}), 404, "order_not_found"),
        ("POST", "/v1/customers/nobody/allocations", json!({ "amount": "1" }), 404, "customer_not_found"),
        ("POST", "/v1/partners/nobody/pool", json!({ "amount": "1" }), 404, "second_level_reseller_not_found"),
        ("POST", "/v1/partners/nobody/payments", json!({ "amount": "1" }), 404, "partner_not_found"),
        ("POST", "/v1/accounts/nobody/credentials", json!({}), 404, "account_not_found"),
        ("POST", "/v1/vouchers/0/invalidate", json!({}), 404, "voucher_not_found"),
        ("POST", "/v1/vouchers/9999990/invalidate", json!({}), 404, "voucher_not_found"),
        ("POST", "/v1/resources/none/terminate", json!({}), 404, "resource_not_found"),
        ("POST", "/v1/webhooks/nothing/rotate-secret", json!({}), 404, "webhook_not_found"),
        ("POST", "/v1/webhooks/whk_9/deliveries/ntc_1_0/redeliver", json!({}), 404, "webhook_not_found"),
        ("PATCH", "/v1/accounts/nobody", json!({ "name": "A" }), 404, "account_not_found"),
        ("PATCH", "/v1/accounts/9", json!({ "name": "A" }), 404, "account_not_found"),
        ("PATCH", "/v1/customers/1", json!({ "special_suspension": true }), 404, "customer_not_found"),
        ("PATCH", "/v1/partners/1", json!({ "allocation_quota": "1" }), 422, "below_allocated"),
        ("PATCH", "/v1/products/none", json!({ "name": "A" }), 404, "product_not_found"),
        ("PATCH", "/v1/resources/none", json!({ "quantity": "2" }), 404, "resource_not_found"),
        ("DELETE", "/v1/customers/nobody", json!({}), 404, "customer_not_found"),
        ("DELETE", "/v1/accounts/2/credentials/AKIDnone", json!({}), 404, "credential_not_found"),
        ("DELETE", "/v1/discounts/nothing", json!({}), 404, "discount_not_found"),
        ("DELETE", "/v1/keys/key_1", json!({}), 409, "last_full_key"),
        ("DELETE", "/v1/keys/first", json!({}), 404, "key_not_found"),
        ("DELETE", "/v1/webhooks/whk_9", json!({}), 404, "webhook_not_found"),
    ];
    for (number, (method, path, body, status, code)) in refused.into_iter().enumerate() {
        let key = number.to_string();
        let first = world.ask(method, path).once(&key).json(&body).send().await;
        first.refuses(status, code);
        same(&first, &world.ask(method, path).once(&key).json(&body).send().await);
        // What each body has not: a body that reads is another one, and one that does not is malformed as ever.
        let mut other = body.clone();
        for (name, value) in [("amount", "2"), ("unit_price", "2"), ("by", "partner"), ("name", "B"), ("quantity", "3")]
        {
            if other[name].is_string() {
                other[name] = json!(value);
            }
        }
        if other["rate"].is_string() {
            other["rate"] = json!("0.6");
        }
        if other["line_ids"].is_array() {
            other["line_ids"] = json!(["line_999998"]);
        }
        if other != body {
            let other = world.ask(method, path).once(&key).json(&other).send().await;
            other.refuses(422, "idempotency_key_reused");
        }
    }
}

#[tokio::test]
async fn what_was_not_there_stays_so_under_the_key_when_it_comes_to_be() {
    let world = World::new();
    world.shop().await;
    let resize = json!({ "quantity": "2" });
    let patch = || world.ask("PATCH", "/v1/resources/ins-1").once("k").json(&resize).send();
    let end = || world.ask("DELETE", "/v1/resources/ins-1").once("k").send();
    let (resized, ended) = (patch().await, end().await);
    resized.refuses(404, "resource_not_found");
    let activate = json!({ "account_uin": 2, "resource_id": "ins-1", "product_code": "cvm", "unit_price": "1" });
    world.made("/v1/resources", activate).await;
    same(&resized, &patch().await);
    same(&ended, &end().await);
    // Ended is not the same as never there, but for whoever asked before.
    world.delete("/v1/resources/ins-1").await.is(200);
    same(&resized, &patch().await);
    same(&ended, &end().await);
    world.ask("PATCH", "/v1/resources/ins-1").once("l").json(&resize).send().await.refuses(409, "resource_not_active");
    // The number that the next order will have.
    let order = purchase("5");
    let id = world.made("/v1/orders", order.clone()).await["id"].as_str().unwrap().to_owned();
    let next: u64 = id.strip_prefix("ord_").unwrap().parse().unwrap();
    // The refusal has a number of its own.
    let (id, refund) = (format!("ord_{}", next + 2), json!({ "amount": "1" }));
    let ask = || world.ask("POST", &format!("/v1/orders/{id}/refund")).once("k").json(&refund).send();
    let first = ask().await;
    first.refuses(404, "order_not_found");
    assert_eq!(world.made("/v1/orders", order).await["id"], id);
    same(&first, &ask().await);
    world.post(&format!("/v1/orders/{id}/refund"), refund.clone()).await.is(200);
}

#[tokio::test]
async fn malformed_and_forbidden_requests_are_not_remembered() {
    let world = World::new();
    let reader = world.read_key().await;
    let body = json!({ "name": "A" });
    world.ask("POST", "/v1/accounts").once("k").text("{}").send().await.blames(400, "missing_field", "name");
    let forbidden = world.ask("POST", "/v1/accounts").key(&reader).once("k").json(&body).send().await;
    forbidden.refuses(403, "read_only_key");
    let again = world.ask("POST", "/v1/accounts").key(&reader).once("k").json(&body).send().await;
    again.refuses(403, "read_only_key");
    assert!(!again.replayed());
    let first = world.ask("POST", "/v1/accounts").once("k").json(&body).send().await;
    first.is(201);
    assert!(!first.replayed());
    // What the platform has not granted may be granted a moment later.
    world.partner(1, "reseller", "1000").await;
    world.customer(2, 1, "0").await;
    let change = json!({ "special_suspension": true });
    let ask = || world.ask("PATCH", "/v1/customers/2").once("k").json(&change).send();
    for _ in 0..2 {
        let refused = ask().await;
        refused.refuses(403, "not_allowlisted");
        assert!(!refused.replayed());
    }
    world.patch("/v1/partners/1", json!({ "allowlist": ["special_suspension"] })).await.is(200);
    let changed = ask().await;
    changed.is(200);
    assert!(!changed.replayed());
    assert!(ask().await.replayed());
}

/// A world whose machine's clock jumps as soon as the journal has come to a position: in between two records that one
/// request makes.
struct Jumping {
    world: World,
    at: Arc<AtomicU64>,
    /// Seconds that the clock shows besides.
    seconds: Arc<AtomicI64>,
}

impl Jumping {
    fn new() -> Jumping {
        let (at, seconds) = (Arc::new(AtomicU64::new(u64::MAX)), Arc::new(AtomicI64::new(0)));
        let store: Arc<OnceLock<Arc<MemoryStore>>> = Arc::default();
        let (from, more, journal) = (at.clone(), seconds.clone(), store.clone());
        let machine = Machine::new(move || {
            let reached = journal.get().is_some_and(|store| store.last().unwrap().seq >= from.load(SeqCst));
            let off = more.load(SeqCst) + if reached { 3_600 } else { 0 };
            Reading { wall: Moment::from_micros((1_900_000_000 + off) * 1_000_000), steady: Duration::from_secs(1) }
        });
        let engine = EngineOptions { clock: Clock::System, machine, ..EngineOptions::default() };
        let world = World::of(engine, PlatformOptions::default());
        assert!(store.set(world.store.clone()).is_ok());
        Jumping { world, at, seconds }
    }

    /// Asks the same three times: when the clock jumps after the next record, and twice when it is right again.
    async fn thrice(&self, method: &str, path: &str, body: &Value) -> [Answer; 3] {
        let ask = || self.world.ask(method, path).once("k").json(body).send();
        self.at.store(self.world.store.last().unwrap().seq + 1, SeqCst);
        let first = ask().await;
        self.at.store(u64::MAX, SeqCst);
        self.seconds.fetch_add(1, SeqCst);
        [first, ask().await, ask().await]
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_shown_is_not_said_to_be_undone() {
    let jumping = Jumping::new();
    let world = &jumping.world;
    world.shop().await;
    for (path, body, member, value) in [
        ("/v1/accounts/2", json!({ "name": "New" }), "/name", json!("New")),
        ("/v1/customers/2", json!({ "own_warning_percent": 30 }), "/own_warning_percent", json!(30)),
        ("/v1/partners/1", json!({ "voucher_quota": "7" }), "/vouchers/quota", json!("7.00")),
    ] {
        let [first, second, third] = jumping.thrice("PATCH", path, &body).await;
        first.refuses(500, "outcome_unknown");
        let shown = second.is(200);
        assert_eq!(shown.pointer(member), Some(&value), "{path}: {shown}");
        assert!(second.replayed() && third.replayed() && third.is(200) == shown, "{path}");
    }
    world.app.close();
}

/// A webhook with a delivery that has failed, of which nothing is sent by anybody but the test: the delivery, and the path
/// that sends it again.
async fn failed_delivery(world: &World) -> (DeliveryRow, String) {
    let webhook = world.made("/v1/webhooks", json!({ "url": "https://hooks.example.test/" })).await;
    let id = webhook["id"].as_str().unwrap();
    let seq = world.store.last().unwrap().seq;
    let notice = NoticeKey { seq, place: 0 };
    let row = DeliveryRow {
        key: DeliveryKey { lane: Lane::webhook(id.strip_prefix("whk_").unwrap().parse().unwrap()), notice },
        recipient: None,
        kind: "resource.suspended".to_owned(),
        message: "{}".to_owned(),
        at: Moment::from_micros(0),
        state: DeliveryState::Failed,
        reason: Some("410".to_owned()),
        attempts: 1,
        retries: 0,
        changed_at: Moment::from_micros(0),
    };
    world.store.queue_deliveries(seq, vec![row.clone()]).unwrap();
    (row, format!("/v1/webhooks/{id}/deliveries/ntc_{seq}_0/redeliver"))
}

#[tokio::test]
async fn under_one_key_a_message_is_sent_again_once() {
    let world = World::new();
    let (row, path) = failed_delivery(&world).await;
    let ask = |key: &'static str| world.ask("POST", &path).once(key).json(&json!({})).send();
    let first = ask("k").await;
    assert_eq!(first.is(200)["state"], "waiting");
    let waits = world.store.delivery(&row.key).unwrap().unwrap();
    assert!(matches!(waits.state, DeliveryState::Waiting(_)));
    // It was sent once more, to no effect.
    let tried = DeliveryRow { attempts: 2, ..row.clone() };
    world.store.settle_delivery(&tried, None).unwrap();
    same(&first, &ask("k").await);
    assert_eq!(world.store.delivery(&row.key).unwrap().unwrap(), tried);
    assert_eq!(ask("l").await.is(200)["attempts"], 2);
    assert!(matches!(world.store.delivery(&row.key).unwrap().unwrap().state, DeliveryState::Waiting(_)));
    world.app.close();
}

#[tokio::test]
async fn what_a_kept_answer_says_is_sent_is_sent_by_its_repetition_where_it_was_not() {
    let world = World::new();
    let (row, path) = failed_delivery(&world).await;
    let ask = || world.ask("POST", &path).once("k").json(&json!({})).send();
    let first = ask().await;
    first.is(200);
    // As if the server had stopped after it kept the answer, and before it sent anything.
    world.store.settle_delivery(&row, None).unwrap();
    for _ in 0..2 {
        same(&first, &ask().await);
        let waits = world.store.delivery(&row.key).unwrap().unwrap();
        assert!(matches!(waits.state, DeliveryState::Waiting(_)) && waits.attempts == 1, "{waits:?}");
    }
    // What is not there any more is not sent, and the answer is the same.
    let (webhook, _) = path.split_once("/deliveries").unwrap();
    world.delete(webhook).await.is(204);
    same(&first, &ask().await);
    world.app.close();
}

#[tokio::test]
async fn nothing_is_sent_again_while_its_answer_cannot_be_kept() {
    let jumping = Jumping::new();
    let world = &jumping.world;
    let (row, path) = failed_delivery(world).await;
    let ask = || world.ask("POST", &path).once("k").json(&json!({})).send();
    jumping.at.store(0, SeqCst);
    ask().await.refuses(503, "clock_jumped");
    assert_eq!(world.store.delivery(&row.key).unwrap().unwrap(), row);
    jumping.at.store(u64::MAX, SeqCst);
    let second = ask().await;
    assert!(second.is(200)["state"] == "waiting" && !second.replayed());
    same(&second, &ask().await);
    world.app.close();
}

#[tokio::test]
async fn a_move_of_the_clock_says_the_same_again_wherever_the_clock_stands() {
    let world = World::new();
    world.made("/v1/clock/advance", json!({ "to": "9990-01-01T00:00:00Z" })).await;
    let body = json!({ "by": "2000d" });
    let ask = || world.ask("POST", "/v1/clock/advance").once("k").json(&body).send();
    let first = ask().await;
    first.is(200);
    // From there on a span of this length leads out of the calendar.
    same(&first, &ask().await);
    world.post("/v1/clock/advance", body.clone()).await.blames(400, "invalid_value", "by");
}

#[tokio::test]
async fn where_nothing_is_to_be_said_nothing_is_passed_over() {
    let world = World::new();
    world.shop().await;
    world.made("/v1/keys", json!({ "name": "second", "access": "full" })).await;
    let credential = world.made("/v1/accounts/2/credentials", json!({})).await;
    let discount = world.made("/v1/discounts", json!({ "kind": "partner", "partner_uin": 1, "rate": "0.9" })).await;
    let webhook = world.made("/v1/webhooks", json!({ "url": "https://hooks.example.test/" })).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for path in [
        "/v1/customers/2".to_owned(),
        "/v1/keys/key_2".to_owned(),
        format!("/v1/accounts/2/credentials/{}", text(&credential["secret_id"])),
        format!("/v1/discounts/{}", text(&discount["id"])),
        format!("/v1/webhooks/{}", text(&webhook["id"])),
    ] {
        let said = world.ask("DELETE", &path).once("k").json(&json!({ "final_amount": "1" })).send().await;
        said.blames(400, "unknown_field", "final_amount");
        world.ask("DELETE", &path).once("k").text("[]").send().await.refuses(400, "invalid_value");
        let first = world.ask("DELETE", &path).once("k").json(&json!({})).send().await;
        assert!(first.status.is_success() && !first.replayed(), "{path}: {}", first.text);
        // Without a body it is the same.
        same(&first, &world.ask("DELETE", &path).once("k").send().await);
    }
}

#[tokio::test]
async fn a_key_is_1_to_255_visible_ascii_characters() {
    let world = World::new();
    let body = json!({ "name": "A" });
    for wrong in ["", "a b", &"x".repeat(256)] {
        let answer = world.ask("POST", "/v1/accounts").once(wrong).json(&body).send().await;
        answer.refuses(400, "idempotency_key_invalid");
    }
    world.ask("POST", "/v1/accounts").once(&"x".repeat(255)).json(&body).send().await.is(201);
}

#[tokio::test]
async fn concurrent_requests_with_one_key_act_once() {
    let world = World::new();
    world.partner(1, "reseller", "1000").await;
    world.customer(2, 1, "0").await;
    let body = json!({ "amount": "1" });
    let path = "/v1/customers/2/allocations";
    let (a, b) = tokio::join!(
        world.ask("POST", path).once("k").json(&body).send(),
        world.ask("POST", path).once("k").json(&body).send(),
    );
    // Whichever came second found the key held, or the first answer remembered.
    let second = if a.status.as_u16() == 201 && !a.replayed() { &b } else { &a };
    match second.status.as_u16() {
        409 => drop(second.refuses(409, "idempotency_key_in_use")),
        _ => assert!(second.replayed()),
    }
    assert_eq!(world.credit().await["total"], "1.00");
}
