//! Partners, customers and their credit over HTTP: the vectors of the specification's section 19 that need no purchase.

mod support;

use serde_json::{Value, json};
use support::{World, timeless};

#[tokio::test]
async fn an_allocation_moves_both_sides_and_leaves_a_record() {
    let world = World::new();
    world.partner(1, "reseller", "1050.10").await;
    world.customer(2, 1, "0").await;
    let done = world.post("/v1/customers/2/allocations", json!({ "amount": "50", "remark": "start" })).await.is(201);
    assert_eq!((&done["total"], &done["available"]), (&json!("50.00"), &json!("50.00")));
    let partner = world.get("/v1/partners/1").await.is(200);
    assert_eq!(partner["allocation"], json!({ "quota": "1050.10", "allocated": "50.00", "allocatable": "1000.10" }));
    let account = world.get("/v1/accounts/2").await.is(200);
    assert_eq!(account["credit"]["available"], "50.00");
    assert_eq!(account["bound_to"], 1);
    let history = world.get("/v1/customers/2/allocations").await.is(200);
    let record = &history["data"][0];
    assert_eq!(record["allocation_id"], done["allocation_id"]);
    assert_eq!(
        (&record["amount"], &record["operator_uin"], &record["remark"]),
        (&json!("50.00"), &json!(1), &json!("start"))
    );
    assert_eq!(history["next_cursor"], json!(null));
}

#[tokio::test]
async fn an_account_shows_what_it_was_opened_with() {
    let world = World::new();
    let full = json!({
        "uin": 777, "name": "Example Ltd", "email": "ops@example.test", "phone": "+6591234567",
        "class": { "kind": "internal", "type": 4 },
        "verification": { "level": "enterprise", "entity_id": "e-1", "entity_name": "Example" },
        "tier": "long_tail", "channel_manager": "Someone"
    });
    let opened = world.post("/v1/accounts", full.clone()).await.is(201);
    for (name, value) in full.as_object().unwrap() {
        assert_eq!(&opened[name], value);
    }
    assert_eq!(world.get("/v1/accounts/777").await.is(200), opened);
    world.post("/v1/accounts", full).await.blames(409, "account_exists", "uin");
    let plain = world.post("/v1/accounts", json!({ "name": "Plain" })).await.is(201);
    assert_eq!(
        timeless(plain),
        json!({
            "uin": 100_000_000_001_u64, "name": "Plain", "email": null, "phone": null, "class": { "kind": "external" },
            "verification": { "level": "none", "entity_id": null, "entity_name": null }, "tier": "none",
            "channel_manager": null, "site": "intl", "created_at": "[time]",
            "channel": { "role": "direct", "partner_uin": null, "level": null }, "credit": null, "partner": null, "bound_to": null,
            "bound_at": null, "non_stop": null, "special_suspension": null, "partner_warning_percent": null,
            "own_warning_percent": null, "organization": null,
            "finance": {
                "cash": "0.00", "granted": "0.00", "credit_limit": "0.00", "credit_used": "0.00", "frozen": "0.00",
                "overdue_amount": "0.00", "available": "0.00", "state": "normal", "is_credit_account": false,
                "inherits_offers_from": null
            }
        })
    );
}

