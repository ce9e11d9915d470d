//! Metering over HTTP: what a record comes to, what becomes of a bad one among good ones, and repeats.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::{World, pick, record};

fn with(mut record: Value, field: &str, value: Value) -> Value {
    record[field] = value;
    record
}

fn without(mut record: Value, field: &str) -> Value {
    record.as_object_mut().unwrap().remove(field);
    record
}

async fn settle(world: &World, records: Value) -> Vec<Value> {
    let answer = world.post("/v1/usage", json!({ "records": records })).await.is(200);
    answer["results"].as_array().unwrap().clone()
}

async fn available(world: &World) -> Value {
    world.credit().await["available"].clone()
}

async fn lines(world: &World, month: &str) -> Vec<Value> {
    world.all(&format!("/v1/bills/2/{month}/lines"), 50).await
}

#[tokio::test]
async fn a_record_is_priced_on_both_sides_and_on_the_bill_at_once() {
    let world = World::january().await;
    world.discounts().await;
    let told = json!({
        "resource_id": "ins-1", "resource_name": "web", "region": "sg", "zone": "sg-1", "project": "shop",
        "tags": { "team": "web" }, "operator_uin": 7, "action_type": "postpay_deduct_s",
        "components": [
            { "code": "cpu", "name": "CPU", "list_price": "0.5", "usage": "4", "unit": "core", "duration": "4",
              "duration_unit": "hour" },
            { "code": "disk", "list_price": "2" }
        ]
    });
    let mut first = record("m-1", "10");
    first.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
    let results = settle(&world, json!([first, record("m-2", "0.00000001")])).await;
    let line = results[0]["line_id"].clone();
    assert_eq!(
        results[0],
        json!({ "key": "m-1", "status": "settled", "amount": "9.00", "voucher_amount": "0.00", "payer_uin": 2,
                "partner_uin": 1, "line_id": line })
    );
    assert_eq!(available(&world).await, "990.99999999");
    assert_eq!(world.spend().await["used"], "8.00000001");
    let shown = lines(&world, "2100-01").await;
    assert_eq!(
        shown[0],
        json!({
            "id": line, "pay_mode": "postPay", "action_type": "postpay_deduct_s", "product_code": "cvm",
            "resource_id": "ins-1", "resource_name": "web", "region": "sg", "zone": "sg-1", "project": "shop",
            "tags": { "team": "web" }, "period_start": "2100-01-10T10:00:00+08:00",
            "period_end": "2100-01-10T11:00:00+08:00", "list_amount": "10.00", "discount_rate": "0.90",
            "voucher_amount": "0.00", "amount": "9.00", "partner_amount": "8.00", "owner_uin": 2, "payer_uin": 2,
            "partner_uin": 1, "operator_uin": 7, "order_id": null, "confirmed": false, "posted_at": "2100-01-10T12:00:00+08:00",
            "components": [
                { "code": "cpu", "name": "CPU", "list_price": "0.50", "usage": "4.00", "unit": "core",
                  "duration": "4.00", "duration_unit": "hour" },
                { "code": "disk", "name": "", "list_price": "2.00", "usage": "1.00", "unit": "", "duration": "1.00",
                  "duration_unit": "" }
            ]
        })
    );
    let bare = &shown[1];
    assert_eq!(
        pick(bare, "resource_id region tags operator_uin action_type"),
        json!(["", "", {}, null, "postpay_deduct_h"])
    );
}

#[tokio::test]
async fn credit_never_refuses_usage_and_vouchers_pay_first() {
    let world = World::january().await;
    let voucher = json!({ "kind": "customer", "owner_uin": 2, "amount": "30", "expires_at": "2100-02-01T00:00:00Z" });
    world.made("/v1/vouchers", voucher).await;
    let results = settle(&world, json!([record("a", "20"), record("b", "1500"), record("c", "7")])).await;
    let amounts: Vec<_> = results.iter().map(|one| json!([one["amount"], one["voucher_amount"]])).collect();
    assert_eq!(amounts, [json!(["0.00", "20.00"]), json!(["1490.00", "10.00"]), json!(["7.00", "0.00"])]);
    assert_eq!(available(&world).await, "-497.00");
}

#[tokio::test]
async fn a_compensation_gives_back() {
    let world = World::january().await;
    let give = with(record("g", "5"), "action_type", json!("recon_increase"));
    assert_eq!(settle(&world, json!([give])).await[0]["amount"], "-5.00");
    assert_eq!(available(&world).await, "1005.00");
}

