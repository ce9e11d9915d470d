//! How a customer is suspended and warned: its settings over HTTP, and what its view says of how it stands.

mod support;

use serde_json::{Value, json};
use support::{World, pick, purchase};

/// The settings in a customer's view.
fn settings(view: &Value) -> Value {
    json!([view["non_stop"], view["special_suspension"], view["partner_warning_percent"], view["own_warning_percent"]])
}

/// Suspends customer 2 by force, or ends that.
async fn force(world: &World, forced: bool) -> Value {
    world.ask("PUT", "/v1/customers/2/suspension").json(&json!({ "forced": forced })).send().await.is(200)
}

#[tokio::test]
async fn a_new_customer_has_no_privileges_and_no_levels_of_its_own() {
    let world = World::new();
    world.shop().await;
    let view = world.get("/v1/customers/2").await.is(200);
    assert_eq!(settings(&view), json!([{ "prepaid": false, "postpaid": false }, false, null, null]));
    let seller = world.get("/v1/accounts/1").await.is(200);
    assert_eq!(settings(&seller), json!([null, null, null, null]));
}

#[tokio::test]
async fn a_change_leaves_alone_what_it_does_not_name_and_null_removes_a_level() {
    let world = World::new();
    world.shop().await;
    let change = json!({ "non_stop": { "postpaid": true }, "partner_warning_percent": 40, "own_warning_percent": 0 });
    let view = world.patch("/v1/customers/2", change).await.is(200);
    assert_eq!(settings(&view), json!([{ "prepaid": false, "postpaid": true }, false, 40, 0]));
    assert_eq!(view["credit"]["total"], "1000.00");
    let change =
        json!({ "non_stop": { "prepaid": true }, "special_suspension": true, "partner_warning_percent": null });
    let refused = world.patch("/v1/customers/2", change.clone()).await;
    refused.refuses(403, "not_allowlisted");
    assert_eq!(refused.json()["feature"], "special_suspension");
    assert_eq!(settings(&world.get("/v1/customers/2").await.is(200)), settings(&view));
    world.patch("/v1/partners/1", json!({ "allowlist": ["special_suspension"] })).await.is(200);
    let view = world.patch("/v1/customers/2", change).await.is(200);
    assert_eq!(settings(&view), json!([{ "prepaid": true, "postpaid": true }, true, null, 0]));
    assert_eq!(settings(&world.patch("/v1/customers/2", json!({})).await.is(200)), settings(&view));
    for path in ["/v1/customers/2", "/v1/accounts/2"] {
        assert_eq!(settings(&world.get(path).await.is(200)), settings(&view), "{path}");
    }
    let listed = world.get("/v1/customers?partner_uin=1").await.is(200);
    assert_eq!(settings(&listed["data"][0]), settings(&view));
}

#[tokio::test]
async fn settings_are_read_strictly() {
    let world = World::new();
    world.shop().await;
    for (body, code, field) in [
        (json!({ "partner_warning_percent": 101 }), "invalid_value", "partner_warning_percent"),
        (json!({ "partner_warning_percent": 300 }), "invalid_value", "partner_warning_percent"),
        (json!({ "own_warning_percent": -1 }), "invalid_value", "own_warning_percent"),
        (json!({ "own_warning_percent": 25.5 }), "invalid_value", "own_warning_percent"),
        (json!({ "own_warning_percent": "25" }), "invalid_value", "own_warning_percent"),
        (json!({ "own_warning_percent": true }), "invalid_value", "own_warning_percent"),
        (json!({ "special_suspension": null }), "invalid_value", "special_suspension"),
        (json!({ "special_suspension": 1 }), "invalid_value", "special_suspension"),
        (json!({ "non_stop": null }), "invalid_value", "non_stop"),
        (json!({ "non_stop": [true, true] }), "invalid_value", "non_stop"),
        (json!({ "non_stop": { "prepaid": null } }), "invalid_value", "non_stop.prepaid"),
        (json!({ "non_stop": { "postpaid": "yes" } }), "invalid_value", "non_stop.postpaid"),
        (json!({ "non_stop": { "other": true } }), "unknown_field", "non_stop.other"),
        (json!({ "partner_uin": 1 }), "unknown_field", "partner_uin"),
    ] {
        world.patch("/v1/customers/2", body).await.blames(400, code, field);
    }
    let twice = r#"{"special_suspension":true,"special_suspension":false}"#;
    let answer = world.ask("PATCH", "/v1/customers/2").text(twice).send().await;
    answer.blames(400, "duplicate_field", "special_suspension");
    let view = world.get("/v1/customers/2").await.is(200);
    assert_eq!(settings(&view), json!([{ "prepaid": false, "postpaid": false }, false, null, null]));
}

