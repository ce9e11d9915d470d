//! The `Idempotency-Key` header: the first answer again, refusals included, and nothing done twice.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use axum::http::HeaderMap;
use serde_json::{Value, json};
use support::{Answer, World};

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
    assert_eq!(world.get("/v1/accounts/2").await.is(200)["credit"]["total"], "100.00");
}

#[tokio::test]
async fn refusals_are_repeated_too_even_when_they_would_not_be_refused_now() {
    let world = World::new();
    world.shop().await;
    let order = json!({ "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": "1000.01" });
    twice(&world, "/v1/orders", order.clone()).await.refuses(402, "insufficient_credit");
    world.made("/v1/customers/2/allocations", json!({ "amount": "1000" })).await;
    let again = world.ask("POST", "/v1/orders").once("/v1/orders").json(&order).send().await;
    again.refuses(402, "insufficient_credit");
    assert!(again.replayed());
    twice(&world, "/v1/customers", json!({ "uin": 9, "partner_uin": 1 })).await.blames(404, "account_not_found", "uin");
    twice(&world, "/v1/products", json!({ "code": "cvm", "settlement": "daily" })).await.blames(
        409,
        "product_exists",
        "code",
    );
    twice(&world, "/v1/customers/2/allocations", json!({ "amount": "0" })).await.blames(422, "amount_zero", "amount");
}

#[tokio::test]
async fn secrets_are_shown_once() {
    let world = World::new();
    world.account(1).await;
    for (path, body, secret) in [
        ("/v1/keys", json!({ "name": "x", "access": "read" }), "key"),
        ("/v1/accounts/1/credentials", json!({}), "secret_key"),
    ] {
        let mut first = world.ask("POST", path).once("k").json(&body).send().await.is(201);
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
async fn a_key_belongs_to_its_platform_key_method_and_path() {
    let world = World::new();
    world.partner(1, "reseller", "1000").await;
    world.customer(2, 1, "0").await;
    world.customer(3, 1, "0").await;
    let other = world.made("/v1/keys", json!({ "name": "other", "access": "full" })).await;
    let body = json!({ "amount": "1" });
    for (path, key) in [
        ("/v1/customers/2/allocations", support::FULL),
        ("/v1/customers/3/allocations", support::FULL),
        ("/v1/customers/2/allocations", other["key"].as_str().unwrap()),
    ] {
        let answer = world.ask("POST", path).key(key).once("k").json(&body).send().await;
        answer.is(201);
        assert!(!answer.replayed(), "{path}");
    }
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
    assert_eq!(world.get("/v1/accounts/2").await.is(200)["credit"]["total"], "1.00");
}
