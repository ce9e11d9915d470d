//! Money of accounts that pay for themselves: shown, topped up, limited (O3).

mod support;

use serde_json::{Value, json};
use support::World;

/// An account beside a reseller with a customer, and an agent with one.
async fn world() -> World {
    let world = World::new();
    for uin in 1..=5 {
        world.made("/v1/accounts", json!({ "uin": uin, "name": "A" })).await;
    }
    for (uin, kind) in [(2, "reseller"), (4, "agent")] {
        world.made("/v1/partners", json!({ "uin": uin, "kind": kind, "allocation_quota": "100.00" })).await;
    }
    for (customer, partner) in [(3, 2), (5, 4)] {
        world.made("/v1/customers", json!({ "uin": customer, "partner_uin": partner })).await;
    }
    world
}

async fn finance(world: &World, uin: u64) -> Value {
    world.get(&format!("/v1/accounts/{uin}")).await.is(200)["finance"].clone()
}

#[tokio::test]
async fn what_is_paid_in_shows_at_once() {
    let world = world().await;
    let cash = world.post("/v1/accounts/1/top-ups", json!({ "amount": "300", "kind": "cash" })).await.is(201);
    assert!(cash["top_up_id"].as_str().unwrap().starts_with("top_"));
    assert_eq!((&cash["amount"], &cash["kind"]), (&json!("300.00"), &json!("cash")));
    let given = world.post("/v1/accounts/1/top-ups", json!({ "amount": "20.5", "kind": "granted" })).await.is(201);
    assert_ne!(given["top_up_id"], cash["top_up_id"]);
    let limited = json!({ "credit_limit": "200", "overdue_amount": "10" });
    let limited = world.patch("/v1/accounts/1/finance", limited).await.is(200);
    let whole = json!({
        "cash": "300.00", "granted": "20.50", "credit_limit": "200.00", "credit_used": "0.00", "frozen": "0.00",
        "overdue_amount": "10.00", "available": "520.50", "state": "normal", "is_credit_account": true,
        "inherits_offers_from": null
    });
    assert_eq!(limited, whole);
    assert_eq!(finance(&world, 1).await, whole);
    // What is left out stays, and a limit of nothing makes no credit account.
    let unlimited = world.patch("/v1/accounts/1/finance", json!({ "credit_limit": "0" })).await.is(200);
    assert_eq!((&unlimited["overdue_amount"], &unlimited["is_credit_account"]), (&json!("10.00"), &json!(false)));
    assert_eq!(world.patch("/v1/accounts/1/finance", json!({})).await.is(200), unlimited);
}

#[tokio::test]
async fn a_top_up_under_one_key_is_one() {
    let world = world().await;
    let body = json!({ "amount": "5.00", "kind": "cash" });
    let first = world.ask("POST", "/v1/accounts/1/top-ups").once("once").json(&body).send().await.is(201);
    world.post("/v1/accounts/1/top-ups", body.clone()).await.is(201);
    // Word for word, with the money as it was then.
    assert_eq!(world.ask("POST", "/v1/accounts/1/top-ups").once("once").json(&body).send().await.is(201), first);
    assert_eq!(finance(&world, 1).await["cash"], "10.00");
    let limit = json!({ "credit_limit": "1.00" });
    let first = world.ask("PATCH", "/v1/accounts/1/finance").once("limit").json(&limit).send().await.is(200);
    world.patch("/v1/accounts/1/finance", json!({ "credit_limit": "2.00" })).await.is(200);
    assert_eq!(world.ask("PATCH", "/v1/accounts/1/finance").once("limit").json(&limit).send().await.is(200), first);
    assert_eq!(finance(&world, 1).await["credit_limit"], "2.00");
}

