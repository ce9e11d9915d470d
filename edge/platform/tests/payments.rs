//! What a partner owes the platform and pays it, and what it may issue in vouchers.

mod support;

use serde_json::{Value, json};
use support::World;

#[tokio::test]
async fn a_payment_makes_the_spend_line_available_again() {
    let world = World::new();
    world.shop().await;
    world.buy("300").await;
    let paid = world.post("/v1/partners/1/payments", json!({ "amount": "120.50" })).await.is(201);
    assert_eq!((&paid["uin"], &paid["amount"]), (&json!(1), &json!("120.50")));
    assert_eq!(paid["spend"], json!({ "line": "5000.00", "used": "179.50", "frozen": "0.00", "available": "4820.50" }));
    let partner = world.get("/v1/partners/1").await.is(200);
    assert_eq!(partner["spend"], paid["spend"]);
    // The customer owes its partner as before.
    assert_eq!(world.credit().await["used"], "300.00");
    let entry = world.get("/v1/audit?action=pay_platform").await.is(200)["data"][0].clone();
    assert_eq!((&entry["account_uin"], &entry["outcome"]), (&json!(1), &json!("done")));
}

#[tokio::test]
async fn a_repeated_payment_counts_once() {
    let world = World::new();
    world.shop().await;
    world.buy("300").await;
    let pay = |amount: &str| {
        world.ask("POST", "/v1/partners/1/payments").once("pay-1").json(&json!({ "amount": amount })).send()
    };
    let first = pay("100").await;
    let again = pay("100").await;
    assert_eq!((again.is(201), again.replayed()), (first.is(201), true));
    pay("101").await.refuses(422, "idempotency_key_reused");
    assert_eq!(world.spend().await["used"], "200.00");
}

#[tokio::test]
async fn more_than_is_owed_becomes_a_balance() {
    let world = World::new();
    world.shop().await;
    let paid = world.post("/v1/partners/1/payments", json!({ "amount": "10" })).await.is(201);
    assert_eq!((&paid["spend"]["used"], &paid["spend"]["available"]), (&json!("-10.00"), &json!("5010.00")));
}

#[tokio::test]
async fn what_is_no_payment_is_refused_and_changes_nothing() {
    let world = World::new();
    world.shop().await;
    world.partner(3, "distributor", "100").await;
    let second = json!({ "uin": 4, "kind": "second_level_reseller", "allocation_quota": "10", "distributor_uin": 3 });
    world.account(4).await;
    world.made("/v1/partners", second).await;
    let before = world.get("/v1/partners").await.text;
    let path = "/v1/partners/1/payments";
    for (body, code, field) in [
        (json!({}), "missing_field", "amount"),
        (json!({ "amount": 5 }), "invalid_value", "amount"),
        (json!({ "amount": "1.123456789" }), "invalid_value", "amount"),
        (json!({ "amount": null }), "invalid_value", "amount"),
        (json!({ "amount": "5", "remark": "x" }), "unknown_field", "remark"),
    ] {
        world.post(path, body).await.blames(400, code, field);
    }
    for amount in ["0", "-5"] {
        world.post(path, json!({ "amount": amount })).await.blames(422, "amount_not_positive", "amount");
    }
    world.post("/v1/partners/4/payments", json!({ "amount": "5" })).await.refuses(422, "wrong_partner_kind");
    for uin in ["2", "7", "x"] {
        let answer = world.post(&format!("/v1/partners/{uin}/payments"), json!({ "amount": "5" })).await;
        answer.refuses(404, "partner_not_found");
    }
    assert_eq!(world.get("/v1/partners").await.text, before);
}

async fn vouchers(world: &World, uin: u64) -> Value {
    world.get(&format!("/v1/partners/{uin}")).await.is(200)["vouchers"].clone()
}

fn voucher(owner: u64, amount: &str) -> Value {
    json!({ "kind": "customer", "owner_uin": owner, "amount": amount, "expires_at": "2099-01-01T00:00:00+08:00" })
}

#[tokio::test]
async fn a_quota_for_vouchers_binds_a_second_level_reseller() {
    let world = World::new();
    world.partner(3, "distributor", "1000").await;
    world.account(4).await;
    let second = json!({ "uin": 4, "kind": "second_level_reseller", "allocation_quota": "500", "distributor_uin": 3,
        "voucher_quota": "100" });
    world.made("/v1/partners", second).await;
    world.customer(5, 4, "50").await;
    world.made("/v1/vouchers", voucher(5, "60")).await;
    assert_eq!(vouchers(&world, 4).await, json!({ "quota": "100.00", "issued": "60.00", "remaining": "40.00" }));
    let lowered = world.patch("/v1/partners/4", json!({ "voucher_quota": "59.99" })).await;
    let refused = lowered.blames(422, "below_issued", "voucher_quota");
    assert_eq!((&refused["requested"], &refused["issued"]), (&json!("59.99"), &json!("60.00")));
    let partner = world.patch("/v1/partners/4", json!({ "voucher_quota": "60" })).await.is(200);
    assert_eq!(partner["vouchers"], json!({ "quota": "60.00", "issued": "60.00", "remaining": "0.00" }));
    let refused = world.post("/v1/vouchers", voucher(5, "0.01")).await.refuses(422, "voucher_quota_exceeded");
    assert_eq!(refused["because"][0]["figure"], "voucher_quota_remaining");
}

#[tokio::test]
async fn for_others_the_quota_is_a_figure_to_go_by() {
    let world = World::new();
    world.shop().await;
    assert_eq!(vouchers(&world, 1).await, json!({ "quota": "0.00", "issued": "0.00", "remaining": "0.00" }));
    world.made("/v1/vouchers", voucher(2, "75")).await;
    assert_eq!(vouchers(&world, 1).await, json!({ "quota": "0.00", "issued": "75.00", "remaining": "0.00" }));
    let partner = world.patch("/v1/partners/1", json!({ "voucher_quota": "70" })).await.is(200);
    assert_eq!(partner["vouchers"], json!({ "quota": "70.00", "issued": "75.00", "remaining": "0.00" }));
}
