//! Postpaid resources over HTTP: what is frozen on both sides, resized, released and settled, and what is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::{World, pick};

/// The shop with a product that freezes half of an hour's price, and discounts on both sides.
async fn world() -> World {
    let world = World::new();
    world.made("/v1/clock/advance", json!({ "to": "2100-01-10T12:00:00+08:00" })).await;
    world.shop().await;
    let freezes = json!({
        "code": "gpu", "settlement": "hourly", "freeze": { "model": "coefficient", "coefficient": "0.5" }
    });
    world.made("/v1/products", freezes).await;
    world
}

fn gpu(name: &str, unit_price: &str) -> Value {
    json!({ "account_uin": 2, "resource_id": name, "product_code": "gpu", "unit_price": unit_price })
}

async fn frozen(world: &World) -> [Value; 3] {
    let credit = world.credit().await;
    let spend = world.spend().await;
    [credit["postpay_frozen"].clone(), credit["available"].clone(), spend["frozen"].clone()]
}

#[tokio::test]
async fn a_resource_freezes_on_both_sides_and_gives_it_back_when_it_ends() {
    let world = world().await;
    world.discounts().await;
    let mut new = gpu("ins-1", "100");
    new.as_object_mut().unwrap().extend(
        json!({ "quantity": "2", "region": "sg", "zone": "z", "project": "p", "tags": { "a": "b" },
                "resource_name": "web", "operator_uin": 7 })
        .as_object()
        .unwrap()
        .clone(),
    );
    let made = world.post("/v1/resources", new).await.is(201);
    assert_eq!(
        made,
        json!({
            "resource_id": "ins-1", "account_uin": 2, "payer_uin": 2, "partner_uin": 1, "product_code": "gpu",
            "unit_price": "100.00", "quantity": "2.00", "frozen": "90.00", "partner_frozen": "80.00", "state": "active",
            "since": "2100-01-10T12:00:00+08:00", "activated_at": "2100-01-10T12:00:00+08:00", "region": "sg",
            "zone": "z", "project": "p", "tags": { "a": "b" }, "resource_name": "web", "operator_uin": 7
        })
    );
    assert_eq!(world.get("/v1/resources/ins-1").await.is(200), made);
    assert_eq!(frozen(&world).await, ["90.00", "910.00", "80.00"]);
    let last = json!({ "final_amount": "10" });
    let ended = world.ask("DELETE", "/v1/resources/ins-1").json(&last).send().await.is(200);
    let figures = ["state", "frozen", "released", "partner_released", "amount", "voucher_amount", "partner_amount"];
    let told: Vec<_> = figures.iter().map(|name| ended[name].clone()).collect();
    assert_eq!(told, ["terminated", "0.00", "90.00", "80.00", "9.00", "0.00", "8.00"]);
    assert_eq!(frozen(&world).await, ["0.00", "991.00", "0.00"]);
    let line = world.all("/v1/bills/2/2100-01/lines", 50).await[0].clone();
    assert_eq!(
        pick(&line, "resource_id region project amount action_type"),
        json!(["ins-1", "sg", "p", "9.00", "postpay_deduct_h"])
    );
    world.ask("DELETE", "/v1/resources/ins-1").json(&last).send().await.refuses(409, "resource_not_active");
    world.patch("/v1/resources/ins-1", json!({ "quantity": "1" })).await.refuses(409, "resource_not_active");
    assert_eq!(frozen(&world).await, ["0.00", "991.00", "0.00"]);
}

