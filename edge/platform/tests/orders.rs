//! What comes after an order was placed: refunds, closed orders, and who may pay.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::{World, pick, purchase};

async fn world() -> World {
    let world = World::new();
    world.made("/v1/clock/advance", json!({ "to": "2100-01-10T12:00:00+08:00" })).await;
    world.shop().await;
    world
}

async fn placed(world: &World, order: Value) -> String {
    format!("/v1/orders/{}", world.post("/v1/orders", order).await.is(201)["id"].as_str().unwrap())
}

/// The answer to a refund as the order is told later: what one refund gave back is only in its own answer.
fn told_later(answer: &Value) -> Value {
    let mut order = answer.clone();
    order["refunds"] = json!([]);
    order
}

async fn used(world: &World) -> [Value; 2] {
    let customer = world.credit().await["used"].clone();
    [customer, world.spend().await["used"].clone()]
}

#[tokio::test]
async fn a_refund_gives_back_money_in_proportion_and_no_vouchers() {
    let world = world().await;
    world.made("/v1/discounts", json!({ "kind": "partner", "partner_uin": 1, "rate": "0.8" })).await;
    let voucher = json!({ "kind": "customer", "owner_uin": 2, "amount": "40", "expires_at": "2100-02-01T00:00:00Z" });
    let voucher = world.made("/v1/vouchers", voucher).await["id"].clone();
    let path = placed(&world, purchase("100")).await;
    assert_eq!(used(&world).await, ["60.00", "80.00"]);
    let part = world.post(&format!("{path}/refund"), json!({ "amount": "15" })).await.is(200);
    assert_eq!(
        pick(&part, "state refunded_amount amount voucher_amount"),
        json!(["delivered", "15.00", "60.00", "40.00"])
    );
    assert_eq!(part["refunds"], json!([{ "uin": 2, "amount": "15.00" }]));
    assert_eq!(world.get(&path).await.is(200), told_later(&part));
    // A quarter of what was paid, and so a quarter of the partner's.
    assert_eq!(used(&world).await, ["45.00", "60.00"]);
    let body = world.post(&format!("{path}/refund"), json!({ "amount": "45.00000001" })).await;
    let body = body.blames(422, "exceeds_refundable", "amount");
    assert_eq!(json!([body["requested"], body["refundable"]]), json!(["45.00000001", "45.00"]));
    let rest = world.post(&format!("{path}/refund"), json!({ "amount": "45" })).await.is(200);
    assert_eq!(json!([rest["state"], rest["refunded_amount"]]), json!(["refunded", "60.00"]));
    assert_eq!(used(&world).await, ["0.00", "0.00"]);
    let lines = world.all("/v1/bills/2/2100-01/lines", 50).await;
    let told: Vec<_> =
        lines.iter().map(|line| json!([line["action_type"], line["amount"], line["order_id"]])).collect();
    let id = &rest["id"];
    assert_eq!(
        told,
        [
            json!(["prepay_purchase", "60.00", id]),
            json!(["prepay_return", "-15.00", id]),
            json!(["prepay_return", "-45.00", id]),
        ]
    );
    let voucher = world.get(&format!("/v1/vouchers/{}", voucher.as_str().unwrap())).await.is(200);
    assert_eq!(json!([voucher["remaining"], voucher["status"]]), json!(["0.00", "used"]));
    assert_eq!(world.all("/v1/orders?state=refunded", 50).await, [told_later(&rest)]);
    assert_eq!(world.all("/v1/orders?state=delivered", 50).await, Vec::<Value>::new());
    world.post(&format!("{path}/refund"), json!({ "amount": "0.01" })).await.refuses(422, "exceeds_refundable");
}

#[tokio::test]
async fn a_refund_happens_once() {
    let world = world().await;
    let path = format!("{}/refund", placed(&world, purchase("100")).await);
    let ask = |amount: &str| world.ask("POST", &path).once("refund-1").json(&json!({ "amount": amount })).send();
    let first = ask("30").await;
    world.post(&path, json!({ "amount": "10" })).await.is(200);
    let again = ask("30").await;
    assert_eq!((again.is(200), again.replayed()), (first.is(200), true));
    ask("31").await.refuses(422, "idempotency_key_reused");
    assert_eq!(used(&world).await, ["60.00", "60.00"]);
}

