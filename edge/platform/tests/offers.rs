//! Offers of accounts that pay for themselves, whose offers accounts have, and packs: what is read, shown, and blamed for what.

mod support;

use serde_json::{Value, json};
use support::World;

const ACCOUNT: u64 = 1;
const OTHER: u64 = 2;
const RESELLER: u64 = 3;
const CUSTOMER: u64 = 4;

/// Two accounts that pay for themselves, verified and with money, and a reseller with a customer; the product `cvm`.
async fn world() -> World {
    let world = World::new();
    for uin in [ACCOUNT, OTHER, RESELLER, CUSTOMER] {
        let verification = json!({ "level": "enterprise", "entity_id": "E1" });
        world.made("/v1/accounts", json!({ "uin": uin, "name": "A", "verification": verification })).await;
    }
    world.made("/v1/products", json!({ "code": "cvm", "settlement": "hourly" })).await;
    for uin in [ACCOUNT, OTHER] {
        world.made(&format!("/v1/accounts/{uin}/top-ups"), json!({ "amount": "100", "kind": "cash" })).await;
    }
    world.made("/v1/partners", json!({ "uin": RESELLER, "kind": "reseller", "allocation_quota": "100.00" })).await;
    world.made("/v1/customers", json!({ "uin": CUSTOMER, "partner_uin": RESELLER })).await;
    world
}

