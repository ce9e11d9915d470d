//! Who may pay for whom: the check list of the requirement over HTTP, on accounts as they stand (O49-O69).

mod support;

use serde_json::{Value, json};
use support::World;

const ADMIN: u64 = 1;
const MEMBER: u64 = 2;

/// The base of the worked vectors: an admin with 100.00 and a member with nothing, both direct, external, verified as the
/// same enterprise; the member is a key account that somebody follows.
async fn base() -> World {
    let world = World::new();
    for uin in [ADMIN, MEMBER] {
        let verification = json!({ "level": "enterprise", "entity_id": "E1", "entity_name": "Example Ltd" });
        let account = json!({
            "uin": uin, "name": "A", "verification": verification, "tier": "key", "channel_manager": "somebody"
        });
        world.made("/v1/accounts", account).await;
    }
    world.made("/v1/products", json!({ "code": "cvm", "name": "Server", "settlement": "hourly" })).await;
    world.made(&format!("/v1/accounts/{ADMIN}/top-ups"), json!({ "amount": "100", "kind": "cash" })).await;
    world
}

async fn ask(world: &World, more: Value) -> Value {
    let mut body = json!({ "admin_uin": ADMIN, "member_uin": MEMBER, "direction": "enable" });
    for (field, value) in more.as_object().expect("more is an object") {
        body[field] = value.clone();
    }
    world.post("/v1/pay-on-behalf/check", body).await.is(200)
}

/// The rule and the code of every condition that does not hold.
fn failed(answer: &Value) -> Vec<(&str, &str)> {
    let rows = answer["checks"].as_array().expect("there are rows");
    let failed: Vec<_> = rows
        .iter()
        .filter(|row| row["passed"] == false)
        .map(|row| (row["rule"].as_str().expect("it has a rule"), row["code"].as_str().expect("it has a code")))
        .collect();
    assert_eq!(answer["allowed"], failed.is_empty());
    failed
}

async fn change(world: &World, uin: u64, change: Value) {
    world.patch(&format!("/v1/accounts/{uin}"), change).await.is(200);
}

async fn entity(world: &World, uin: u64, id: Value) {
    change(world, uin, json!({ "verification": { "entity_id": id } })).await;
}

/// Takes a member below zero: usage is never refused.
async fn owes(world: &World, uin: u64, amount: &str) {
    let now = world.get(&format!("/v1/accounts/{uin}")).await.is(200)["created_at"].clone();
    let used = json!([{
        "key": format!("u{uin}"), "account_uin": uin, "product_code": "cvm", "amount": amount,
        "period_start": now, "period_end": now
    }]);
    let results = world.post("/v1/usage", json!({ "records": used })).await.is(200);
    assert_eq!(results["results"][0]["status"], "settled", "{results}");
}

#[tokio::test]
async fn every_row_is_told_in_the_order_of_the_contract() {
    let world = base().await;
    let answer = ask(&world, json!({})).await;
    assert_eq!(failed(&answer), []);
    let rows: Vec<_> = answer["checks"].as_array().unwrap().iter().map(|row| row["rule"].as_str().unwrap()).collect();
    let order = "O49 O59 O52 O53 O54 O55 O56 O57 O58 O60 O61 O62 O63";
    assert_eq!(rows.join(" "), order);
    // What has no place is passed, and says why.
    let row = &answer["checks"][5];
    assert_eq!(
        (&row["rule"], &row["applies"], &row["passed"], &row["code"]),
        (&json!("O55"), &json!(false), &json!(true), &Value::Null)
    );
    assert!(!row["detail"].as_str().unwrap().is_empty());
    let answer = ask(&world, json!({ "direction": "disable" })).await;
    let rows: Vec<_> = answer["checks"].as_array().unwrap().iter().map(|row| row["rule"].as_str().unwrap()).collect();
    assert_eq!((failed(&answer), rows.join(" ")), (vec![], "O67 O68 O69".to_owned()));
}

