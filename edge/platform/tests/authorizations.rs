//! The high-rate path: authorize, capture, release, expire; each operation decided by itself, under its own key.

mod support;

use serde_json::{Value, json};
use support::{World, timeless};

fn authorize(key: &str, amount: &str) -> Value {
    json!({ "key": key, "op": "authorize", "account_uin": 2, "product_code": "cvm", "amount": amount })
}

async fn figures(world: &World) -> (Value, Value) {
    let credit = world.credit().await;
    let spend = world.spend().await;
    (
        json!([credit["used"], credit["prepay_frozen"], credit["available"]]),
        json!([spend["used"], spend["frozen"], spend["available"]]),
    )
}

#[tokio::test]
async fn an_authorization_is_held_captured_in_part_and_the_rest_released() {
    let world = World::new();
    world.shop().await;
    world.discounts().await;
    let opened = world.operate(json!([authorize("a", "100")])).await;
    let id = opened[0]["authorization_id"].as_str().unwrap().to_owned();
    assert_eq!(opened, json!([{ "key": "a", "status": "approved", "authorization_id": id }]));
    let (customer, partner) = figures(&world).await;
    assert_eq!(customer, json!(["0.00", "90.00", "910.00"]));
    assert_eq!(partner, json!(["0.00", "80.00", "4920.00"]));
    let shown = world.get(&format!("/v1/authorizations/{id}")).await.is(200);
    assert_eq!(
        (&shown["state"], &shown["amount"], &shown["closed_at"]),
        (&json!("open"), &json!("90.00"), &Value::Null)
    );
    let captured =
        world.operate(json!([{ "key": "c", "op": "capture", "authorization_id": id, "amount": "50" }])).await;
    assert_eq!(captured, json!([{ "key": "c", "status": "captured", "authorization_id": id }]));
    let (customer, partner) = figures(&world).await;
    assert_eq!(customer, json!(["45.00", "0.00", "955.00"]));
    assert_eq!(partner, json!(["40.00", "0.00", "4960.00"]));
    let shown = world.get(&format!("/v1/authorizations/{id}")).await.is(200);
    assert_eq!(
        timeless(shown),
        json!({
            "authorization_id": id, "account_uin": 2, "payer_uin": 2, "partner_uin": 1, "product_code": "cvm",
            "state": "captured", "list_amount": "100.00", "amount": "90.00", "partner_amount": "80.00", "captured_list_amount": "50.00",
            "captured_amount": "45.00", "captured_partner_amount": "40.00",
            "opened_at": "[time]", "expires_at": "[time]", "closed_at": "[time]"
        })
    );
}

#[tokio::test]
async fn a_batch_keeps_its_order_and_each_operation_stands_by_itself() {
    let world = World::new();
    world.shop().await;
    let results = world
        .operate(json!([
            authorize("1", "600"),
            authorize("2", "400.01"),
            authorize("3", "400"),
            authorize("4", "0"),
            { "key": "5", "op": "authorize", "account_uin": 77, "product_code": "cvm", "amount": "1" },
            { "key": "6", "op": "authorize", "account_uin": 2, "product_code": "none", "amount": "1" },
            { "key": "7", "op": "authorize", "account_uin": 2, "product_code": "no such", "amount": "1" },
            { "key": "8", "op": "capture", "authorization_id": "auth_2_999999" },
            { "key": "9", "op": "release", "authorization_id": "\"odd\"" },
        ]))
        .await;
    let seen: Vec<Value> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|result| json!([result["key"], result["status"], result["code"], result["side"]]))
        .collect();
    assert_eq!(
        Value::Array(seen),
        json!([
            ["1", "approved", null, null],
            ["2", "declined", "insufficient_credit", "customer"],
            ["3", "approved", null, null],
            ["4", "declined", "amount_not_positive", null],
            ["5", "declined", "account_not_found", null],
            ["6", "declined", "product_not_found", null],
            ["7", "declined", "product_not_found", null],
            ["8", "declined", "authorization_not_found", null],
            ["9", "declined", "authorization_not_found", null],
        ])
    );
    assert_eq!(results[8]["authorization_id"], "\"odd\"");
    assert_eq!(results[1].as_object().unwrap().len(), 4, "{}", results[1]);
    assert_eq!(figures(&world).await.0, json!(["0.00", "1000.00", "0.00"]));
}

#[tokio::test]
async fn the_partner_is_judged_when_the_customer_passes() {
    let world = World::new();
    world.shop().await;
    world.patch("/v1/partners/1", json!({ "spend_line": "100" })).await.is(200);
    let results = world.operate(json!([authorize("a", "100.01"), authorize("b", "100")])).await;
    assert_eq!(
        results[0],
        json!({ "key": "a", "status": "declined", "code": "insufficient_credit", "side": "partner" })
    );
    assert_eq!(results[1]["status"], "approved");
}