fn offer(more: &Value) -> Value {
    let mut body = json!({ "kind": "account", "account_uin": OTHER, "rate": "0.50" });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

async fn inherits(world: &World, uin: u64) -> Value {
    world.get(&format!("/v1/accounts/{uin}")).await.is(200)["finance"]["inherits_offers_from"].clone()
}

fn inheritance(uin: u64) -> String {
    format!("/v1/accounts/{uin}/offer-inheritance")
}

async fn put(world: &World, uin: u64, from: Value) -> support::Answer {
    world.ask("PUT", &inheritance(uin)).json(&json!({ "from_uin": from })).send().await
}

#[tokio::test]
async fn an_offer_is_shown_with_its_account_and_level() {
    let world = world().await;
    let made = world.post("/v1/discounts", offer(&json!({ "product_code": "cvm" }))).await.is(201);
    let shown = json!({
        "id": made["id"], "kind": "account", "partner_uin": null, "customer_uin": null, "account_uin": OTHER,
        "level": "billing", "product_code": "cvm", "rate": "0.50", "starts_at": null, "ends_at": null
    });
    assert_eq!(made, shown);
    assert_eq!(world.get(&format!("/v1/discounts/{}", made["id"].as_str().unwrap())).await.is(200), shown);
    let alone = world.post("/v1/discounts", offer(&json!({ "level": "account" }))).await.is(201);
    assert_eq!(alone["level"], "account");
    let of_partner = json!({ "kind": "partner", "partner_uin": RESELLER, "rate": "0.9" });
    let of_partner = world.post("/v1/discounts", of_partner).await.is(201);
    assert_eq!((&of_partner["account_uin"], &of_partner["level"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn each_kind_of_discount_has_its_own_fields() {
    let world = world().await;
    let refused = async |body: Value, status: u16, code: &str, field: &str| {
        world.post("/v1/discounts", body).await.blames(status, code, field);
    };
    refused(json!({ "kind": "account", "rate": "0.5" }), 400, "missing_field", "account_uin").await;
    refused(offer(&json!({ "partner_uin": RESELLER })), 400, "invalid_value", "partner_uin").await;
    refused(offer(&json!({ "customer_uin": CUSTOMER })), 400, "invalid_value", "customer_uin").await;
    refused(offer(&json!({ "level": "finance" })), 400, "invalid_value", "level").await;
    let of_partner = |more: Value| {
        let mut body = offer(&more);
        body["kind"] = json!("partner");
        body
    };
    refused(of_partner(json!({ "partner_uin": RESELLER })), 400, "invalid_value", "account_uin").await;
    let leveled = json!({ "account_uin": null, "partner_uin": RESELLER, "level": "billing" });
    refused(of_partner(leveled), 400, "invalid_value", "level").await;
    refused(of_partner(json!({ "account_uin": null })), 400, "missing_field", "partner_uin").await;
    refused(offer(&json!({ "account_uin": CUSTOMER })), 422, "no_finance", "account_uin").await;
    refused(offer(&json!({ "account_uin": 99 })), 404, "account_not_found", "account_uin").await;
}

#[tokio::test]
async fn sales_say_whose_offers_an_account_has() {
    let world = world().await;
    world.made("/v1/discounts", offer(&json!({}))).await;
    assert_eq!(inherits(&world, ACCOUNT).await, Value::Null);
    let given = put(&world, ACCOUNT, json!(OTHER)).await.is(200);
    assert_eq!(given, json!({ "uin": ACCOUNT, "from_uin": OTHER }));
    assert_eq!((inherits(&world, ACCOUNT).await, inherits(&world, OTHER).await), (json!(OTHER), Value::Null));
    let order = json!({ "account_uin": ACCOUNT, "product_code": "cvm", "kind": "purchase", "amount": "10" });
    assert_eq!(world.post("/v1/orders", order.clone()).await.is(201)["amount"], "5.00");
    // It stays in the answers about the account's money.
    let limited = world.patch(&format!("/v1/accounts/{ACCOUNT}/finance"), json!({})).await.is(200);
    assert_eq!(limited["inherits_offers_from"], OTHER);
    // What everybody keeps its own of.
    let kept = world.patch("/v1/products/cvm", json!({ "inheritable": false })).await.is(200);
    assert_eq!(kept["inheritable"], false);
    assert_eq!(world.post("/v1/orders", order.clone()).await.is(201)["amount"], "10.00");
    world.ask("DELETE", &inheritance(ACCOUNT)).send().await.is(204);
    assert_eq!(inherits(&world, ACCOUNT).await, Value::Null);
    world.ask("DELETE", &inheritance(ACCOUNT)).send().await.refuses(404, "inheritance_not_found");
}

#[tokio::test]
async fn whose_offers_are_to_be_had_is_blamed_where_it_cannot_be() {
    let world = world().await;
    put(&world, ACCOUNT, json!(ACCOUNT)).await.blames(422, "inherits_from_itself", "from_uin");
    put(&world, ACCOUNT, json!(CUSTOMER)).await.blames(422, "offers_not_alike", "from_uin");
    put(&world, ACCOUNT, json!(99)).await.blames(404, "account_not_found", "from_uin");
    put(&world, 99, json!(ACCOUNT)).await.refuses(404, "account_not_found");
    put(&world, ACCOUNT, json!("2")).await.blames(400, "invalid_value", "from_uin");
    world.ask("PUT", &inheritance(ACCOUNT)).json(&json!({})).send().await.blames(400, "missing_field", "from_uin");
}

fn pack(units: Value) -> Value {
    json!({
        "account_uin": ACCOUNT, "product_code": "cvm", "units": units, "expires_at": "2099-01-01T00:00:00+08:00"
    })
}

#[tokio::test]
async fn packs_are_added_and_listed_with_what_is_left() {
    let world = world().await;
    let made = world.post("/v1/packs", pack(json!("100"))).await.is(201);
    assert!(made["pack_id"].as_str().unwrap().starts_with("pack_"));
    let left = |pack: &Value| [pack["units"].clone(), pack["remaining"].clone(), pack["state"].clone()];
    assert_eq!(left(&made), [json!("100.00"), json!("100.00"), json!("active")]);
    // A whole number is no money, and may come as what it is.
    world.post("/v1/packs", pack(json!(3))).await.is(201);
    let usage = |key: &str, units: Value| {
        json!({ "records": [{
            "key": key, "account_uin": ACCOUNT, "product_code": "cvm", "amount": "5.15", "units": units,
            "period_start": "2026-01-01T00:00:00+08:00", "period_end": "2026-01-01T01:00:00+08:00"
        }] })
    };
    let settled = world.post("/v1/usage", usage("one", json!("103"))).await.is(200);
    assert_eq!(settled["results"][0]["amount"], "0.00");
    let listed = world.get(&format!("/v1/packs?account_uin={ACCOUNT}")).await.is(200);
    let rows: Vec<_> = listed["data"].as_array().unwrap().iter().map(left).collect();
    assert_eq!(rows[0], [json!("100.00"), json!("0.00"), json!("used")]);
    assert_eq!(rows.len(), 2);
    assert_eq!(world.get(&format!("/v1/packs?account_uin={OTHER}")).await.is(200)["data"], json!([]));
    let first = world.get("/v1/packs?limit=1").await.is(200);
    let next = format!("/v1/packs?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    assert_eq!(world.get(&next).await.is(200)["data"][0], listed["data"][1]);
    // The same key for other units is something else.
    let again = world.post("/v1/usage", usage("one", json!("103"))).await.is(200);
    assert_eq!((&again["results"][0]["amount"], &again["results"][0]["replayed"]), (&json!("0.00"), &json!(true)));
    let other = world.post("/v1/usage", usage("one", json!("102"))).await.is(200);
    assert_eq!(other["results"][0]["code"], "idempotency_key_reused");
    let none = world.post("/v1/usage", usage("two", json!(0))).await.is(200);
    let none = &none["results"][0];
    assert_eq!((&none["code"], &none["field"]), (&json!("units_not_positive"), &json!("units")));
}

#[tokio::test]
async fn a_pack_that_cannot_be_is_refused_with_the_field_at_fault() {
    let world = world().await;
    let with = |field: &str, value: Value| {
        let mut body = pack(json!("1"));
        body[field] = value;
        body
    };
    let refused = async |field: &str, value: Value, status: u16, code: &str| {
        world.post("/v1/packs", with(field, value)).await.blames(status, code, field);
    };
    refused("units", json!("0"), 422, "units_not_positive").await;
    refused("units", json!(1.5), 400, "invalid_value").await;
    refused("units", json!("-1"), 400, "invalid_value").await;
    refused("units", Value::Null, 400, "invalid_value").await;
    refused("account_uin", json!(99), 404, "account_not_found").await;
    refused("product_code", json!("nosuch"), 404, "product_not_found").await;
    refused("expires_at", json!("1999-01-01T00:00:00Z"), 422, "empty_period").await;
    refused("remaining", json!("1"), 400, "unknown_field").await;
    assert_eq!(world.get("/v1/packs").await.is(200)["data"], json!([]));
}