/// The requirement: the account must have passed identity verification as the same enterprise.
#[tokio::test]
async fn both_are_verified_as_the_same_enterprise() {
    let world = base().await;
    entity(&world, MEMBER, json!("E2")).await;
    assert_eq!(failed(&ask(&world, json!({})).await), [("O52", "FailedOperation.AuthInfoNotSame")]);
    entity(&world, MEMBER, json!("E1")).await;
    // Names are not compared.
    change(&world, MEMBER, json!({ "verification": { "entity_name": "Another" } })).await;
    assert_eq!(failed(&ask(&world, json!({})).await), []);
    change(&world, MEMBER, json!({ "verification": { "level": "personal" } })).await;
    assert_eq!(failed(&ask(&world, json!({})).await), [("O52", "FailedOperation.AuthNotEnterprise")]);
    change(&world, ADMIN, json!({ "verification": { "level": "none" } })).await;
    assert_eq!(failed(&ask(&world, json!({})).await), [("O52", "FailedOperation.AuthInfoEmpty")]);
}

#[tokio::test]
async fn a_balance_of_nothing_passes_and_one_below_does_not() {
    let world = base().await;
    owes(&world, MEMBER, "0.01").await;
    assert_eq!(failed(&ask(&world, json!({})).await), [("O57", "UnsupportedOperation.MemberAccountArrears")]);
    let leaving = json!({ "direction": "disable" });
    assert_eq!(failed(&ask(&world, leaving.clone()).await), [("O67", "UnsupportedOperation.MemberAccountArrears")]);
    // Internal types 4, 6 and 9 are looked at, others are not.
    for (kind, arrears) in [(4, true), (5, false), (6, true), (9, true)] {
        change(&world, MEMBER, json!({ "class": { "kind": "internal", "type": kind } })).await;
        let code = "UnsupportedOperation.MemberAccountArrears";
        let found = |rule| if arrears { vec![(rule, code)] } else { Vec::new() };
        assert_eq!(failed(&ask(&world, json!({})).await), found("O57"), "{kind}");
        assert_eq!(failed(&ask(&world, leaving.clone()).await), found("O67"), "{kind}");
    }
    // E11: cash stays below zero, and a limit makes up for it.
    change(&world, MEMBER, json!({ "class": { "kind": "external" } })).await;
    world.patch(&format!("/v1/accounts/{MEMBER}/finance"), json!({ "credit_limit": "0.01" })).await.is(200);
    assert_eq!(failed(&ask(&world, json!({})).await), []);
}

#[tokio::test]
async fn no_order_may_be_to_be_paid_or_processing() {
    let world = base().await;
    world.made(&format!("/v1/accounts/{MEMBER}/top-ups"), json!({ "amount": "5", "kind": "cash" })).await;
    let order = |more: Value| {
        let mut order = json!({ "account_uin": MEMBER, "product_code": "cvm", "kind": "renew", "amount": "5" });
        for (field, value) in more.as_object().unwrap() {
            order[field] = value.clone();
        }
        order
    };
    let refused = [("O58", "UnsupportedOperation.OrderInProgressExisted")];
    let stays = [("O68", "UnsupportedOperation.OrderInProgressExisted")];
    for open in [json!({ "capture": false }), json!({ "amount": "6", "park": true })] {
        let placed = world.post("/v1/orders", order(open)).await.is(201);
        assert_eq!(failed(&ask(&world, json!({})).await), refused);
        assert_eq!(failed(&ask(&world, json!({ "direction": "disable" })).await), stays);
        world.post(&format!("/v1/orders/{}/cancel", placed["id"].as_str().unwrap()), json!({})).await.is(200);
        assert_eq!(failed(&ask(&world, json!({})).await), []);
    }
    let held = world.operate(json!([{
        "op": "authorize", "key": "a", "account_uin": MEMBER, "product_code": "cvm", "amount": "1"
    }]));
    assert_eq!(held.await[0]["status"], "approved");
    assert_eq!(failed(&ask(&world, json!({})).await), refused);
}

#[tokio::test]
async fn only_the_admin_pays_and_no_channel_account_does() {
    let world = base().await;
    let illegal = [("O59", "FailedOperation.PayUinIllegal")];
    assert_eq!(failed(&ask(&world, json!({ "pay_uin": MEMBER })).await), illegal);
    assert_eq!(failed(&ask(&world, json!({ "pay_uin": null })).await), illegal);
    assert_eq!(failed(&ask(&world, json!({ "pay_uin": null, "permission_ids": [1, 2] })).await), []);
    world.made("/v1/accounts", json!({ "uin": 9, "name": "Agent" })).await;
    world.made("/v1/partners", json!({ "uin": 9, "kind": "agent", "allocation_quota": "0" })).await;
    world.made("/v1/customers", json!({ "uin": ADMIN, "partner_uin": 9 })).await;
    assert_eq!(failed(&ask(&world, json!({})).await), [("O60", "UnsupportedOperation.ExistedClient")]);
    world.delete(&format!("/v1/customers/{ADMIN}")).await.is(200);
    world.made("/v1/customers", json!({ "uin": MEMBER, "partner_uin": 9 })).await;
    assert_eq!(failed(&ask(&world, json!({})).await), [("O53", "UnsupportedOperation.MemberIsAgent")]);
}