/// O2: it follows from what exists, whoever asks.
#[tokio::test]
async fn an_account_shows_its_place_in_the_channel() {
    let world = World::new();
    for uin in 1..=8 {
        world.made("/v1/accounts", json!({ "uin": uin, "name": "A" })).await;
    }
    for (uin, kind, distributor) in
        [(1, "reseller", None), (2, "distributor", None), (3, "second_level_reseller", Some(2)), (4, "agent", None)]
    {
        let mut partner = json!({ "uin": uin, "kind": kind, "allocation_quota": "0.00" });
        if let Some(distributor) = distributor {
            partner["distributor_uin"] = json!(distributor);
        }
        world.made("/v1/partners", partner).await;
    }
    for (customer, partner) in [(5, 1), (6, 2), (7, 3), (8, 4)] {
        world.made("/v1/customers", json!({ "uin": customer, "partner_uin": partner })).await;
    }
    let places = [
        (1, json!({ "role": "reseller", "partner_uin": null, "level": null })),
        (2, json!({ "role": "distributor", "partner_uin": null, "level": null })),
        (3, json!({ "role": "second_level_reseller", "partner_uin": null, "level": null })),
        (4, json!({ "role": "agent", "partner_uin": null, "level": null })),
        (5, json!({ "role": "sub_customer", "partner_uin": 1, "level": 1 })),
        (6, json!({ "role": "sub_customer", "partner_uin": 2, "level": 1 })),
        (7, json!({ "role": "sub_customer", "partner_uin": 3, "level": 2 })),
        (8, json!({ "role": "agent_customer", "partner_uin": 4, "level": null })),
    ];
    for (uin, channel) in places {
        let account = world.get(&format!("/v1/accounts/{uin}")).await.is(200);
        assert_eq!(account["channel"], channel, "{uin}");
        assert_eq!(account["credit"].is_null(), !(5..=7).contains(&uin), "{uin}");
    }
    world.delete("/v1/customers/5").await;
    assert_eq!(world.get("/v1/accounts/5").await.is(200)["channel"]["role"], "direct");
}

#[tokio::test]
async fn a_change_leaves_alone_what_it_does_not_name() {
    let world = World::new();
    let opened = json!({ "uin": 1, "name": "A", "email": "a@example.test", "tier": "key", "verification": { "entity_id": "e" } });
    let mut account = world.made("/v1/accounts", opened).await;
    let changed = world
        .patch("/v1/accounts/1", json!({ "email": null, "phone": "1", "verification": { "level": "personal" } }))
        .await
        .is(200);
    (account["email"], account["phone"]) = (json!(null), json!("1"));
    account["verification"]["level"] = json!("personal");
    assert_eq!(changed, account);
    assert_eq!(world.patch("/v1/accounts/1", json!({})).await.is(200), account);
    for (body, field) in [(json!({ "name": null }), "name"), (json!({ "tier": null }), "tier")] {
        world.patch("/v1/accounts/1", body).await.blames(400, "invalid_value", field);
    }
    world.patch("/v1/accounts/1", json!({ "uin": 2 })).await.blames(400, "unknown_field", "uin");
    world.patch("/v1/accounts/7", json!({ "name": "B" })).await.refuses(404, "account_not_found");
}

#[tokio::test]
async fn a_partner_has_two_ledgers() {
    let world = World::new();
    world.account(1).await;
    let new = json!({
        "uin": 1, "kind": "reseller", "allocation_quota": "1000", "spend_line": "800", "voucher_quota": "50",
        "allowlist": ["create_account", "force_suspension", "create_account"]
    });
    let made = world.post("/v1/partners", new).await.is(201);
    assert_eq!(
        timeless(made.clone()),
        json!({
            "uin": 1, "kind": "reseller", "distributor_uin": null,
            "allocation": { "quota": "1000.00", "allocated": "0.00", "allocatable": "1000.00" },
            "spend": { "line": "800.00", "used": "0.00", "frozen": "0.00", "available": "800.00" },
            "vouchers": { "quota": "50.00", "issued": "0.00", "remaining": "50.00" },
            "allowlist": ["force_suspension", "create_account"], "registered_at": "[time]"
        })
    );
    assert_eq!(world.get("/v1/partners/1").await.is(200), made);
    assert_eq!(world.get("/v1/accounts/1").await.is(200)["partner"], made);
    world.customer(2, 1, "600").await;
    let refused = world.patch("/v1/partners/1", json!({ "allocation_quota": "599.99" })).await;
    let refused = refused.blames(422, "below_allocated", "allocation_quota");
    assert_eq!((&refused["requested"], &refused["allocated"]), (&json!("599.99"), &json!("600.00")));
    let changed = world.patch("/v1/partners/1", json!({ "allocation_quota": "600", "allowlist": [] })).await.is(200);
    assert_eq!(changed["allocation"], json!({ "quota": "600.00", "allocated": "600.00", "allocatable": "0.00" }));
    assert_eq!((&changed["allowlist"], &changed["spend"]["line"]), (&json!([]), &json!("800.00")));
}

