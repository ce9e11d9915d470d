//! Orders and authorizations over HTTP: the vectors of the specification's section 19 that need a purchase, each answer
//! with its figures.

mod support;

use serde_json::{Value, json};
use support::{World, timeless};

fn order(amount: &str) -> Value {
    json!({ "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": amount })
}

async fn credit(world: &World) -> Value {
    world.get("/v1/accounts/2").await.is(200)["credit"].clone()
}

async fn spend(world: &World) -> Value {
    world.get("/v1/partners/1").await.is(200)["spend"].clone()
}

#[tokio::test]
async fn an_order_is_charged_on_both_sides() {
    let world = World::new();
    world.shop().await;
    let placed = world.post("/v1/orders", order("400")).await.is(201);
    assert_eq!(placed["state"], "delivered");
    assert_eq!(placed["payments"], json!([{ "uin": 2, "cash": "0.00", "credit": "400.00", "voucher": "0.00" }]));
    assert_eq!(
        credit(&world).await,
        json!({
            "total": "1000.00", "used": "400.00", "prepay_frozen": "0.00", "postpay_frozen": "0.00",
            "available": "600.00", "state": "normal"
        })
    );
    assert_eq!(
        spend(&world).await,
        json!({ "line": "5000.00", "used": "400.00", "frozen": "0.00", "available": "4600.00" })
    );
    let id = placed["id"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&format!("/v1/orders/{id}")).await.is(200), placed);
    assert_eq!(
        timeless(placed),
        json!({
            "id": id, "account_uin": 2, "payer_uin": 2, "product_code": "cvm", "kind": "purchase", "state": "delivered",
            "list_amount": "400.00", "discount_rate": "1.00", "voucher_amount": "0.00", "amount": "400.00",
            "partner_amount": "400.00",
            "payments": [{ "uin": 2, "cash": "0.00", "credit": "400.00", "voucher": "0.00" }],
            "refunded_amount": "0.00", "created_at": "[time]", "updated_at": "[time]", "capture": true,
            "resource_id": null, "region": null, "zone": null, "project": null, "tags": {}, "resource_name": null,
            "operator_uin": null
        })
    );
}