#[tokio::test]
async fn an_operation_key_gives_its_first_outcome_again() {
    let world = World::new();
    world.shop().await;
    let first = world.operate(json!([authorize("a", "100"), authorize("b", "901")])).await;
    let id = first[0]["authorization_id"].clone();
    // The same amount in another spelling is the same content.
    let again = world.operate(json!([authorize("a", "100.00"), authorize("b", "901"), authorize("a", "99")])).await;
    assert_eq!(
        again,
        json!([
            { "key": "a", "status": "approved", "authorization_id": id, "replayed": true },
            { "key": "b", "status": "declined", "code": "insufficient_credit", "side": "customer", "replayed": true },
            { "key": "a", "status": "declined", "code": "idempotency_key_reused" },
        ])
    );
    assert_eq!(figures(&world).await.0, json!(["0.00", "100.00", "900.00"]));
    let twice = world.operate(json!([authorize("c", "1"), authorize("c", "1")])).await;
    assert_eq!(twice[1]["replayed"], json!(true));
    assert_eq!(twice[0]["authorization_id"], twice[1]["authorization_id"]);
    // Captures and releases have their keys in the account's namespace as well.
    let capture = json!({ "key": "d", "op": "capture", "authorization_id": id });
    let release = json!({ "key": "d", "op": "release", "authorization_id": id });
    let results = world
        .operate(json!([capture, capture, release, { "key": "a", "op": "release", "authorization_id": id }]))
        .await;
    assert_eq!((&results[0]["status"], &results[1]["replayed"]), (&json!("captured"), &json!(true)));
    assert_eq!(
        (&results[2]["code"], &results[3]["code"]),
        (&json!("idempotency_key_reused"), &json!("idempotency_key_reused"))
    );
}

#[tokio::test]
async fn a_hold_is_captured_once_and_never_beyond_itself() {
    let world = World::new();
    world.shop().await;
    let opened = world.operate(json!([authorize("a", "100"), authorize("b", "100")])).await;
    let (a, b) = (&opened[0]["authorization_id"], &opened[1]["authorization_id"]);
    let results = world
        .operate(json!([
            { "key": "1", "op": "capture", "authorization_id": a, "amount": "100.01" },
            { "key": "2", "op": "capture", "authorization_id": a },
            { "key": "3", "op": "capture", "authorization_id": a },
            { "key": "4", "op": "release", "authorization_id": b },
            { "key": "5", "op": "capture", "authorization_id": b },
        ]))
        .await;
    let seen: Vec<Value> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["status"], one["authorization_id"], one["code"]]))
        .collect();
    assert_eq!(
        Value::Array(seen),
        json!([
            ["declined", a, "exceeds_authorization"],
            ["captured", a, null],
            ["declined", a, "authorization_not_open"],
            ["released", b, null],
            ["declined", b, "authorization_not_open"],
        ])
    );
    assert_eq!(figures(&world).await.0, json!(["100.00", "0.00", "900.00"]));
}

#[tokio::test]
async fn an_authorization_expires_after_7_days_or_when_it_says() {
    let world = World::new();
    world.shop().await;
    let now: jiff::Timestamp = world.get("/v1/clock").await.is(200)["now"].as_str().unwrap().parse().unwrap();
    let at = |days: i64| (now + jiff::SignedDuration::from_hours(days * 24)).to_string();
    let until = |key: &str, days: i64| {
        let mut operation = authorize(key, "10");
        operation["expires_at"] = json!(at(days));
        operation
    };
    let opened = world.operate(json!([authorize("a", "100"), until("b", 30), until("c", 31), until("d", 0)])).await;
    assert_eq!(
        (&opened[2]["code"], &opened[3]["code"]),
        (&json!("expiry_out_of_range"), &json!("expiry_out_of_range"))
    );
    let id = opened[0]["authorization_id"].as_str().unwrap();
    world.post("/v1/clock/advance", json!({ "by": "6d23h59m59s" })).await.is(200);
    assert_eq!(world.get(&format!("/v1/authorizations/{id}")).await.is(200)["state"], "open");
    world.post("/v1/clock/advance", json!({ "by": "1s" })).await.is(200);
    assert_eq!(world.get(&format!("/v1/authorizations/{id}")).await.is(200)["state"], "expired");
    assert_eq!(figures(&world).await.0, json!(["0.00", "10.00", "990.00"]));
    let late = world.operate(json!([{ "key": "e", "op": "capture", "authorization_id": id }])).await;
    assert_eq!(late[0]["code"], "authorization_not_open");
}