#[tokio::test]
async fn what_a_partner_cannot_be_is_refused_by_the_field() {
    let world = World::new();
    world.partner(1, "distributor", "100").await;
    world.account(2).await;
    world.account(3).await;
    world.made("/v1/customers", json!({ "uin": 3, "partner_uin": 1 })).await;
    let with = |more: Value| {
        let mut body = json!({ "uin": 2, "kind": "reseller", "allocation_quota": "10" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, status, code, field) in [
        (json!({ "uin": 9 }), 404, "account_not_found", "uin"),
        (json!({ "uin": 1 }), 409, "already_partner", "uin"),
        (json!({ "uin": 3 }), 409, "already_bound", "uin"),
        (json!({ "kind": "second_level_reseller" }), 422, "distributor_required", "distributor_uin"),
        (
            json!({ "kind": "second_level_reseller", "distributor_uin": 2 }),
            404,
            "distributor_not_found",
            "distributor_uin",
        ),
        (json!({ "distributor_uin": 1 }), 422, "wrong_partner_kind", "distributor_uin"),
        (
            json!({ "kind": "second_level_reseller", "distributor_uin": 1, "spend_line": "1" }),
            422,
            "wrong_partner_kind",
            "spend_line",
        ),
        (
            json!({ "kind": "second_level_reseller", "distributor_uin": 1, "allocation_quota": "100.01" }),
            422,
            "exceeds_allocatable",
            "allocation_quota",
        ),
        (json!({ "allocation_quota": "-1" }), 422, "quota_negative", "allocation_quota"),
        (json!({ "spend_line": "-1" }), 422, "quota_negative", "spend_line"),
        (json!({ "voucher_quota": "-1" }), 422, "quota_negative", "voucher_quota"),
        (json!({ "kind": "friend" }), 400, "invalid_value", "kind"),
        (json!({ "allowlist": ["fly"] }), 400, "invalid_value", "allowlist[0]"),
    ] {
        world.post("/v1/partners", with(more)).await.blames(status, code, field);
    }
    let refused = world.post("/v1/partners", json!({ "uin": 2, "kind": "agent" })).await;
    refused.blames(400, "missing_field", "allocation_quota");
    let agent = world.post("/v1/partners", with(json!({ "kind": "agent" }))).await.is(201);
    assert_eq!(agent["spend"], json!(null));
}

#[tokio::test]
async fn a_reclaim_is_bounded_by_what_is_available() {
    let world = World::new();
    world.partner(1, "reseller", "1000").await;
    world.customer(2, 1, "300").await;
    let path = "/v1/customers/2/allocations";
    let refused = world.post(path, json!({ "amount": "700.01" })).await.blames(422, "exceeds_allocatable", "amount");
    assert_eq!(json!([refused["account_uin"], refused["allocatable"]]), json!([1, "700.00"]));
    assert_eq!(refused["because"][0]["rule"], "R32");
    let refused = world.post(path, json!({ "amount": "-300.01" })).await.blames(422, "exceeds_available", "amount");
    assert_eq!(json!([refused["requested"], refused["available"]]), json!(["300.01", "300.00"]));
    let refused = world.post(path, json!({ "amount": "-300", "remark": "x".repeat(257) })).await;
    refused.blames(400, "invalid_value", "remark");
    let done = world.post(path, json!({ "amount": "-300" })).await.is(201);
    assert_eq!((&done["total"], &done["available"]), (&json!("0.00"), &json!("0.00")));
    world.post("/v1/customers/1/allocations", json!({ "amount": "1" })).await.refuses(404, "customer_not_found");
    assert_eq!(world.all(path, 50).await.len(), 2);
}

#[tokio::test]
async fn a_binding_begins_with_nothing_and_ends_with_its_total_returned() {
    let world = World::new();
    world.partner(1, "reseller", "1000").await;
    world.account(2).await;
    let bind = json!({ "uin": 2, "partner_uin": 1 });
    let bound = world.post("/v1/customers", bind.clone()).await.is(201);
    assert_eq!(
        timeless(bound),
        json!({
            "uin": 2, "partner_uin": 1, "bound_to": 1, "bound_at": "[time]",
            "credit": {
                "total": "0.00", "used": "0.00", "prepay_frozen": "0.00", "postpay_frozen": "0.00", "available": "0.00",
                "remaining_voucher": "0.00", "state": "normal", "overdue_since": null, "forced_since": null
            }
        })
    );
    world.post("/v1/customers", bind.clone()).await.blames(409, "already_bound", "uin");
    world.post("/v1/customers", json!({ "uin": 1, "partner_uin": 1 })).await.blames(409, "already_partner", "uin");
    let refused = world.post("/v1/customers", json!({ "uin": 2, "partner_uin": 2 })).await;
    refused.blames(404, "partner_not_found", "partner_uin");
    world.made("/v1/customers/2/allocations", json!({ "amount": "400" })).await;
    let ended = world.delete("/v1/customers/2").await.is(200);
    assert_eq!(ended, json!({ "uin": 2, "partner_uin": 1, "returned": "400.00" }));
    assert_eq!(world.get("/v1/partners/1").await.is(200)["allocation"]["allocated"], "0.00");
    let account = world.get("/v1/accounts/2").await.is(200);
    assert_eq!((&account["credit"], &account["bound_to"]), (&json!(null), &json!(null)));
    world.delete("/v1/customers/2").await.refuses(404, "customer_not_found");
    world.get("/v1/customers/2").await.refuses(404, "customer_not_found");
    world.post("/v1/customers", bind).await.is(201);
}

#[tokio::test]
async fn who_owes_or_has_something_open_is_not_unbound() {
    let world = World::new();
    world.shop().await;
    let mut order =
        json!({ "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": "1", "capture": false });
    let held = world.made("/v1/orders", order.clone()).await;
    world.delete("/v1/customers/2").await.refuses(409, "has_open_holds");
    world.made(&format!("/v1/orders/{}/cancel", held["id"].as_str().unwrap()), json!({})).await;
    order["park"] = json!(true);
    order["amount"] = json!("99999");
    let parked = world.made("/v1/orders", order).await;
    world.delete("/v1/customers/2").await.refuses(409, "has_parked_orders");
    world.made(&format!("/v1/orders/{}/cancel", parked["id"].as_str().unwrap()), json!({})).await;
    world.delete("/v1/customers/2").await.is(200);
}

#[tokio::test]
async fn lists_stay_stable_while_things_are_added() {
    let world = World::new();
    world.partner(1, "reseller", "1000").await;
    world.partner(2, "reseller", "1000").await;
    for uin in 10..17 {
        world.customer(uin, if uin == 13 { 2 } else { 1 }, "1").await;
    }
    let uins = |found: &[Value]| found.iter().map(|one| one["uin"].as_u64().unwrap()).collect::<Vec<_>>();
    let page = world.get("/v1/customers?partner_uin=1&limit=3").await.is(200);
    assert_eq!(uins(page["data"].as_array().unwrap()), [10, 11, 12]);
    world.customer(17, 1, "1").await;
    world.delete("/v1/customers/11").await.is(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = world.get(&format!("/v1/customers?partner_uin=1&limit=3&cursor={cursor}")).await.is(200);
    assert_eq!(uins(next["data"].as_array().unwrap()), [14, 15, 16]);
    assert_eq!(uins(&world.all("/v1/customers", 2).await), [10, 12, 13, 14, 15, 16, 17]);
    assert_eq!(uins(&world.all("/v1/accounts", 4).await), [1, 2, 10, 11, 12, 13, 14, 15, 16, 17]);
    assert_eq!(uins(&world.all("/v1/partners", 1).await), [1, 2]);
    // A cursor of one list is none of another.
    world.get(&format!("/v1/accounts?cursor={cursor}")).await.blames(400, "invalid_value", "cursor");
    // Newest first: what is added comes before the cursor, and nothing is shown twice.
    for amount in 1..6 {
        world.made("/v1/customers/10/allocations", json!({ "amount": amount.to_string() })).await;
    }
    let path = "/v1/customers/10/allocations";
    let page = world.get(&format!("{path}?limit=2")).await.is(200);
    world.made(path, json!({ "amount": "9" })).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = world.get(&format!("{path}?limit=9&cursor={cursor}")).await.is(200);
    let amounts =
        |page: &Value| page["data"].as_array().unwrap().iter().map(|one| one["amount"].clone()).collect::<Vec<_>>();
    assert_eq!(amounts(&page), ["5.00", "4.00"]);
    assert_eq!(amounts(&next), ["3.00", "2.00", "1.00", "1.00"]);
}

#[tokio::test]
async fn products_are_added_shown_and_changed() {
    let world = World::new();
    let added = world.post("/v1/products", json!({ "code": "cvm", "settlement": "hourly" })).await.is(201);
    assert_eq!(
        added,
        json!({
            "code": "cvm", "name": "cvm", "settlement": "hourly", "grace_hours": 2, "retention_days": 15,
            "freeze": { "model": "none", "coefficient": "1.00", "amount": "0.00" }, "inheritable": true
        })
    );
    let daily =
        world.post("/v1/products", json!({ "code": "cos", "settlement": "daily", "name": "Storage" })).await.is(201);
    assert_eq!(daily["grace_hours"], 24);
    let changed = world.patch("/v1/products/cvm", json!({ "name": "Server", "grace_hours": 4 })).await.is(200);
    assert_eq!(json!([changed["name"], changed["settlement"], changed["grace_hours"]]), json!(["Server", "hourly", 4]));
    assert_eq!(world.all("/v1/products", 1).await, [changed, daily]);
    world.patch("/v1/products/none", json!({ "name": "x" })).await.refuses(404, "product_not_found");
    world.patch("/v1/products/cvm", json!({ "code": "x" })).await.blames(400, "unknown_field", "code");
    let refused = world.post("/v1/products", json!({ "code": "a b", "settlement": "daily" })).await;
    refused.blames(400, "invalid_value", "code");
}

#[tokio::test]
async fn credentials_are_listed_without_secrets_and_taken_back() {
    let world = World::new();
    world.account(1).await;
    world.account(2).await;
    let path = "/v1/accounts/1/credentials";
    let first = world.ask("POST", path).send().await.is(201);
    let second = world.post(path, json!({})).await.is(201);
    let listed = world.all(path, 1).await;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|one| one.as_object().unwrap().len() == 2), "{listed:?}");
    let id = first["secret_id"].as_str().unwrap();
    world.delete(&format!("/v1/accounts/2/credentials/{id}")).await.refuses(404, "credential_not_found");
    world.delete(&format!("{path}/{id}")).await.is(204);
    world.delete(&format!("{path}/{id}")).await.refuses(404, "credential_not_found");
    let left = world.all(path, 50).await;
    assert_eq!((left.len(), &left[0]["secret_id"]), (1, &second["secret_id"]));
    world.post("/v1/accounts/9/credentials", json!({})).await.refuses(404, "account_not_found");
    world.get("/v1/accounts/9/credentials").await.refuses(404, "account_not_found");
}
