//! Vouchers over HTTP: the three types, who may get them, what they pay, and how they end.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::{World, pick};

/// A distributor 1 with a second-level reseller 3 (voucher quota 100), customers 2 of the one and 4 of the other.
async fn world() -> World {
    let world = World::new();
    world.made("/v1/clock/advance", json!({ "to": "2100-01-10T12:00:00+08:00" })).await;
    world.partner(1, "distributor", "10000").await;
    world.account(3).await;
    let below = json!({
        "uin": 3, "kind": "second_level_reseller", "distributor_uin": 1, "allocation_quota": "1000",
        "voucher_quota": "100"
    });
    world.made("/v1/partners", below).await;
    world.customer(2, 1, "1000").await;
    world.customer(4, 3, "500").await;
    world.product("cvm").await;
    world.product("cdn").await;
    world
}

fn voucher(kind: &str, owner: u64, amount: &str) -> Value {
    json!({ "kind": kind, "owner_uin": owner, "amount": amount, "expires_at": "2100-02-01T00:00:00+08:00" })
}

fn order(account: u64, product: &str, amount: &str) -> Value {
    json!({ "account_uin": account, "product_code": product, "kind": "purchase", "amount": amount })
}

#[tokio::test]
async fn a_voucher_has_the_plainest_terms_unless_it_says_otherwise() {
    let world = world().await;
    let made = world.post("/v1/vouchers", voucher("customer", 2, "50")).await.is(201);
    let id = made["id"].as_str().unwrap().to_owned();
    assert!(id.bytes().all(|b| b.is_ascii_digit()), "{id}");
    assert_eq!(
        made,
        json!({
            "id": id, "kind": "customer", "owner_uin": 2, "customer_uin": null, "issuer_uin": 1, "linked_id": null,
            "amount": "50.00", "remaining": "50.00", "status": "issued", "usage": "CustomerOffer",
            "payment_mode": "all", "products": { "mode": "all", "codes": [] },
            "effective_at": "2100-01-10T12:00:00+08:00", "expires_at": "2100-02-01T00:00:00+08:00",
            "issued_at": "2100-01-10T12:00:00+08:00"
        })
    );
    assert_eq!(world.get(&format!("/v1/vouchers/{id}")).await.is(200), made);
    let mut narrow = voucher("customer", 2, "7.123456");
    narrow.as_object_mut().unwrap().extend(
        json!({ "usage": "ProductTrial", "payment_mode": "postpaid",
                "products": { "mode": "except", "codes": ["cdn", "cvm", "cdn"] },
                "effective_at": "2100-01-20T00:00:00+08:00", "issuer_uin": 1 })
        .as_object()
        .unwrap()
        .clone(),
    );
    let made = world.post("/v1/vouchers", narrow).await.is(201);
    assert_eq!(
        pick(&made, "usage payment_mode products effective_at amount"),
        json!([
            "ProductTrial", "postpaid", { "mode": "except", "codes": ["cvm", "cdn"] }, "2100-01-20T00:00:00+08:00",
            "7.123456"
        ])
    );
}

#[tokio::test]
async fn a_trial_brings_the_customers_voucher_with_it() {
    let world = world().await;
    let mut trial = voucher("partner_customer", 1, "30");
    trial["customer_uin"] = json!(4);
    let made = world.post("/v1/vouchers", trial).await.is(201);
    assert_eq!(json!([made["owner_uin"], made["customer_uin"], made["issuer_uin"]]), json!([1, 4, null]));
    let linked = format!("/v1/vouchers/{}", made["linked_id"].as_str().unwrap());
    let linked = world.get(&linked).await.is(200);
    assert_eq!(pick(&linked, "kind owner_uin issuer_uin amount linked_id"), json!(["customer", 4, 1, "30.00", null]));
    world.post("/v1/orders", order(4, "cvm", "50")).await.is(201);
    // Both sides pay less (R28, R17).
    assert_eq!(world.get("/v1/accounts/4").await.is(200)["credit"]["used"], "20.00");
    assert_eq!(world.spend().await["used"], "20.00");
}