#[tokio::test]
async fn only_a_bound_account_has_them() {
    let world = World::new();
    world.shop().await;
    for (uin, body) in [
        ("1", json!({ "special_suspension": true })),
        ("1", json!({ "non_stop": { "prepaid": true } })),
        ("7", json!({ "special_suspension": true })),
        ("x", json!({ "special_suspension": true })),
    ] {
        let answer = world.patch(&format!("/v1/customers/{uin}"), body).await;
        answer.refuses(404, "customer_not_found");
    }
}

#[tokio::test]
async fn a_privilege_holds_a_customer_until_it_is_off() {
    let world = World::new();
    world.shop().await;
    world.patch("/v1/customers/2", json!({ "non_stop": { "prepaid": true } })).await.is(200);
    assert_eq!(world.delete("/v1/customers/2").await.refuses(409, "non_stop_on")["account_uin"], 2);
    world.patch("/v1/customers/2", json!({ "non_stop": { "prepaid": false } })).await.is(200);
    world.delete("/v1/customers/2").await.is(200);
}

#[tokio::test]
async fn a_level_that_is_crossed_already_is_warned_of_when_it_is_set() {
    let world = World::new();
    world.shop().await;
    world.buy("500").await;
    assert_eq!(world.all("/v1/notices", 50).await.len(), 0);
    world.patch("/v1/customers/2", json!({ "own_warning_percent": 60 })).await.is(200);
    let told = world.all("/v1/notices", 50).await;
    assert_eq!(told.len(), 1);
    assert_eq!(pick(&told[0], "kind level recipient_uin customer_uin"), json!(["credit_below_custom", 60, 2, 2]));
}

#[tokio::test]
async fn a_forced_customer_says_so_and_buys_nothing() {
    let world = World::new();
    world.shop().await;
    let forced = force(&world, true).await;
    assert_eq!(world.get("/v1/customers/2").await.is(200), forced);
    let credit = forced["credit"].clone();
    assert_eq!((&credit["state"], &credit["available"]), (&json!("forced"), &json!("1000.00")));
    assert_eq!(credit["forced_since"], world.get("/v1/clock").await.is(200)["now"]);
    let order = purchase("1");
    let refused = world.post("/v1/orders", order.clone()).await;
    assert_eq!(refused.refuses(409, "account_suspended")["account_uin"], 2);
    force(&world, false).await;
    let credit = world.credit().await;
    assert_eq!((&credit["state"], &credit["forced_since"]), (&json!("normal"), &Value::Null));
    world.post("/v1/orders", order).await.is(201);
}

#[tokio::test]
async fn a_forced_suspension_is_read_strictly() {
    let world = World::new();
    world.shop().await;
    let path = "/v1/customers/2/suspension";
    for (body, code, field) in [
        (json!({}), "missing_field", "forced"),
        (json!({ "forced": null }), "invalid_value", "forced"),
        (json!({ "forced": "yes" }), "invalid_value", "forced"),
        (json!({ "forced": true, "reason": "x" }), "unknown_field", "reason"),
    ] {
        world.ask("PUT", path).json(&body).send().await.blames(400, code, field);
    }
    for uin in ["1", "7", "x"] {
        let ask = world.ask("PUT", &format!("/v1/customers/{uin}/suspension")).json(&json!({ "forced": true })).send();
        ask.await.refuses(404, "customer_not_found");
    }
    assert_eq!(world.get("/v1/customers/2").await.is(200)["credit"]["state"], "normal");
}

#[tokio::test]
async fn force_wins_over_arrears_and_arrears_remain_when_it_ends() {
    let world = World::new();
    world.shop().await;
    let now = world.get("/v1/clock").await.is(200)["now"].clone();
    let record = json!({ "key": "u", "account_uin": 2, "product_code": "cvm", "amount": "1000.01",
        "period_start": now, "period_end": now });
    world.made("/v1/usage", json!({ "records": [record] })).await;
    assert_eq!(force(&world, true).await["credit"]["state"], "forced");
    assert_eq!(force(&world, false).await["credit"]["state"], "overdue");
}

