//! Products over HTTP: how they settle, freeze, wait and keep data, and what they do not take.

mod support;

use serde_json::{Value, json};
use support::World;

fn plain(code: &str) -> Value {
    json!({ "code": code, "settlement": "daily" })
}

#[tokio::test]
async fn a_product_shows_what_it_was_made_with_and_its_defaults() {
    let world = World::new();
    let made = world.post("/v1/products", plain("db")).await.is(201);
    assert_eq!(
        made,
        json!({ "code": "db", "name": "db", "settlement": "daily", "grace_hours": 24, "retention_days": 15,
            "freeze": { "model": "none", "coefficient": "1.00", "amount": "0.00" }, "inheritable": true })
    );
    let full = json!({ "code": "cvm", "name": "Cloud server", "settlement": "hourly", "grace_hours": 4,
        "retention_days": 7, "freeze": { "model": "coefficient", "coefficient": "1.50", "amount": "2.00" }, "inheritable": true });
    let made = world.post("/v1/products", full.clone()).await.is(201);
    assert_eq!(made, full);
    assert_eq!(world.get("/v1/products/cvm").await.is(200), full);
    assert_eq!(world.all("/v1/products", 1).await[1], full);
}

#[tokio::test]
async fn every_freezing_model_reads_back() {
    let world = World::new();
    for model in ["none", "coefficient", "fixed", "re_estimate", "minimum_fee"] {
        let body = json!({ "code": model, "settlement": "hourly", "freeze": { "model": model, "amount": "3" } });
        let freeze = world.post("/v1/products", body).await.is(201)["freeze"].clone();
        assert_eq!(freeze, json!({ "model": model, "coefficient": "1.00", "amount": "3.00" }));
    }
}

#[tokio::test]
async fn a_change_leaves_alone_what_it_does_not_name() {
    let world = World::new();
    let full = json!({ "code": "cvm", "settlement": "hourly",
        "freeze": { "model": "coefficient", "coefficient": "2", "amount": "5" } });
    let before = world.post("/v1/products", full).await.is(201);
    let changed = world.patch("/v1/products/cvm", json!({ "freeze": { "model": "fixed" } })).await.is(200);
    let mut expected = before.clone();
    expected["freeze"]["model"] = json!("fixed");
    assert_eq!(changed, expected);
    let change = json!({ "grace_hours": 0, "retention_days": 0, "name": "N", "freeze": { "coefficient": "0.5" } });
    let changed = world.patch("/v1/products/cvm", change).await.is(200);
    expected["freeze"]["coefficient"] = json!("0.50");
    (expected["grace_hours"], expected["retention_days"], expected["name"]) = (json!(0), json!(0), json!("N"));
    assert_eq!(changed, expected);
    assert_eq!(world.patch("/v1/products/cvm", json!({})).await.is(200), expected);
    assert_eq!(world.get("/v1/products/cvm").await.is(200), expected);
}

#[tokio::test]
async fn a_repeat_shows_the_product_as_it_was_made() {
    let world = World::new();
    let body = json!({ "code": "cvm", "settlement": "hourly", "freeze": { "model": "minimum_fee", "amount": "1" } });
    let first = world.ask("POST", "/v1/products").once("k").json(&body).send().await;
    world.patch("/v1/products/cvm", json!({ "freeze": { "model": "none" }, "retention_days": 3 })).await.is(200);
    let again = world.ask("POST", "/v1/products").once("k").json(&body).send().await;
    assert_eq!((again.is(201), again.replayed()), (first.is(201), true));
}

#[tokio::test]
async fn what_is_no_product_is_refused_and_changes_nothing() {
    let world = World::new();
    world.post("/v1/products", plain("cvm")).await.is(201);
    let before = world.get("/v1/products").await.text;
    for (part, code, field) in [
        (json!({ "freeze": { "model": "some" } }), "invalid_value", "freeze.model"),
        (json!({ "freeze": { "model": null } }), "invalid_value", "freeze.model"),
        (json!({ "freeze": { "model": { "fixed": null } } }), "invalid_value", "freeze.model"),
        (json!({ "freeze": { "coefficient": 1.5 } }), "invalid_value", "freeze.coefficient"),
        (json!({ "freeze": { "coefficient": "-1" } }), "invalid_value", "freeze.coefficient"),
        (json!({ "freeze": { "coefficient": "1000000000.1" } }), "invalid_value", "freeze.coefficient"),
        (json!({ "freeze": { "coefficient": "0.123456789" } }), "invalid_value", "freeze.coefficient"),
        (json!({ "freeze": { "amount": 1 } }), "invalid_value", "freeze.amount"),
        (json!({ "freeze": { "amount": "1e3" } }), "invalid_value", "freeze.amount"),
        (json!({ "freeze": { "rate": "1" } }), "unknown_field", "freeze.rate"),
        (json!({ "freeze": ["fixed"] }), "invalid_value", "freeze"),
        (json!({ "freeze": "fixed" }), "invalid_value", "freeze"),
        (json!({ "grace_hours": -1 }), "invalid_value", "grace_hours"),
        (json!({ "grace_hours": 1.5 }), "invalid_value", "grace_hours"),
        (json!({ "grace_hours": "2" }), "invalid_value", "grace_hours"),
        (json!({ "retention_days": -1 }), "invalid_value", "retention_days"),
        (json!({ "retention_days": 4_294_967_296_u64 }), "invalid_value", "retention_days"),
        (json!({ "settlement": "yearly" }), "invalid_value", "settlement"),
        (json!({ "name": "" }), "invalid_value", "name"),
    ] {
        world.patch("/v1/products/cvm", part.clone()).await.blames(400, code, field);
        let mut body = plain("new");
        body.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        world.post("/v1/products", body).await.blames(400, code, field);
    }
    let negative = json!({ "freeze": { "model": "fixed", "amount": "-0.01" } });
    world.patch("/v1/products/cvm", negative.clone()).await.blames(422, "amount_negative", "freeze.amount");
    let mut body = plain("new");
    body["freeze"] = negative["freeze"].clone();
    world.post("/v1/products", body).await.blames(422, "amount_negative", "freeze.amount");
    world.post("/v1/products", plain("cvm")).await.blames(409, "product_exists", "code");
    world.patch("/v1/products/gone", json!({ "freeze": {} })).await.refuses(404, "product_not_found");
    assert_eq!(world.get("/v1/products").await.text, before);
}
