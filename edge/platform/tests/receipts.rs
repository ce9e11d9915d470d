//! Receipts over HTTP: what comes back, once, and only of issued months.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::{World, record};

/// The shop with four lines on January's bill, 100 prepaid and 30, 20 and 5 postpaid, which is issued on 5 February.
async fn world() -> World {
    let world = World::january().await;
    world.buy("100").await;
    let mut records = [("a", "30"), ("b", "20"), ("c", "5")].map(|(key, amount)| record(key, amount));
    records[2]["action_type"] = json!("recon_deduct");
    world.made("/v1/usage", json!({ "records": records })).await;
    world
}

async fn issued() -> World {
    let world = world().await;
    world.made("/v1/clock/advance", json!({ "to": "2100-02-05T01:00:00+08:00" })).await;
    world
}

async fn confirm(world: &World, narrowed: Value) -> Value {
    let mut body = json!({ "customer_uin": 2, "month": "2100-01" });
    body.as_object_mut().unwrap().extend(narrowed.as_object().unwrap().clone());
    let answer = world.post("/v1/receipts", body).await.is(201);
    json!([answer["returned"], answer["available"], answer["lines"]])
}

async fn line_ids(world: &World) -> Vec<Value> {
    let lines = world.all("/v1/bills/2/2100-01/lines", 50).await;
    lines.iter().map(|line| line["id"].clone()).collect()
}

#[tokio::test]
async fn a_month_comes_back_once_and_is_available_at_once() {
    let world = issued().await;
    let answer = world.post("/v1/receipts", json!({ "customer_uin": 2, "month": "2100-01" })).await.is(201);
    let id = answer["id"].clone();
    assert!(id.as_str().is_some_and(|id| id.starts_with("rcpt_")), "{id}");
    assert_eq!(
        answer,
        json!({ "id": id, "customer_uin": 2, "month": "2100-01", "returned": "155.00", "available": "1000.00",
                "lines": 4 })
    );
    let credit = world.credit().await;
    assert_eq!(json!([credit["used"], credit["available"], credit["total"]]), json!(["0.00", "1000.00", "1000.00"]));
    // The partner owes the platform as before (R95).
    assert_eq!(world.spend().await["used"], "155.00");
    let bill = world.get("/v1/bills/2/2100-01").await.is(200);
    assert_eq!(json!([bill["total"], bill["confirmed"], bill["unconfirmed"]]), json!(["155.00", "155.00", "0.00"]));
    assert_eq!(confirm(&world, json!({})).await, json!(["0.00", "1000.00", 0]));
    let entry = world.get("/v1/audit?action=confirm_receipt").await.is(200)["data"][0].clone();
    assert_eq!(json!([entry["account_uin"], entry["outcome"]]), json!([2, "done"]));
}

#[tokio::test]
async fn a_receipt_may_be_narrowed_and_never_counts_a_line_twice() {
    let world = issued().await;
    assert_eq!(confirm(&world, json!({ "action_type": "recon_deduct" })).await, json!(["5.00", "850.00", 1]));
    let ids = line_ids(&world).await;
    let named = json!([ids[1], ids[3], ids[1]]);
    assert_eq!(confirm(&world, json!({ "line_ids": named })).await, json!(["30.00", "880.00", 1]));
    let confirmed = world.all("/v1/bills/2/2100-01/lines?confirmed=true", 50).await;
    assert_eq!(confirmed.iter().map(|line| line["amount"].clone()).collect::<Vec<_>>(), ["30.00", "5.00"]);
    let narrow = json!({ "line_ids": [ids[0], ids[2]], "pay_mode": "prePay" });
    assert_eq!(confirm(&world, narrow).await, json!(["100.00", "980.00", 1]));
    assert_eq!(confirm(&world, json!({ "pay_mode": "postPay" })).await, json!(["20.00", "1000.00", 1]));
    assert_eq!(confirm(&world, json!({})).await, json!(["0.00", "1000.00", 0]));
}

#[tokio::test]
async fn a_repeated_receipt_gives_the_first_answer() {
    let world = issued().await;
    let ask = |mode: &str| {
        let body = json!({ "customer_uin": 2, "month": "2100-01", "pay_mode": mode });
        world.ask("POST", "/v1/receipts").once("receipt-1").json(&body).send()
    };
    let first = ask("prePay").await;
    let again = ask("prePay").await;
    assert_eq!((again.is(201), again.replayed()), (first.is(201), true));
    ask("postPay").await.refuses(422, "idempotency_key_reused");
    assert_eq!(world.credit().await["available"], "945.00");
}