#[tokio::test]
async fn a_bad_record_is_rejected_by_itself() {
    let world = World::january().await;
    world.customer(3, 1, "100").await;
    let theirs = json!({ "account_uin": 3, "resource_id": "theirs", "product_code": "cvm", "unit_price": "1" });
    world.made("/v1/resources", theirs).await;
    let many: Vec<_> = (0..101).map(|_| json!({ "code": "x", "list_price": "0" })).collect();
    let component = |part: Value| json!([part]);
    let good = || record("bad", "1");
    // It ran when this period began, not when the others did.
    let mut of_theirs = with(good(), "resource_id", json!("theirs"));
    for edge in ["period_start", "period_end"] {
        of_theirs = with(of_theirs, edge, json!("2100-01-10T12:00:00+08:00"));
    }
    // The other customer, before it was one.
    let mut before_binding = with(good(), "account_uin", json!(3));
    for (edge, at) in [("period_start", "2099-10-01T00:00:00+08:00"), ("period_end", "2099-10-02T00:00:00+08:00")] {
        before_binding = with(before_binding, edge, json!(at));
    }
    let bad = [
        (with(good(), "amount", json!("-1")), "amount_negative", "amount"),
        (with(good(), "amount", json!("0.000000001")), "invalid_value", "amount"),
        (with(good(), "amount", json!("1e3")), "invalid_value", "amount"),
        (with(good(), "amount", json!("NaN")), "invalid_value", "amount"),
        (with(good(), "amount", json!("92000000000.01")), "invalid_value", "amount"),
        (with(good(), "amount", json!(1)), "invalid_value", "amount"),
        (with(good(), "amount", Value::Null), "invalid_value", "amount"),
        (without(good(), "amount"), "missing_field", "amount"),
        (with(good(), "account_uin", json!("2")), "invalid_value", "account_uin"),
        (with(good(), "account_uin", json!(77)), "account_not_found", "account_uin"),
        (before_binding, "no_credit", "account_uin"),
        (with(good(), "product_code", json!("nothing")), "product_not_found", "product_code"),
        (with(good(), "product_code", json!("no thing")), "product_not_found", "product_code"),
        (without(good(), "product_code"), "missing_field", "product_code"),
        (with(good(), "period_end", json!("2100-01-10T09:59:59+08:00")), "empty_period", "period_end"),
        (with(good(), "period_end", json!("2100-01-10")), "invalid_value", "period_end"),
        (without(good(), "period_start"), "missing_field", "period_start"),
        (of_theirs, "resource_of_other_account", "resource_id"),
        (with(good(), "resource_id", json!("")), "invalid_value", "resource_id"),
        (with(good(), "resource_id", json!("x".repeat(257))), "invalid_value", "resource_id"),
        (with(good(), "action_type", json!("postpay")), "invalid_value", "action_type"),
        (with(good(), "action_type", json!("prepay_purchase")), "action_type_not_metered", "action_type"),
        (with(good(), "tags", json!({ "a": 1 })), "invalid_value", "tags.a"),
        (with(good(), "tags", json!(["a"])), "invalid_value", "tags"),
        (with(good(), "region", json!(["sg"])), "invalid_value", "region"),
        (with(good(), "colour", json!("red")), "unknown_field", "colour"),
        (with(good(), "components", json!(many)), "invalid_value", "components"),
        (
            with(good(), "components", component(json!({ "code": "x", "list_price": "0.99999999" }))),
            "components_do_not_sum",
            "components",
        ),
        (
            with(good(), "components", component(json!({ "code": "x", "list_price": "1", "usage": "1.00000001" }))),
            "components_do_not_sum",
            "components",
        ),
        (
            with(good(), "components", component(json!({ "code": "x", "list_price": 1 }))),
            "invalid_value",
            "components[0].list_price",
        ),
        (with(good(), "components", component(json!({ "list_price": "1" }))), "missing_field", "components[0].code"),
    ];
    for (at, (bad, code, field)) in bad.into_iter().enumerate() {
        let bad = with(bad, "key", json!(format!("bad-{at}")));
        let shown = bad.to_string();
        let (before, after) = (format!("before-{at}"), format!("after-{at}"));
        let results = settle(&world, json!([record(&before, "1"), bad, record(&after, "1")])).await;
        let keys: Vec<_> = results.iter().map(|one| one["key"].clone()).collect();
        assert_eq!(keys, [json!(before), json!(format!("bad-{at}")), json!(after)]);
        assert_eq!((&results[0]["status"], &results[2]["status"]), (&json!("settled"), &json!("settled")), "{shown}");
        let told = &results[1];
        assert_eq!(pick(told, "status code field"), json!(["rejected", code, field]), "{shown}: {told}");
        assert!(told["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{told}");
        assert_eq!(
            json!([
                told["amount"],
                told["voucher_amount"],
                told["payer_uin"],
                told["partner_uin"],
                told.get("line_id"),
                told.get("replayed")
            ]),
            json!(["0.00", "0.00", null, null, null, null])
        );
    }
    // The good ones alone are on the bill.
    assert_eq!(world.get("/v1/bills/2/2100-01").await.is(200)["total"], "62.00");
    assert_eq!(world.get("/v1/bills/3/2100-01").await.is(200)["total"], "0.00");
}

#[tokio::test]
async fn what_is_there_twice_rejects_its_record_and_not_the_batch() {
    let world = World::january().await;
    let good = record("good", "1").to_string();
    let twice = good.replacen("{", r#"{"region":"a","region":"b","#, 1).replace("\"good\"", "\"twice\"");
    let answer = world.ask("POST", "/v1/usage").text(&format!(r#"{{"records":[{twice},{good}]}}"#)).send().await;
    let results = answer.is(200)["results"].clone();
    assert_eq!(json!([results[0]["code"], results[0]["field"]]), json!(["duplicate_field", "region"]));
    assert_eq!(results[1]["status"], "settled");
}

#[tokio::test]
async fn a_record_without_a_usable_key_refuses_the_request() {
    let world = World::january().await;
    let cases = [
        (without(record("k", "1"), "key"), "missing_field", "records[1].key"),
        (with(record("k", "1"), "key", json!("")), "invalid_value", "records[1].key"),
        (with(record("k", "1"), "key", json!("x".repeat(256))), "invalid_value", "records[1].key"),
        (with(record("k", "1"), "key", json!(7)), "invalid_value", "records[1].key"),
        (with(record("k", "1"), "key", Value::Null), "invalid_value", "records[1].key"),
        (with(with(record("k", "1"), "amount", json!(1)), "key", json!(7)), "invalid_value", "records[1].key"),
        (json!(7), "invalid_value", "records[1]"),
        (json!([]), "invalid_value", "records[1]"),
        (Value::Null, "invalid_value", "records[1]"),
    ];
    for (bad, code, field) in cases {
        let answer = world.post("/v1/usage", json!({ "records": [record("first", "1"), bad] })).await;
        answer.blames(400, code, field);
    }
    assert_eq!(available(&world).await, "1000.00");
}

#[tokio::test]
async fn a_body_that_is_no_batch_is_a_400() {
    let world = World::january().await;
    let cases = [
        (json!({}), "missing_field", "records"),
        (json!({ "records": [] }), "invalid_value", "records"),
        (json!({ "records": {} }), "invalid_value", "records"),
        (json!({ "records": "x" }), "invalid_value", "records"),
        (json!({ "records": [record("a", "1")], "more": 1 }), "unknown_field", "more"),
    ];
    for (body, code, field) in cases {
        world.post("/v1/usage", body).await.blames(400, code, field);
    }
    world.post("/v1/usage", json!([record("a", "1")])).await.refuses(400, "invalid_value");
    world.ask("POST", "/v1/usage").text("{\"records\":[{]}").send().await.refuses(400, "invalid_json");
    let too_many: Vec<_> = (0..10_001).map(|at| json!({ "key": at.to_string() })).collect();
    world.post("/v1/usage", json!({ "records": too_many })).await.blames(400, "invalid_value", "records");
    let reader = world.read_key().await;
    let body = json!({ "records": [record("a", "1")] });
    world.ask("POST", "/v1/usage").key(&reader).json(&body).send().await.refuses(403, "read_only_key");
    world.ask("POST", "/v1/usage").key(&reader).json(&json!({})).send().await.refuses(403, "read_only_key");
    assert_eq!(available(&world).await, "1000.00");
}

#[tokio::test]
async fn a_repeat_gives_the_first_outcome() {
    let world = World::january().await;
    let late = with(record("late", "1"), "period_end", json!("2100-01-01T00:00:00+08:00"));
    let first = settle(&world, json!([record("a", "10"), late, record("a", "10")])).await;
    assert_eq!(first[0]["replayed"], Value::Null);
    // Also within one batch.
    assert_eq!(with(first[0].clone(), "replayed", json!(true)), first[2]);
    let again = settle(&world, json!([late, record("a", "10"), record("a", "10.00")])).await;
    assert_eq!(again[0], with(first[1].clone(), "replayed", json!(true)));
    assert_eq!((&again[1], &again[2]), (&first[2], &first[2]));
    assert_eq!(available(&world).await, "990.00");
    for (field, value) in [
        ("amount", json!("11")),
        ("product_code", json!("other")),
        ("period_start", json!("2100-01-10T10:00:01+08:00")),
        ("period_end", json!("2100-01-10T11:00:01+08:00")),
        ("resource_id", json!("ins-1")),
        ("action_type", json!("recon_deduct")),
        ("region", json!("sg")),
    ] {
        let other = settle(&world, json!([with(record("a", "10"), field, value)])).await;
        assert_eq!(
            pick(&other[0], "status code field"),
            json!(["rejected", "idempotency_key_reused", "key"]),
            "{field}"
        );
    }
    assert_eq!(available(&world).await, "990.00");
}

#[tokio::test]
async fn keys_are_apart_by_account_and_by_month_of_the_period() {
    let world = World::january().await;
    world.customer(3, 1, "100").await;
    let december = with(record("k", "1"), "period_start", json!("2099-12-31T23:59:59+08:00"));
    // In the deployment's zone it is January already.
    let january = with(record("k", "1"), "period_start", json!("2099-12-31T16:00:00Z"));
    let mut theirs = with(record("k", "1"), "account_uin", json!(3));
    theirs["period_end"] = json!("2100-01-10T12:00:00+08:00");
    let results = settle(&world, json!([december, january, theirs])).await;
    assert!(results.iter().all(|one| one["status"] == "settled" && one["replayed"].is_null()), "{results:?}");
    let clash = settle(&world, json!([record("k", "1")])).await;
    assert_eq!(clash[0]["code"], "idempotency_key_reused");
}

#[tokio::test]
async fn a_header_key_is_not_looked_at() {
    let world = World::january().await;
    for key in ["a", "b"] {
        let body = json!({ "records": [record(key, "1")] });
        let answer = world.ask("POST", "/v1/usage").once("the-same").json(&body).send().await;
        assert_eq!((answer.is(200)["results"][0]["status"].clone(), answer.replayed()), (json!("settled"), false));
    }
    assert_eq!(available(&world).await, "998.00");
}

#[tokio::test]
async fn a_late_record_goes_to_the_month_that_still_grows() {
    let world = World::january().await;
    let period = |key: &str, from: &str| {
        let late = with(record(key, "1"), "period_start", json!(from));
        with(late, "period_end", json!(from))
    };
    let results = settle(
        &world,
        json!([
            period("december", "2099-12-31T23:00:00+08:00"),
            period("oldest", "2098-07-10T12:00:00+08:00"),
            period("older", "2098-07-10T11:59:59+08:00"),
            period("next", "2100-02-10T12:00:00+08:00"),
            period("ahead", "2100-02-10T12:00:01+08:00"),
        ]),
    )
    .await;
    let told: Vec<_> = results.iter().map(|one| json!([one["status"], one["code"], one["field"]])).collect();
    assert_eq!(
        told,
        [
            json!(["settled", null, null]),
            json!(["settled", null, null]),
            json!(["rejected", "period_too_old", "period_start"]),
            json!(["settled", null, null]),
            json!(["rejected", "period_too_early", "period_start"]),
        ]
    );
    assert_eq!(lines(&world, "2099-12").await, Vec::<Value>::new());
    let january = lines(&world, "2100-01").await;
    let starts: Vec<_> = january.iter().map(|line| line["period_start"].clone()).collect();
    assert_eq!(starts, ["2099-12-31T23:00:00+08:00", "2098-07-10T12:00:00+08:00"]);
    // What begins ahead of its month is on that month's bill, and is shown once that has begun.
    world.get("/v1/bills/2/2100-02").await.blames(400, "invalid_value", "month");
    world.made("/v1/clock/advance", json!({ "to": "2100-02-01T00:00:00+08:00" })).await;
    assert_eq!(lines(&world, "2100-02").await.len(), 1);
}

#[tokio::test]
async fn ten_thousand_records_settle_in_one_request() {
    let world = World::january().await;
    let records: Vec<_> = (0..10_000).map(|at| record(&format!("k-{at}"), "0.01")).collect();
    let results = settle(&world, json!(records)).await;
    assert_eq!(results.len(), 10_000);
    assert!(results.iter().enumerate().all(|(at, one)| one["key"] == format!("k-{at}") && one["status"] == "settled"));
    let bill = world.get("/v1/bills/2/2100-01").await.is(200);
    assert_eq!(json!([bill["lines"], bill["total"]]), json!([10_000, "100.00"]));
    let audit = world.get("/v1/audit?action=usage").await.is(200)["data"][0].clone();
    assert_eq!(json!([audit["account_uin"], audit["outcome"]]), json!([2, "done"]));
}

#[tokio::test]
async fn a_key_comes_back_as_it_was_sent() {
    let world = World::january().await;
    for key in ["a \"quoted\" key", "back\\slash", "鍵", &"x".repeat(255)] {
        let results = settle(&world, json!([record(key, "1"), record(key, "x")])).await;
        assert_eq!(json!([results[0]["key"], results[0]["status"]]), json!([key, "settled"]));
        assert_eq!(json!([results[1]["key"], results[1]["code"]]), json!([key, "invalid_value"]));
    }
}