#[tokio::test]
async fn a_payer_that_is_overdue_and_below_zero_does_not_pay() {
    let world = base().await;
    let overdue = json!({ "overdue_amount": "10" });
    world.patch(&format!("/v1/accounts/{ADMIN}/finance"), overdue).await.is(200);
    assert_eq!(failed(&ask(&world, json!({})).await), [], "one alone passes");
    owes(&world, ADMIN, "110").await;
    let refused = [("O61", "UnsupportedOperation.PayerArrearsAndNoCreditAccount")];
    assert_eq!(failed(&ask(&world, json!({})).await), refused);
    world.patch(&format!("/v1/accounts/{ADMIN}/finance"), json!({ "overdue_amount": "0" })).await.is(200);
    assert_eq!(failed(&ask(&world, json!({})).await), []);
}

/// In distribution mode: the same distributor, no live vouchers, pay-on-behalf only.
#[tokio::test]
async fn sub_customers_are_of_the_same_distributor_and_always_paid_for() {
    let world = base().await;
    for (uin, kind) in [(7, "distributor"), (8, "reseller")] {
        world.made("/v1/accounts", json!({ "uin": uin, "name": "Partner" })).await;
        let partner = json!({ "uin": uin, "kind": kind, "allocation_quota": "1000" });
        world.made("/v1/partners", partner).await;
    }
    world.made("/v1/customers", json!({ "uin": MEMBER, "partner_uin": 7 })).await;
    let answer = ask(&world, json!({})).await;
    assert_eq!(failed(&answer), [("O55", "UnsupportedOperation.ExistedClient")]);
    world.made("/v1/customers", json!({ "uin": ADMIN, "partner_uin": 8 })).await;
    let answer = ask(&world, json!({})).await;
    assert_eq!(failed(&answer)[0], ("O55", "UnsupportedOperation.AgentNotSame"));
    world.delete(&format!("/v1/customers/{ADMIN}")).await.is(200);
    world.made("/v1/customers", json!({ "uin": ADMIN, "partner_uin": 7 })).await;
    assert_eq!(failed(&ask(&world, json!({})).await), []);
    let alone = ask(&world, json!({ "permission_ids": [1, 2] })).await;
    assert_eq!(failed(&alone), [("O54", "FailedOperation.OrganizationPermissionIllegal")]);
    let voucher =
        json!({ "kind": "customer", "owner_uin": MEMBER, "amount": "20", "expires_at": "2100-06-01T00:00:00+08:00" });
    let voucher = world.post("/v1/vouchers", voucher).await.is(201);
    assert_eq!(failed(&ask(&world, json!({})).await), [("O56", "UnsupportedOperation.MemberHasVoucher")]);
    let id = voucher["id"].as_str().unwrap();
    world.post(&format!("/v1/vouchers/{id}/invalidate"), json!({})).await.is(200);
    assert_eq!(failed(&ask(&world, json!({})).await), []);
}

#[tokio::test]
async fn who_nobody_follows_leaves_with_a_card() {
    let world = base().await;
    let leaving = json!({ "direction": "disable" });
    let stays = [("O69", "UnsupportedOperation.MemberNoPayment")];
    for tier in ["mid", "long_tail"] {
        change(&world, MEMBER, json!({ "tier": tier, "channel_manager": null })).await;
        assert_eq!(failed(&ask(&world, leaving.clone()).await), stays);
    }
    let path = format!("/v1/accounts/{MEMBER}/cards");
    world.post(&path, json!({ "last4": "4242", "expires": "1969-12" })).await.blames(422, "card_expired", "expires");
    let card = world.post(&path, json!({ "last4": "0042", "expires": "2100-01" })).await.is(201);
    assert_eq!((&card["last4"], &card["expires"]), (&json!("0042"), &json!("2100-01")));
    assert_eq!(failed(&ask(&world, leaving.clone()).await), []);
    assert_eq!(world.all(&path, 7).await, std::slice::from_ref(&card));
    let id = card["card_id"].as_str().unwrap();
    assert!(id.starts_with("card_"));
    world.delete(&format!("{path}/{id}")).await.is(204);
    world.delete(&format!("{path}/{id}")).await.refuses(404, "card_not_found");
    assert_eq!(failed(&ask(&world, leaving.clone()).await), stays);
    change(&world, MEMBER, json!({ "tier": "key" })).await;
    assert_eq!(failed(&ask(&world, leaving).await), []);
}