/// What is bought with it: who is short, which part paid what, and where what comes back goes.
#[tokio::test]
async fn it_pays_by_parts_and_gets_them_back() {
    let world = world().await;
    world.patch("/v1/accounts/1", json!({ "verification": { "level": "personal" } })).await.is(200);
    world.made("/v1/products", json!({ "code": "cvm", "name": "Server", "settlement": "hourly" })).await;
    for (amount, kind) in [("10", "granted"), ("20", "cash")] {
        world.made("/v1/accounts/1/top-ups", json!({ "amount": amount, "kind": kind })).await;
    }
    world.patch("/v1/accounts/1/finance", json!({ "credit_limit": "70" })).await.is(200);
    let buys = |amount: &str| json!({ "account_uin": 1, "product_code": "cvm", "kind": "purchase", "amount": amount });
    let short = world.post("/v1/orders", buys("100.01")).await.is(402);
    assert_eq!(
        ["code", "side", "account_uin", "required", "available"].map(|field| short[field].clone()),
        [json!("insufficient_credit"), json!("payer"), json!(1), json!("100.01"), json!("100.00")]
    );
    let bought = world.post("/v1/orders", buys("45")).await.is(201);
    let paid = json!([{ "uin": 1, "granted": "10.00", "cash": "20.00", "credit": "15.00", "voucher": "0.00" }]);
    assert_eq!(bought["payments"], paid);
    assert_eq!(
        ["payer_uin", "partner_uin", "partner_amount", "amount"].map(|field| bought[field].clone()),
        [json!(1), Value::Null, json!("0.00"), json!("45.00")]
    );
    let id = bought["id"].as_str().unwrap();
    let back = world.post(&format!("/v1/orders/{id}/refund"), json!({ "amount": "20" })).await.is(200);
    assert_eq!((&back["refunded_amount"], &back["payments"]), (&json!("20.00"), &paid));
    let after = finance(&world, 1).await;
    assert_eq!(
        (&after["granted"], &after["cash"], &after["credit_used"]),
        (&json!("0.00"), &json!("5.00"), &json!("0.00"))
    );
    // What is held has no parts yet.
    let mut held = buys("5");
    held["capture"] = json!(false);
    let held = world.post("/v1/orders", held).await.is(201);
    assert_eq!((&held["payments"], &finance(&world, 1).await["frozen"]), (&json!([]), &json!("5.00")));
    world.post("/v1/customers", json!({ "uin": 1, "partner_uin": 2 })).await.refuses(409, "has_open_holds");
    // Its vouchers are the platform's.
    let voucher = json!({
        "kind": "customer", "owner_uin": 1, "amount": "3", "expires_at": "2100-06-01T00:00:00+08:00"
    });
    let voucher = world.post("/v1/vouchers", voucher).await.is(201);
    assert_eq!((&voucher["kind"], &voucher["issuer_uin"]), (&json!("customer"), &Value::Null));
    let paid = world.post("/v1/orders", buys("4")).await.is(201);
    assert_eq!((&paid["voucher_amount"], &paid["payments"][0]["credit"]), (&json!("3.00"), &json!("0.00")));
}

#[tokio::test]
async fn bad_input_names_the_field_and_the_rule() {
    let world = world().await;
    for (body, status, code, field) in [
        (json!({ "amount": "0", "kind": "cash" }), 422, "amount_not_positive", "amount"),
        (json!({ "amount": "-1", "kind": "granted" }), 422, "amount_not_positive", "amount"),
        (json!({ "amount": "1.000000001", "kind": "cash" }), 400, "invalid_value", "amount"),
        (json!({ "amount": "1", "kind": "gold" }), 400, "invalid_value", "kind"),
        (json!({ "amount": "1" }), 400, "missing_field", "kind"),
        (json!({ "amount": "1", "kind": "cash", "to": 1 }), 400, "unknown_field", "to"),
    ] {
        world.post("/v1/accounts/1/top-ups", body).await.blames(status, code, field);
    }
    for (body, status, code, field) in [
        (json!({ "credit_limit": "-0.01" }), 422, "amount_negative", "credit_limit"),
        (json!({ "credit_limit": "1", "overdue_amount": "-1" }), 422, "amount_negative", "overdue_amount"),
        (json!({ "credit_limit": null }), 400, "invalid_value", "credit_limit"),
        (json!({ "cash": "1" }), 400, "unknown_field", "cash"),
    ] {
        world.patch("/v1/accounts/1/finance", body).await.blames(status, code, field);
    }
    let amount = json!({ "amount": "1", "kind": "cash" });
    world.post("/v1/accounts/9/top-ups", amount.clone()).await.refuses(404, "account_not_found");
    world.patch("/v1/accounts/9/finance", json!({})).await.refuses(404, "account_not_found");
    assert_eq!(finance(&world, 1).await["available"], "0.00");
    // More than an amount can hold.
    world.post("/v1/accounts/1/top-ups", json!({ "amount": "92000000000", "kind": "cash" })).await.is(201);
    let more = json!({ "amount": "92000000000", "kind": "granted" });
    world.post("/v1/accounts/1/top-ups", more).await.refuses(422, "amount_overflow");
    assert_eq!(finance(&world, 1).await["granted"], "0.00");
}

/// Whoever has its credit from a partner, or hands some down, has no money of its own; what it had is set aside.
#[tokio::test]
async fn only_who_pays_for_itself_has_finance() {
    let world = world().await;
    let amount = json!({ "amount": "7", "kind": "cash" });
    for uin in [2, 3] {
        assert_eq!(finance(&world, uin).await, Value::Null);
        world.post(&format!("/v1/accounts/{uin}/top-ups"), amount.clone()).await.refuses(422, "no_finance");
        world.patch(&format!("/v1/accounts/{uin}/finance"), json!({})).await.refuses(422, "no_finance");
    }
    for uin in [1, 4, 5] {
        world.post(&format!("/v1/accounts/{uin}/top-ups"), amount.clone()).await.is(201);
        assert_eq!(finance(&world, uin).await["cash"], "7.00");
    }
    world.made("/v1/customers", json!({ "uin": 1, "partner_uin": 2 })).await;
    assert_eq!(finance(&world, 1).await, Value::Null);
    world.delete("/v1/customers/1").await;
    assert_eq!(finance(&world, 1).await["cash"], "7.00");
}