#[tokio::test]
async fn an_order_says_what_vouchers_paid_and_a_dry_run_which() {
    let world = world().await;
    let mut later = voucher("customer", 2, "40");
    later["expires_at"] = json!("2100-03-01T00:00:00+08:00");
    let later = world.post("/v1/vouchers", later).await.is(201)["id"].clone();
    let sooner = world.post("/v1/vouchers", voucher("customer", 2, "25")).await.is(201)["id"].clone();
    let partners = world.post("/v1/vouchers", voucher("partner_all", 1, "10")).await.is(201)["id"].clone();
    let mut dry = order(2, "cvm", "60");
    dry["dry_run"] = json!(true);
    let answer = world.post("/v1/orders", dry).await.is(200);
    assert_eq!(pick(&answer, "voucher_amount amount partner_amount id"), json!(["60.00", "0.00", "50.00", null]));
    assert_eq!(
        answer["vouchers"],
        json!([{ "voucher_id": sooner, "amount": "25.00" }, { "voucher_id": later, "amount": "35.00" }])
    );
    assert_eq!(answer["partner_vouchers"], json!([{ "voucher_id": partners, "amount": "10.00" }]));
    assert_eq!(answer["because"].as_array().unwrap().len(), 2);
    let mut held = order(2, "cvm", "100");
    held["capture"] = json!(false);
    let placed = world.post("/v1/orders", held).await.is(201);
    assert_eq!(placed["vouchers"], Value::Null);
    assert_eq!(
        placed["payments"],
        json!([{ "uin": 2, "granted": "0.00", "cash": "0.00", "credit": "35.00", "voucher": "65.00" }])
    );
    assert_eq!(world.credit().await["prepay_frozen"], "35.00");
    let path = format!("/v1/orders/{}", placed["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await.is(200), placed);
    let path = format!("{path}/cancel");
    assert_eq!(world.post(&path, json!({})).await.is(200)["payments"], json!([]));
    let remaining = world.get(&format!("/v1/vouchers/{}", later.as_str().unwrap())).await.is(200);
    assert_eq!(json!([remaining["remaining"], remaining["status"]]), json!(["40.00", "issued"]));
}

#[tokio::test]
async fn a_second_level_reseller_issues_offers_within_its_quota() {
    let world = world().await;
    let mut over = voucher("customer", 4, "100.01");
    let body = world.post("/v1/vouchers", over.clone()).await.blames(422, "voucher_quota_exceeded", "amount");
    assert_eq!(json!([body["requested"], body["remaining"]]), json!(["100.01", "100.00"]));
    over["usage"] = json!("ProductTrial");
    world.post("/v1/vouchers", over.clone()).await.blames(422, "product_trial_not_permitted", "usage");
    // Through its distributor nothing binds it.
    over["issuer_uin"] = json!(1);
    world.post("/v1/vouchers", over).await.is(201);
    world.post("/v1/vouchers", voucher("customer", 4, "100")).await.is(201);
    world.post("/v1/vouchers", voucher("customer", 4, "0.01")).await.blames(422, "voucher_quota_exceeded", "amount");
    let partner = world.get("/v1/partners/3").await.is(200);
    assert_eq!(partner["vouchers"], json!({ "quota": "100.00", "issued": "100.00", "remaining": "0.00" }));
}

#[tokio::test]
async fn bad_input_names_its_field_and_issues_nothing() {
    let world = world().await;
    let with = |kind: &str, owner: u64, field: &str, value: Value| {
        let mut body = voucher(kind, owner, "10");
        if kind == "partner_customer" {
            body["customer_uin"] = json!(2);
        }
        body[field] = value;
        body
    };
    let mine = |field: &str, value: Value| with("customer", 2, field, value);
    let codes = |mode: &str, codes: Value| json!({ "mode": mode, "codes": codes });
    let cases = [
        (mine("kind", json!("gift")), 400, "invalid_value", "kind"),
        (mine("owner_uin", json!(77)), 404, "account_not_found", "owner_uin"),
        (mine("owner_uin", json!(1)), 404, "customer_not_found", "owner_uin"),
        (mine("amount", json!("0")), 422, "voucher_amount_out_of_range", "amount"),
        (mine("amount", json!("-1")), 422, "voucher_amount_out_of_range", "amount"),
        (mine("amount", json!("1000000.00000001")), 422, "voucher_amount_out_of_range", "amount"),
        (mine("amount", json!("0.000000001")), 400, "invalid_value", "amount"),
        (mine("amount", json!(10)), 400, "invalid_value", "amount"),
        (mine("expires_at", json!("2100-01-10T12:00:00+08:00")), 422, "empty_period", "expires_at"),
        (mine("expires_at", json!("2100-01-01T00:00:00+08:00")), 422, "empty_period", "expires_at"),
        (mine("expires_at", json!("tomorrow")), 400, "invalid_value", "expires_at"),
        (mine("effective_at", json!("2100-02-01T00:00:00+08:00")), 422, "empty_period", "expires_at"),
        (mine("usage", json!("customer_offer")), 400, "invalid_value", "usage"),
        (mine("payment_mode", json!("AllPayment")), 400, "invalid_value", "payment_mode"),
        (mine("products", json!(["cvm"])), 400, "invalid_value", "products"),
        (mine("products", json!({ "codes": ["cvm"] })), 400, "missing_field", "products.mode"),
        (mine("products", codes("only", json!([]))), 400, "invalid_value", "products.codes"),
        (mine("products", codes("all", json!(["cvm"]))), 400, "invalid_value", "products.codes"),
        (mine("products", codes("only", json!(["nothing"]))), 404, "product_not_found", "products.codes"),
        (mine("products", codes("only", json!(["cvm", "no thing"]))), 404, "product_not_found", "products.codes[1]"),
        (mine("customer_uin", json!(2)), 400, "invalid_value", "customer_uin"),
        (mine("issuer_uin", json!(77)), 404, "partner_not_found", "issuer_uin"),
        (mine("issuer_uin", json!(3)), 422, "not_managed", "issuer_uin"),
        (with("partner_all", 1, "issuer_uin", json!(1)), 400, "invalid_value", "issuer_uin"),
        (with("partner_all", 2, "amount", json!("10")), 404, "partner_not_found", "owner_uin"),
        (with("partner_all", 3, "amount", json!("10")), 422, "wrong_partner_kind", "owner_uin"),
        (with("partner_customer", 1, "customer_uin", json!(1)), 404, "customer_not_found", "customer_uin"),
        (with("partner_customer", 1, "customer_uin", Value::Null), 400, "missing_field", "customer_uin"),
        (mine("remaining", json!("1")), 400, "unknown_field", "remaining"),
    ];
    for (body, status, code, field) in cases {
        world.post("/v1/vouchers", body).await.blames(status, code, field);
    }
    for field in ["kind", "owner_uin", "amount", "expires_at"] {
        let mut body = voucher("customer", 2, "10");
        body.as_object_mut().unwrap().remove(field);
        world.post("/v1/vouchers", body).await.blames(400, "missing_field", field);
    }
    assert_eq!(world.all("/v1/vouchers", 50).await, Vec::<Value>::new());
    for path in ["/v1/vouchers/7", "/v1/vouchers/x", "/v1/vouchers/0", "/v1/vouchers/7/uses"] {
        world.get(path).await.refuses(404, "voucher_not_found");
    }
    world.post("/v1/vouchers/7/invalidate", json!({})).await.refuses(404, "voucher_not_found");
    world.get("/v1/vouchers?status=gone").await.blames(400, "invalid_value", "status");
}

#[tokio::test]
async fn a_voucher_is_issued_and_taken_back_once() {
    let world = world().await;
    let issue =
        |amount: &str| world.ask("POST", "/v1/vouchers").once("v-1").json(&voucher("customer", 2, amount)).send();
    let first = issue("50").await;
    world.post("/v1/orders", order(2, "cvm", "20")).await.is(201);
    let again = issue("50").await;
    assert_eq!((again.is(201), again.replayed()), (first.is(201), true));
    issue("51").await.refuses(422, "idempotency_key_reused");
    let path = format!("/v1/vouchers/{}", first.json()["id"].as_str().unwrap());
    let taken = world.post(&format!("{path}/invalidate"), json!({})).await.is(200);
    assert_eq!(json!([taken["status"], taken["remaining"]]), json!(["invalidated", "30.00"]));
    assert_eq!(world.get(&path).await.is(200), taken);
    world.post(&format!("{path}/invalidate"), json!({})).await.refuses(409, "voucher_not_issued");
    assert_eq!(world.post("/v1/orders", order(2, "cvm", "20")).await.is(201)["voucher_amount"], "0.00");
}

#[tokio::test]
async fn what_a_voucher_paid_is_listed_and_used_up_it_pays_no_more() {
    let world = world().await;
    let id = world.post("/v1/vouchers", voucher("customer", 2, "35")).await.is(201)["id"].clone();
    let path = format!("/v1/vouchers/{}", id.as_str().unwrap());
    let mut orders = Vec::new();
    for _ in 0..4 {
        orders.push(world.post("/v1/orders", order(2, "cvm", "10")).await.is(201));
    }
    assert_eq!(orders[3]["voucher_amount"], "5.00");
    let uses = world.all(&format!("{path}/uses"), 1).await;
    let amounts: Vec<_> = uses.iter().map(|one| one["amount"].clone()).collect();
    assert_eq!(amounts, ["5.00", "10.00", "10.00", "10.00"]);
    assert_eq!(
        uses[0],
        json!({
            "voucher_id": id, "line_id": uses[0]["line_id"], "account_uin": 2, "order_id": orders[3]["id"],
            "product_code": "cvm", "pay_mode": "prePay", "action_type": "prepay_purchase", "amount": "5.00",
            "month": "2100-01", "paid_at": "2100-01-10T12:00:00+08:00"
        })
    );
    let used = world.get(&path).await.is(200);
    assert_eq!(json!([used["status"], used["remaining"]]), json!(["used", "0.00"]));
    world.post(&format!("{path}/invalidate"), json!({})).await.refuses(409, "voucher_not_issued");
}

#[tokio::test]
async fn a_page_of_payments_stays_where_it_was_while_more_are_added() {
    let world = world().await;
    let id = world.post("/v1/vouchers", voucher("partner_all", 1, "100")).await.is(201)["id"].clone();
    let path = format!("/v1/vouchers/{}/uses?limit=2", id.as_str().unwrap());
    for amount in ["1", "2", "3", "4"] {
        world.post("/v1/orders", order(2, "cvm", amount)).await.is(201);
    }
    let first = world.get(&path).await.is(200);
    world.post("/v1/orders", order(2, "cvm", "5")).await.is(201);
    let second = world.get(&format!("{path}&cursor={}", first["next_cursor"].as_str().unwrap())).await.is(200);
    let amounts =
        |page: &Value| page["data"].as_array().unwrap().iter().map(|one| one["amount"].clone()).collect::<Vec<_>>();
    assert_eq!(amounts(&first), ["4.00", "3.00"]);
    assert_eq!((amounts(&second), &second["next_cursor"]), (vec![json!("2.00"), json!("1.00")], &Value::Null));
    world.get(&format!("{path}&cursor=x")).await.blames(400, "invalid_value", "cursor");
}

#[tokio::test]
async fn vouchers_are_listed_by_owner_issuer_and_status_and_expire_by_themselves() {
    let world = world().await;
    for (kind, owner, amount) in [("customer", 2, "1"), ("customer", 4, "2"), ("partner_all", 1, "3")] {
        world.post("/v1/vouchers", voucher(kind, owner, amount)).await.is(201);
    }
    let mut lasting = voucher("customer", 2, "4");
    lasting["expires_at"] = json!("2101-01-01T00:00:00+08:00");
    world.post("/v1/vouchers", lasting).await.is(201);
    let amounts = async |path: &str| {
        let found = world.all(path, 1).await;
        found.iter().map(|one| one["amount"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(amounts("/v1/vouchers").await, ["4.00", "3.00", "2.00", "1.00"]);
    assert_eq!(amounts("/v1/vouchers?owner_uin=2").await, ["4.00", "1.00"]);
    assert_eq!(amounts("/v1/vouchers?issuer_uin=3").await, ["2.00"]);
    world.made("/v1/clock/advance", json!({ "to": "2100-02-01T00:00:00+08:00" })).await;
    assert_eq!(amounts("/v1/vouchers?status=expired").await, ["3.00", "2.00", "1.00"]);
    assert_eq!(amounts("/v1/vouchers?status=issued&owner_uin=2").await, ["4.00"]);
}