#[tokio::test]
async fn only_an_issued_month_is_confirmed() {
    let world = world().await;
    for month in ["2100-01", "2100-02", "9999-12"] {
        let body = json!({ "customer_uin": 2, "month": month });
        world.post("/v1/receipts", body).await.blames(422, "month_not_issued", "month");
    }
    world.made("/v1/clock/advance", json!({ "to": "2100-02-05T00:59:59+08:00" })).await;
    let january = json!({ "customer_uin": 2, "month": "2100-01" });
    world.post("/v1/receipts", january.clone()).await.refuses(422, "month_not_issued");
    assert_eq!(world.get("/v1/bills/2/2100-01").await.is(200)["issued_at"], Value::Null);
    world.made("/v1/clock/advance", json!({ "by": "1s" })).await;
    assert_eq!(world.get("/v1/bills/2/2100-01").await.is(200)["issued_at"], "2100-02-05T01:00:00+08:00");
    assert_eq!(world.post("/v1/receipts", january).await.is(201)["returned"], "155.00");
    assert_eq!(confirm(&world, json!({ "month": "2099-12" })).await, json!(["0.00", "1000.00", 0]));
}

#[tokio::test]
async fn bad_input_names_its_field_and_returns_nothing() {
    let world = issued().await;
    world.account(9).await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "customer_uin": 2, "month": "2100-01" });
        body[field] = value;
        body
    };
    let known = line_ids(&world).await;
    let too_many: Vec<_> = (0..10_001).map(|at| json!(format!("line_{}", at + 1))).collect();
    let cases = [
        (with("customer_uin", json!(77)), 404, "customer_not_found", "customer_uin"),
        (with("customer_uin", json!(9)), 404, "customer_not_found", "customer_uin"),
        (with("customer_uin", json!("2")), 400, "invalid_value", "customer_uin"),
        (with("month", json!("2100-1")), 400, "invalid_value", "month"),
        (with("month", json!("2100-13")), 400, "invalid_value", "month"),
        (with("month", json!(210_001)), 400, "invalid_value", "month"),
        (with("pay_mode", json!("prepay")), 400, "invalid_value", "pay_mode"),
        (with("action_type", json!("all")), 400, "invalid_value", "action_type"),
        (with("line_ids", json!([])), 400, "invalid_value", "line_ids"),
        (with("line_ids", json!(too_many)), 400, "invalid_value", "line_ids"),
        (with("line_ids", json!([known[0], "line_1"])), 404, "line_not_found", "line_ids"),
        (with("line_ids", json!([known[0], "1"])), 404, "line_not_found", "line_ids[1]"),
        (with("line_ids", json!("line_1")), 400, "invalid_value", "line_ids"),
        (with("amount", json!("1")), 400, "unknown_field", "amount"),
    ];
    for (body, status, code, field) in cases {
        world.post("/v1/receipts", body).await.blames(status, code, field);
    }
    for field in ["customer_uin", "month"] {
        let mut body = with("month", json!("2100-01"));
        body.as_object_mut().unwrap().remove(field);
        world.post("/v1/receipts", body).await.blames(400, "missing_field", field);
    }
    let reader = world.read_key().await;
    let whole = with("month", json!("2100-01"));
    world.ask("POST", "/v1/receipts").key(&reader).json(&whole).send().await.refuses(403, "read_only_key");
    assert_eq!(world.credit().await["available"], "845.00");
}

#[tokio::test]
async fn what_was_owed_before_an_unbinding_is_confirmed_after_it() {
    let world = issued().await;
    world.delete("/v1/customers/2").await.is(200);
    let answer = world.post("/v1/receipts", json!({ "customer_uin": 2, "month": "2100-01" })).await.is(201);
    assert_eq!(json!([answer["returned"], answer["available"], answer["lines"]]), json!(["155.00", null, 4]));
}

#[tokio::test]
async fn a_repetition_is_answered_as_the_first_time_also_after_the_customer_has_moved() {
    let world = issued().await;
    let body = json!({ "customer_uin": 2, "month": "2100-01", "line_ids": line_ids(&world).await });
    let ask = || world.ask("POST", "/v1/receipts").once("k").json(&body).send();
    let first = ask().await;
    first.is(201);
    world.delete("/v1/customers/2").await.is(200);
    world.partner(9, "reseller", "1000").await;
    world.made("/v1/customers", json!({ "uin": 2, "partner_uin": 9 })).await;
    let again = ask().await;
    assert!(again.replayed());
    assert_eq!(again.is(201), first.is(201));
    // Without the key it is another request, and those lines are not this partner's.
    world.post("/v1/receipts", body.clone()).await.refuses(404, "line_not_found");
}
