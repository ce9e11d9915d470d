//! What comes back of a resource that several have paid for, over HTTP: at once or promised, and to whom (O76, O77).

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::World;

const ADMIN: u64 = 7;
const MEMBER: u64 = 8;

/// A member that has bought a resource for 1200.00, has joined, and has made it larger for 300.00 of its admin's. Answers the
/// path of the second order.
async fn world() -> (World, String) {
    let world = World::new();
    for (uin, amount) in [(ADMIN, "300"), (MEMBER, "1200")] {
        world.enterprise(uin, "E1", "intl").await;
        world.made(&format!("/v1/accounts/{uin}/top-ups"), json!({ "amount": amount, "kind": "cash" })).await;
    }
    world.product("cvm").await;
    buy(&world, "purchase", "1200").await;
    world.organize(ADMIN, MEMBER, &[1, 2, 7]).await;
    let larger = buy(&world, "upgrade", "300").await;
    assert_eq!((&larger["payer_uin"], &larger["paid_by"]), (&json!(ADMIN), &json!("payer")));
    let path = format!("/v1/orders/{}", larger["id"].as_str().unwrap());
    (world, path)
}

async fn buy(world: &World, kind: &str, amount: &str) -> Value {
    let order = json!({
        "account_uin": MEMBER, "product_code": "cvm", "kind": kind, "amount": amount, "resource_id": "vm-1"
    });
    world.made("/v1/orders", order).await
}

async fn cash(world: &World) -> [Value; 2] {
    let mut cash = Vec::new();
    for uin in [MEMBER, ADMIN] {
        cash.push(world.get(&format!("/v1/accounts/{uin}")).await.is(200)["finance"]["cash"].clone());
    }
    cash.try_into().unwrap()
}

fn split(member: &str, admin: &str) -> Value {
    json!([{ "uin": MEMBER, "amount": member }, { "uin": ADMIN, "amount": admin }])
}

#[tokio::test]
async fn a_resource_gives_back_to_each_who_paid() {
    let (world, path) = world().await;
    let before = world.get(&path).await.is(200);
    let refund = json!({ "amount": "500", "scope": "resource" });
    let answer = world.post(&format!("{path}/refund"), refund).await.is(200);
    assert_eq!(answer["refunds"], split("400.00", "100.00"));
    assert_eq!(
        json!([answer["id"], answer["state"], answer["refunded_amount"]]),
        json!([before["id"], "delivered", "0.00"])
    );
    assert_eq!(cash(&world).await, ["400.00", "100.00"]);
    for (uin, line) in [(MEMBER, "-400.00"), (ADMIN, "-100.00")] {
        let month = before["created_at"].as_str().unwrap().split_at(7).0.to_owned();
        let view = if uin == MEMBER { "self" } else { "payer" };
        let lines = world.all(&format!("/v1/bills/{uin}/{month}/lines?view={view}"), 50).await;
        let back = lines.iter().find(|line| line["action_type"] == "prepay_return").unwrap();
        assert_eq!(json!([back["amount"], back["owner_uin"], back["order_id"]]), json!([line, MEMBER, before["id"]]));
    }
    let body = world.post(&format!("{path}/refund"), json!({ "amount": "1000.01", "scope": "resource" })).await;
    let body = body.blames(422, "exceeds_unrefunded", "amount");
    assert_eq!(json!([body["requested"], body["refundable"]]), json!(["1000.01", "1000.00"]));
}