#[tokio::test]
async fn operations_are_read_strictly_and_by_their_place() {
    let world = World::new();
    world.shop().await;
    let with = |name: &str, value: Value| {
        let mut operation = authorize("a", "1");
        operation[name] = value;
        operation
    };
    let without = |name: &str| {
        let mut operation = authorize("a", "1");
        operation.as_object_mut().unwrap().remove(name);
        operation
    };
    for (operation, code, field) in [
        (with("amount", json!(1)), "invalid_value", "amount"),
        (with("amount", json!("1e2")), "invalid_value", "amount"),
        (with("account_uin", json!("2")), "invalid_value", "account_uin"),
        (with("op", json!("steal")), "invalid_value", "op"),
        (with("key", json!("")), "invalid_value", "key"),
        (with("key", json!("x".repeat(256))), "invalid_value", "key"),
        (with("key", json!(7)), "invalid_value", "key"),
        (with("expires_at", json!("soon")), "invalid_value", "expires_at"),
        (with("authorization_id", json!("auth_2_1")), "unknown_field", "authorization_id"),
        (with("nonsense", json!(1)), "unknown_field", "nonsense"),
        (without("key"), "missing_field", "key"),
        (without("op"), "missing_field", "op"),
        (without("account_uin"), "missing_field", "account_uin"),
        (without("product_code"), "missing_field", "product_code"),
        (without("amount"), "missing_field", "amount"),
        (json!({ "key": "k", "op": "capture" }), "missing_field", "authorization_id"),
        (json!({ "key": "k", "op": "release", "authorization_id": "x", "amount": "1" }), "unknown_field", "amount"),
        (
            json!({ "key": "k", "op": "capture", "authorization_id": "x", "account_uin": 2 }),
            "unknown_field",
            "account_uin",
        ),
    ] {
        let body = json!({ "operations": [authorize("first", "1"), operation] });
        world.post("/v1/authorizations", body).await.blames(400, code, &format!("operations[1].{field}"));
    }
    let body = json!({ "operations": [authorize("first", "1"), ["a"]] });
    world.post("/v1/authorizations", body).await.blames(400, "invalid_value", "operations[1]");
    world.post("/v1/authorizations", json!({})).await.blames(400, "missing_field", "operations");
    world.post("/v1/authorizations", json!({ "operations": [] })).await.blames(400, "invalid_value", "operations");
    // A malformed batch does nothing at all.
    assert_eq!(figures(&world).await.0, json!(["0.00", "0.00", "1000.00"]));
}

#[tokio::test]
async fn a_batch_has_at_most_10_000_operations() {
    let world = World::new();
    world.shop().await;
    let batch = |count: usize| {
        let operations: Vec<Value> = (0..count).map(|n| authorize(&n.to_string(), "0.01")).collect();
        json!({ "operations": operations })
    };
    world.post("/v1/authorizations", batch(10_001)).await.blames(400, "invalid_value", "operations");
    let results = world.post("/v1/authorizations", batch(10_000)).await.is(200)["results"].clone();
    assert!(results.as_array().unwrap().iter().all(|result| result["status"] == "approved"));
    assert_eq!(figures(&world).await.0, json!(["0.00", "100.00", "900.00"]));
}

#[tokio::test]
async fn keys_and_texts_come_back_as_they_were_sent() {
    let world = World::new();
    world.shop().await;
    for key in ["plain", "with \"quotes\" and \\", "é漢字🎈"] {
        let result = world.operate(json!([authorize(key, "1")])).await;
        assert_eq!((&result[0]["key"], &result[0]["status"]), (&json!(key), &json!("approved")));
    }
    let escaped = r#"{"operations":[{"key":"pl\u0061in","op":"authorize","account_uin":2,"product_code":"cv\u006d","amount":"\u0031"}]}"#;
    let again = world.ask("POST", "/v1/authorizations").text(escaped).send().await.is(200);
    assert_eq!(again["results"][0]["replayed"], json!(true));
}

#[tokio::test]
async fn a_header_key_is_not_looked_at() {
    let world = World::new();
    world.shop().await;
    for key in ["a", "b"] {
        let body = json!({ "operations": [authorize(key, "1")] });
        let answer = world.ask("POST", "/v1/authorizations").once("same").json(&body).send().await;
        assert_eq!(answer.is(200)["results"][0]["status"], "approved");
        assert!(!answer.replayed());
    }
}

#[tokio::test]
async fn a_batch_is_one_entry_of_the_audit() {
    let world = World::new();
    world.shop().await;
    let body = json!({ "operations": [authorize("a", "1"), authorize("b", "9999")] });
    let answer = world.post("/v1/authorizations", body).await;
    let entry = world.get("/v1/audit?action=authorizations").await.is(200)["data"].clone();
    assert_eq!(entry.as_array().unwrap().len(), 1);
    assert_eq!(entry[0]["request_id"].as_str(), Some(answer.header("x-request-id")));
    let detail = &entry[0]["detail"];
    assert_eq!([&detail["done"], &detail["refused"], &detail["replayed"]], [1, 1, 0]);
    assert_eq!(entry[0]["account_uin"], 2);
    // What was refused is named, since a batch has no entry for each operation.
    let refusals = detail["refusals"].as_array().unwrap();
    assert_eq!(refusals.len(), 1);
    let refusal = &refusals[0];
    assert_eq!([&refusal["action"], &refusal["code"]], ["authorize", "insufficient_credit"]);
    assert_eq!(refusal["account_uin"], 2);
    // The last of the two operations stands right before the entry that closes the batch.
    let closed = entry[0]["journal_position"].as_u64().unwrap();
    assert_eq!(refusal["journal_position"].as_u64(), Some(closed - 1));
}