#[tokio::test]
async fn only_what_was_charged_is_refunded() {
    let world = world().await;
    let delivered = placed(&world, purchase("10")).await;
    for (amount, status, code) in [
        (json!("0"), 422, "amount_not_positive"),
        (json!("-1"), 422, "amount_not_positive"),
        (json!("0.000000001"), 400, "invalid_value"),
        (json!(1), 400, "invalid_value"),
    ] {
        let answer = world.post(&format!("{delivered}/refund"), json!({ "amount": amount })).await;
        answer.blames(status, code, "amount");
    }
    world.post(&format!("{delivered}/refund"), json!({})).await.blames(400, "missing_field", "amount");
    let mut held = purchase("10");
    held["capture"] = json!(false);
    let held = placed(&world, held).await;
    let mut parked = purchase("2000");
    parked["park"] = json!(true);
    let parked = placed(&world, parked).await;
    for (path, state) in [(&held, "processing"), (&parked, "to_be_paid")] {
        let body = world.post(&format!("{path}/refund"), json!({ "amount": "1" })).await;
        assert_eq!(body.refuses(409, "order_not_delivered")["state"], state);
    }
    world.post("/v1/orders/ord_999/refund", json!({ "amount": "1" })).await.refuses(404, "order_not_found");
    world.post("/v1/orders/x/refund", json!({ "amount": "1" })).await.refuses(404, "order_not_found");
    assert_eq!(used(&world).await, ["10.00", "10.00"]);
}

#[tokio::test]
async fn a_closed_order_says_what_it_would_have_to_be() {
    let world = world().await;
    let delivered = placed(&world, purchase("10")).await;
    let mut held = purchase("10");
    held["capture"] = json!(false);
    let canceled = placed(&world, held).await;
    world.post(&format!("{canceled}/cancel"), json!({})).await.is(200);
    let refunded = placed(&world, purchase("10")).await;
    world.post(&format!("{refunded}/refund"), json!({ "amount": "10" })).await.is(200);
    for (path, state) in [(delivered, "delivered"), (canceled, "canceled"), (refunded, "refunded")] {
        for (step, body, code) in [
            ("cancel", json!({}), "order_not_open"),
            ("deliver", json!({}), "order_not_processing"),
            ("pay", json!({ "by": "customer" }), "order_not_payable"),
        ] {
            let body = world.post(&format!("{path}/{step}"), body).await.refuses(409, code);
            assert_eq!(body["state"], state, "{path} {step}");
        }
    }
    assert_eq!(used(&world).await, ["10.00", "10.00"]);
}

#[tokio::test]
async fn a_downgrade_gives_back_and_a_partner_pays_without_vouchers() {
    let world = world().await;
    let mut bought = purchase("100");
    bought["resource_id"] = json!("ins-1");
    placed(&world, bought).await;
    let mut smaller = purchase("30");
    (smaller["kind"], smaller["resource_id"]) = (json!("downgrade"), json!("ins-1"));
    let back = world.post("/v1/orders", smaller).await.is(201);
    assert_eq!(json!([back["amount"], back["voucher_amount"], back["state"]]), json!(["-30.00", "0.00", "delivered"]));
    assert_eq!(used(&world).await, ["70.00", "70.00"]);
    let mut parked = purchase("1000");
    parked["park"] = json!(true);
    let path = placed(&world, parked).await;
    assert_eq!(world.get(&path).await.is(200)["payments"], json!([]));
    let voucher = json!({ "kind": "customer", "owner_uin": 2, "amount": "500", "expires_at": "2100-02-01T00:00:00Z" });
    world.made("/v1/vouchers", voucher).await;
    // What a partner pays on behalf no voucher pays (R114), and the customer's side does not suffice without.
    world.post(&format!("{path}/pay"), json!({ "by": "partner" })).await.refuses(402, "insufficient_credit");
    let paid = world.post(&format!("{path}/pay"), json!({ "by": "customer" })).await.is(200);
    assert_eq!(
        paid["payments"],
        json!([{ "uin": 2, "granted": "0.00", "cash": "0.00", "credit": "500.00", "voucher": "500.00" }])
    );
    assert_eq!(used(&world).await, ["570.00", "1070.00"]);
}