#[tokio::test]
async fn what_is_promised_is_an_order_of_its_own() {
    let (world, path) = world().await;
    let refund = json!({ "amount": "500", "scope": "resource", "capture": false });
    let promised = world.post(&format!("{path}/refund"), refund.clone()).await.is(201);
    let of = path.rsplit('/').next().unwrap();
    let told = ["kind", "state", "refund_of", "amount", "paid_by", "payments"].map(|field| promised[field].clone());
    assert_eq!(json!(told), json!(["refund", "processing", of, "-500.00", null, []]));
    assert_eq!(promised["refunds"], split("400.00", "100.00"));
    assert_eq!(cash(&world).await, ["0.00", "0.00"]);
    let id = promised["id"].as_str().unwrap();
    assert_eq!(world.get(&format!("/v1/orders/{id}")).await.is(200), promised);
    assert_eq!(world.all("/v1/orders?state=processing", 50).await, std::slice::from_ref(&promised));
    let given = world.post(&format!("/v1/orders/{id}/deliver"), json!({})).await.is(200);
    assert_eq!(json!([given["state"], given["refunds"]]), json!(["delivered", split("400.00", "100.00")]));
    assert_eq!(
        given["payments"],
        json!([
            { "uin": MEMBER, "granted": "0.00", "cash": "-400.00", "credit": "0.00", "voucher": "0.00" },
            { "uin": ADMIN, "granted": "0.00", "cash": "-100.00", "credit": "0.00", "voucher": "0.00" }
        ])
    );
    assert_eq!(cash(&world).await, ["400.00", "100.00"]);
    let again = world.post(&format!("{path}/refund"), refund).await.is(201);
    let again = format!("/v1/orders/{}", again["id"].as_str().unwrap());
    world.post(&format!("{again}/cancel"), json!({})).await.is(200);
    world.post(&format!("{again}/deliver"), json!({})).await.refuses(409, "order_not_processing");
    assert_eq!(cash(&world).await, ["400.00", "100.00"]);
}

#[tokio::test]
async fn a_promised_refund_of_one_order_shows_there_once_it_is_given() {
    let (world, path) = world().await;
    let promised = world.post(&format!("{path}/refund"), json!({ "amount": "300", "capture": false })).await.is(201);
    assert_eq!(promised["refunds"], json!([{ "uin": ADMIN, "amount": "300.00" }]));
    let order = world.get(&path).await.is(200);
    assert_eq!(json!([order["state"], order["refunded_amount"]]), json!(["delivered", "0.00"]));
    world.post(&format!("{path}/refund"), json!({ "amount": "0.01" })).await.refuses(422, "exceeds_refundable");
    let id = promised["id"].as_str().unwrap();
    world.post(&format!("/v1/orders/{id}/deliver"), json!({})).await.is(200);
    let order = world.get(&path).await.is(200);
    assert_eq!(json!([order["state"], order["refunded_amount"]]), json!(["refunded", "300.00"]));
    assert_eq!(cash(&world).await, ["0.00", "300.00"]);
}

#[tokio::test]
async fn orders_are_listed_by_who_pays() {
    let (world, path) = world().await;
    let paid_by = |uin: u64, more: &'static str| format!("/v1/orders?payer_uin={uin}{more}");
    let larger = world.get(&path).await.is(200);
    assert_eq!(world.all(&paid_by(ADMIN, ""), 50).await, std::slice::from_ref(&larger));
    assert_eq!(world.all(&paid_by(ADMIN, "&account_uin=8&state=delivered"), 50).await, [larger]);
    assert_eq!(world.all(&paid_by(ADMIN, "&account_uin=7"), 50).await, Vec::<Value>::new());
    let own = world.all(&paid_by(MEMBER, ""), 50).await;
    assert_eq!(own.iter().map(|order| &order["paid_by"]).collect::<Vec<_>>(), ["customer"]);
    world.get("/v1/orders?payer_uin=nobody").await.blames(400, "invalid_value", "payer_uin");
}

#[tokio::test]
async fn bad_refunds_name_the_field() {
    let (world, path) = world().await;
    let refund = format!("{path}/refund");
    world.post(&refund, json!({ "amount": "1", "scope": "everything" })).await.blames(400, "invalid_value", "scope");
    world.post(&refund, json!({ "amount": "0", "scope": "resource" })).await.blames(
        422,
        "amount_not_positive",
        "amount",
    );
    world.post(&refund, json!({ "amount": "1", "capture": "no" })).await.blames(400, "invalid_value", "capture");
    let nameless = json!({ "account_uin": MEMBER, "product_code": "cvm", "kind": "purchase", "amount": "1" });
    world.made(&format!("/v1/accounts/{ADMIN}/top-ups"), json!({ "amount": "1", "kind": "cash" })).await;
    let nameless = world.made("/v1/orders", nameless).await;
    let path = format!("/v1/orders/{}/refund", nameless["id"].as_str().unwrap());
    world.post(&path, json!({ "amount": "1", "scope": "resource" })).await.blames(422, "resource_required", "scope");
    let placed = json!({
        "account_uin": MEMBER, "product_code": "cvm", "kind": "refund", "amount": "1", "resource_id": "vm-1"
    });
    world.post("/v1/orders", placed).await.blames(400, "invalid_value", "kind");
}