#[tokio::test]
async fn bad_questions_name_the_field_and_the_rule() {
    let world = base().await;
    let good = || json!({ "admin_uin": ADMIN, "member_uin": MEMBER, "direction": "enable" });
    let with = |field: &str, value: Value| {
        let mut body = good();
        body[field] = value;
        body
    };
    for (body, status, code, field) in [
        (with("direction", json!("in")), 400, "invalid_value", "direction"),
        (with("permission_ids", json!([1, 11])), 400, "invalid_value", "permission_ids[1]"),
        (with("permission_ids", json!(7)), 400, "invalid_value", "permission_ids"),
        (with("permission_ids", json!(vec![1; 11])), 400, "invalid_value", "permission_ids"),
        (with("site", json!("moon")), 400, "invalid_value", "site"),
        (with("admin", json!(1)), 400, "unknown_field", "admin"),
        (json!({ "admin_uin": ADMIN, "direction": "enable" }), 400, "missing_field", "member_uin"),
    ] {
        world.post("/v1/pay-on-behalf/check", body).await.blames(status, code, field);
    }
    // Leaving asks for less, and takes as much.
    let mut leaving = with("direction", json!("disable"));
    (leaving["permission_ids"], leaving["pay_uin"]) = (json!([1]), Value::Null);
    world.post("/v1/pay-on-behalf/check", leaving).await.is(200);
    world.post("/v1/pay-on-behalf/check", with("member_uin", json!(77))).await.refuses(404, "account_not_found");
    let malformed = world.ask("POST", "/v1/pay-on-behalf/check").once("a b").json(&good()).send().await;
    assert_eq!(malformed.status, 400, "{}", malformed.text);
    // A key that only reads may ask.
    let key = world.read_key().await;
    world.ask("POST", "/v1/pay-on-behalf/check").key(&key).json(&good()).send().await.is(200);
}

#[tokio::test]
async fn bad_cards_name_the_field_and_the_rule() {
    let world = base().await;
    let path = format!("/v1/accounts/{MEMBER}/cards");
    for (body, code, field) in [
        (json!({ "last4": "42", "expires": "2100-04" }), "invalid_value", "last4"),
        (json!({ "last4": "424a", "expires": "2100-04" }), "invalid_value", "last4"),
        (json!({ "last4": "4242", "expires": "2100-13" }), "invalid_value", "expires"),
        (json!({ "last4": "4242" }), "missing_field", "expires"),
    ] {
        world.post(&path, body).await.blames(400, code, field);
    }
    world
        .post("/v1/accounts/77/cards", json!({ "last4": "4242", "expires": "2100-04" }))
        .await
        .refuses(404, "account_not_found");
    for _ in 0..50 {
        world.made(&path, json!({ "last4": "4242", "expires": "2100-04" })).await;
    }
    let more = json!({ "last4": "4242", "expires": "2100-04" });
    world.post(&path, more).await.refuses(409, "too_many_cards");
    let page = world.all(&path, 7).await;
    assert_eq!(page.len(), 50);
}

#[tokio::test]
async fn an_account_is_on_a_site_for_ever() {
    let world = base().await;
    assert_eq!(world.get(&format!("/v1/accounts/{ADMIN}")).await.is(200)["site"], "intl");
    let opened = world.post("/v1/accounts", json!({ "uin": 5, "name": "A", "site": "cn" })).await.is(201);
    assert_eq!(opened["site"], "cn");
    world.patch("/v1/accounts/5", json!({ "site": "intl" })).await.blames(400, "unknown_field", "site");
    assert_eq!(world.get("/v1/accounts/5").await.is(200)["site"], "cn");
}