#[tokio::test]
async fn without_a_last_settlement_everything_is_as_it_was() {
    let world = world().await;
    world.post("/v1/resources", gpu("ins-1", "33.333")).await.is(201);
    // Rounded up to cents (R68).
    assert_eq!(frozen(&world).await, ["16.67", "983.33", "16.67"]);
    let ended = world.delete("/v1/resources/ins-1").await.is(200);
    assert_eq!(json!([ended["released"], ended["amount"]]), json!(["16.67", "0.00"]));
    assert_eq!(frozen(&world).await, ["0.00", "1000.00", "0.00"]);
    assert_eq!(world.get("/v1/bills/2/2100-01").await.is(200)["lines"], 0);
    // The name may be used again; the newest counts.
    world.post("/v1/resources", gpu("ins-1", "2")).await.is(201);
    assert_eq!(world.get("/v1/resources/ins-1").await.is(200)["state"], "active");
    assert_eq!(world.all("/v1/resources?account_uin=2", 1).await.len(), 2);
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_frozen_and_keeps_nothing() {
    let world = world().await;
    let mut dry = gpu("ins-1", "100");
    dry["dry_run"] = json!(true);
    let answer = world.post("/v1/resources", dry.clone()).await.is(200);
    assert_eq!(json!([answer["frozen"], answer["dry_run"], answer["state"]]), json!(["50.00", true, "active"]));
    assert_eq!(
        answer["because"],
        json!([
            { "rule": "R57", "account_uin": 2, "figure": "customer_available", "required": "50.00",
              "found": "1000.00", "applies": true, "passed": true },
            { "rule": "R57", "account_uin": 1, "figure": "spend_available", "required": "50.00",
              "found": "5000.00", "applies": true, "passed": true }
        ])
    );
    world.get("/v1/resources/ins-1").await.refuses(404, "resource_not_found");
    assert_eq!(frozen(&world).await, ["0.00", "1000.00", "0.00"]);
    dry["unit_price"] = json!("2000.01");
    let refused = world.post("/v1/resources", dry).await.refuses(402, "insufficient_credit");
    assert_eq!(json!([refused["side"], refused["required"]]), json!(["customer", "1000.01"]));
}

#[tokio::test]
async fn both_sides_are_checked_and_a_refusal_changes_nothing() {
    let world = world().await;
    let body = world.post("/v1/resources", gpu("a", "2000.01")).await.refuses(402, "insufficient_credit");
    assert_eq!(pick(&body, "side account_uin required available"), json!(["customer", 2, "1000.01", "1000.00"]));
    // What is frozen is judged by another rule than what is paid, in the sentence as in the findings.
    assert_eq!(body["detail"], "1000.01 is needed of the customer's credit, and 1000.00 is available (R57)");
    assert_eq!(body["because"][0]["rule"], "R57");
    world.patch("/v1/partners/1", json!({ "spend_line": "10" })).await.is(200);
    let body = world.post("/v1/resources", gpu("a", "20.01")).await.refuses(402, "insufficient_credit");
    assert_eq!(json!([body["side"], body["account_uin"]]), json!(["partner", 1]));
    assert_eq!(frozen(&world).await, ["0.00", "1000.00", "0.00"]);
    world.post("/v1/resources", gpu("a", "20")).await.is(201);
}

#[tokio::test]
async fn bad_input_names_its_field_and_changes_nothing() {
    let world = world().await;
    world.account(9).await;
    world.post("/v1/resources", gpu("taken", "2")).await.is(201);
    let with = |field: &str, value: Value| {
        let mut new = gpu("ins-1", "2");
        new[field] = value;
        new
    };
    let cases = [
        (with("account_uin", json!(77)), 404, "account_not_found", "account_uin"),
        (with("product_code", json!("nothing")), 404, "product_not_found", "product_code"),
        (with("product_code", json!("no thing")), 404, "product_not_found", "product_code"),
        (with("resource_id", json!("taken")), 409, "resource_exists", "resource_id"),
        (with("resource_id", json!("")), 400, "invalid_value", "resource_id"),
        (with("resource_id", json!("x".repeat(257))), 400, "invalid_value", "resource_id"),
        (with("unit_price", json!("-0.01")), 422, "amount_negative", "unit_price"),
        (with("unit_price", json!("0.000000001")), 400, "invalid_value", "unit_price"),
        (with("unit_price", json!(2)), 400, "invalid_value", "unit_price"),
        (with("quantity", json!("0")), 422, "quantity_not_positive", "quantity"),
        (with("quantity", json!("-1")), 400, "invalid_value", "quantity"),
        (with("quantity", json!(1.5)), 400, "invalid_value", "quantity"),
        (with("frozen", json!("1")), 400, "unknown_field", "frozen"),
    ];
    for (body, status, code, field) in cases {
        world.post("/v1/resources", body).await.blames(status, code, field);
    }
    for field in ["account_uin", "resource_id", "product_code", "unit_price"] {
        let mut new = gpu("ins-1", "2");
        new.as_object_mut().unwrap().remove(field);
        world.post("/v1/resources", new).await.blames(400, "missing_field", field);
    }
    world.patch("/v1/resources/taken", json!({})).await.blames(400, "missing_field", "quantity");
    world.patch("/v1/resources/taken", json!({ "quantity": null })).await.blames(400, "invalid_value", "quantity");
    let refused = world.patch("/v1/resources/taken", json!({ "quantity": "0" })).await;
    refused.blames(422, "quantity_not_positive", "quantity");
    let refused = world.patch("/v1/resources/taken", json!({ "unit_price": "-1" })).await;
    refused.blames(422, "amount_negative", "unit_price");
    let negative = json!({ "final_amount": "-1" });
    let refused = world.ask("DELETE", "/v1/resources/taken").json(&negative).send().await;
    refused.blames(422, "amount_negative", "final_amount");
    let unknown = json!({ "amount": "1" });
    world.ask("DELETE", "/v1/resources/taken").json(&unknown).send().await.blames(400, "unknown_field", "amount");
    world.get("/v1/resources/none").await.refuses(404, "resource_not_found");
    world.delete("/v1/resources/none").await.refuses(404, "resource_not_found");
    world.patch("/v1/resources/none", json!({ "quantity": "1" })).await.refuses(404, "resource_not_found");
    world.get("/v1/resources?state=running").await.blames(400, "invalid_value", "state");
    world.get("/v1/resources?account_uin=x").await.blames(400, "invalid_value", "account_uin");
    assert_eq!(frozen(&world).await, ["1.00", "999.00", "1.00"]);
}

#[tokio::test]
async fn a_resize_freezes_the_difference() {
    let world = world().await;
    world.post("/v1/resources", gpu("ins-1", "100")).await.is(201);
    let larger = world.patch("/v1/resources/ins-1", json!({ "quantity": "3" })).await.is(200);
    assert_eq!(json!([larger["quantity"], larger["frozen"]]), json!(["3.00", "150.00"]));
    let body = world.patch("/v1/resources/ins-1", json!({ "unit_price": "1000" })).await;
    assert_eq!(body.refuses(402, "insufficient_credit")["required"], "1350.00");
    let smaller = world.patch("/v1/resources/ins-1", json!({ "quantity": "1", "unit_price": "10" })).await.is(200);
    assert_eq!(smaller["frozen"], "5.00");
    assert_eq!(frozen(&world).await, ["5.00", "995.00", "5.00"]);
}

#[tokio::test]
async fn an_id_may_hold_whatever_a_path_must_escape() {
    let world = world().await;
    for (name, path) in
        [("a/b", "a%2Fb"), ("a b", "a%20b"), ("50%", "50%25"), ("x?y#z", "x%3Fy%23z"), ("資源", "%E8%B3%87%E6%BA%90")]
    {
        world.post("/v1/resources", gpu(name, "2")).await.is(201);
        let path = format!("/v1/resources/{path}");
        assert_eq!(world.get(&path).await.is(200)["resource_id"], name);
        assert_eq!(world.patch(&path, json!({ "quantity": "2" })).await.is(200)["frozen"], "2.00");
        assert_eq!(world.delete(&path).await.is(200)["released"], "2.00");
    }
}

#[tokio::test]
async fn an_activation_happens_once() {
    let world = world().await;
    let ask = |price: &str| world.ask("POST", "/v1/resources").once("res-1").json(&gpu("ins-1", price)).send();
    let first = ask("2").await;
    world.delete("/v1/resources/ins-1").await.is(200);
    let again = ask("2").await;
    assert_eq!((again.is(201), again.replayed()), (first.is(201), true));
    ask("3").await.refuses(422, "idempotency_key_reused");
    assert_eq!(frozen(&world).await, ["0.00", "1000.00", "0.00"]);
}

#[tokio::test]
async fn lists_tell_states_apart_also_those_that_nobody_asked_for() {
    let world = world().await;
    for at in 0..5 {
        world.post("/v1/resources", gpu(&format!("ins-{at}"), "2")).await.is(201);
    }
    world.delete("/v1/resources/ins-4").await.is(200);
    let names = |found: Vec<Value>| found.iter().map(|one| one["resource_id"].clone()).collect::<Vec<_>>();
    assert_eq!(names(world.all("/v1/resources", 2).await), ["ins-4", "ins-3", "ins-2", "ins-1", "ins-0"]);
    assert_eq!(names(world.all("/v1/resources?state=terminated", 2).await), ["ins-4"]);
    assert_eq!(world.all("/v1/resources?account_uin=1", 2).await, Vec::<Value>::new());
    // Overdue, and past the two hours of grace of what settles hourly (R105).
    let used = json!({
        "key": "k", "account_uin": 2, "product_code": "cvm", "amount": "2000",
        "period_start": "2100-01-10T12:00:00+08:00", "period_end": "2100-01-10T12:00:00+08:00"
    });
    world.made("/v1/usage", json!({ "records": [used] })).await;
    world.made("/v1/clock/advance", json!({ "by": "2h" })).await;
    assert_eq!(names(world.all("/v1/resources?state=suspended", 3).await), ["ins-3", "ins-2", "ins-1", "ins-0"]);
    assert_eq!(world.all("/v1/resources?state=active", 3).await, Vec::<Value>::new());
    let stopped = world.get("/v1/resources/ins-0").await.is(200);
    assert_eq!(json!([stopped["since"], stopped["frozen"]]), json!(["2100-01-10T14:00:00+08:00", "1.00"]));
    world.patch("/v1/resources/ins-0", json!({ "quantity": "0.5" })).await.refuses(409, "resource_not_active");
    world.post("/v1/resources", gpu("new", "2")).await.refuses(402, "insufficient_credit");
    assert_eq!(world.delete("/v1/resources/ins-0").await.is(200)["released"], "1.00");
}