#[tokio::test]
async fn a_customer_below_zero_is_overdue_until_it_is_not() {
    let world = World::new();
    world.shop().await;
    let now = world.get("/v1/clock").await.is(200)["now"].clone();
    let record = json!({ "key": "u", "account_uin": 2, "product_code": "cvm", "amount": "1000.01",
        "period_start": now, "period_end": now });
    world.made("/v1/usage", json!({ "records": [record] })).await;
    let credit = world.get("/v1/customers/2").await.is(200)["credit"].clone();
    assert_eq!(pick(&credit, "state available overdue_since"), json!(["overdue", "-0.01", now]));
    world.made("/v1/customers/2/allocations", json!({ "amount": "0.01" })).await;
    let credit = world.get("/v1/customers/2").await.is(200)["credit"].clone();
    assert_eq!(json!([credit["state"], credit["available"], credit["overdue_since"]]), json!(["normal", "0.00", null]));
}

#[tokio::test]
async fn what_is_left_on_vouchers_stands_beside_the_credit() {
    let world = World::new();
    world.shop().await;
    let until = "2099-01-01T00:00:00+08:00";
    let voucher = json!({ "kind": "customer", "owner_uin": 2, "amount": "30", "expires_at": until });
    let voucher = world.made("/v1/vouchers", voucher).await;
    let credit = |view: &Value| json!([view["credit"]["remaining_voucher"], view["credit"]["available"]]);
    for path in ["/v1/customers/2", "/v1/accounts/2"] {
        assert_eq!(credit(&world.get(path).await.is(200)), json!(["30.00", "1000.00"]), "{path}");
    }
    let listed = world.all("/v1/customers?partner_uin=1", 50).await;
    assert_eq!(credit(&listed[0]), json!(["30.00", "1000.00"]));
    world.buy("20").await;
    assert_eq!(credit(&world.get("/v1/customers/2").await.is(200)), json!(["10.00", "1000.00"]));
    let id = voucher["id"].as_str().unwrap();
    world.made(&format!("/v1/vouchers/{id}/invalidate"), json!({})).await;
    assert_eq!(credit(&world.get("/v1/customers/2").await.is(200)), json!(["0.00", "1000.00"]));
}

#[tokio::test]
async fn of_many_changes_at_once_none_is_lost() {
    let world = World::new();
    world.shop().await;
    for round in 0..40 {
        let on = round % 2 == 0;
        let (prepaid, postpaid, names) = tokio::join!(
            world.patch("/v1/customers/2", json!({ "non_stop": { "prepaid": on } })),
            world.patch("/v1/customers/2", json!({ "non_stop": { "postpaid": on } })),
            world.patch("/v1/accounts/2", json!({ "email": format!("{round}@example.test") })),
        );
        let (phone, model, amount, coefficient) = tokio::join!(
            world.patch("/v1/accounts/2", json!({ "phone": format!("+{round}") })),
            world.patch("/v1/products/cvm", json!({ "freeze": { "model": if on { "fixed" } else { "none" } } })),
            world.patch("/v1/products/cvm", json!({ "freeze": { "amount": format!("{round}.00") } })),
            world.patch("/v1/products/cvm", json!({ "freeze": { "coefficient": format!("{round}.50") } })),
        );
        for answer in [prepaid, postpaid, names, phone, model, amount, coefficient] {
            answer.is(200);
        }
        let account = world.get("/v1/accounts/2").await.is(200);
        assert_eq!(account["non_stop"], json!({ "prepaid": on, "postpaid": on }), "round {round}");
        let email = format!("{round}@example.test");
        assert_eq!((&account["email"], &account["phone"]), (&json!(email), &json!(format!("+{round}"))));
        let freeze = world.get("/v1/products/cvm").await.is(200)["freeze"].clone();
        let model = if on { "fixed" } else { "none" };
        let expected = json!({ "model": model, "coefficient": format!("{round}.50"), "amount": format!("{round}.00") });
        assert_eq!(freeze, expected, "round {round}");
    }
}
