//! The message center and what fills it: warnings once per level, recipient and day, suspension and resumption, and what
//! an account says it wants to be told of.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::World;

/// Usage of this price, settled now.
async fn used(world: &World, key: &str, amount: &str) {
    let now = world.get("/v1/clock").await.is(200)["now"].clone();
    let record = json!({ "key": key, "account_uin": 2, "product_code": "cvm", "amount": amount,
        "period_start": now, "period_end": now });
    let results = world.made("/v1/usage", json!({ "records": [record] })).await;
    assert_eq!(results["results"][0]["status"], "settled", "{results}");
}

/// What was told, the oldest first: to whom, what, at which level.
async fn told(world: &World, query: &str) -> Vec<Value> {
    let mut told = world.all(&format!("/v1/notices{query}"), 3).await;
    told.reverse();
    told.iter().map(|notice| json!([notice["recipient_uin"], notice["kind"], notice["level"]])).collect()
}

#[tokio::test]
async fn a_warning_is_told_to_partner_and_customer_when_a_level_is_crossed() {
    let world = World::new();
    world.shop().await;
    world.buy("750").await;
    // Exactly a quarter is not below it.
    assert_eq!(told(&world, "").await, [] as [Value; 0]);
    world.buy("1").await;
    assert_eq!(told(&world, "").await, [json!([1, "credit_below_25", 25]), json!([2, "credit_below_25", 25])]);
    let notices = world.get("/v1/notices?recipient_uin=2").await.is(200);
    let notice = &notices["data"][0];
    assert_eq!(json!([notice["customer_uin"], notice["available"], notice["total"]]), json!([2, "249.00", "1000.00"]));
    assert_eq!(
        notice["deliveries"],
        json!([{ "channel": "message_center", "webhook_id": null, "state": "delivered", "attempts": 1, "reason": null }])
    );
    assert_eq!(notice["created_at"], world.get("/v1/clock").await.is(200)["now"]);
    assert!(notice["id"].as_str().unwrap().starts_with("ntc_"));
}

#[tokio::test]
async fn a_level_is_told_once_a_day_and_again_by_the_next_days_sweep() {
    let world = World::new();
    world.shop().await;
    world.buy("760").await;
    world.buy("1").await;
    world.made("/v1/customers/2/allocations", json!({ "amount": "1000" })).await;
    world.made("/v1/customers/2/allocations", json!({ "amount": "-1000" })).await;
    assert_eq!(told(&world, "?recipient_uin=2").await, [json!([2, "credit_below_25", 25])]);
    world.made("/v1/clock/advance", json!({ "by": "1d" })).await;
    assert_eq!(told(&world, "?recipient_uin=2").await.len(), 2);
    // As many as days that have begun since.
    world.made("/v1/clock/advance", json!({ "by": "10d" })).await;
    assert_eq!(told(&world, "?recipient_uin=2").await.len(), 12);
    world.made("/v1/customers/2/allocations", json!({ "amount": "5000" })).await;
    world.made("/v1/clock/advance", json!({ "by": "10d" })).await;
    assert_eq!(told(&world, "?recipient_uin=2").await.len(), 12);
}

#[tokio::test]
async fn arrears_are_told_and_so_is_their_end() {
    let world = World::new();
    world.shop().await;
    used(&world, "a", "1000.01").await;
    let of_partner = told(&world, "?recipient_uin=1").await;
    assert_eq!(
        of_partner,
        [
            json!([1, "suspended", null]),
            json!([1, "credit_below_25", 25]),
            json!([1, "credit_below_10", 10]),
            json!([1, "credit_below_0", 0])
        ]
    );
    assert_eq!(told(&world, "?recipient_uin=2&kind=suspended").await, [json!([2, "suspended", null])]);
    world.made("/v1/customers/2/allocations", json!({ "amount": "5000" })).await;
    assert_eq!(told(&world, "?customer_uin=2&kind=resumed").await.len(), 2);
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let world = World::new();
    world.shop().await;
    used(&world, "a", "1000.01").await;
    let all = world.all("/v1/notices", 1).await;
    assert_eq!(all.len(), 8);
    assert_eq!(world.all("/v1/notices", 200).await, all);
    let mut ids: Vec<_> = all.iter().map(|notice| notice["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 8);
    for (query, count) in [
        ("recipient_uin=1", 4),
        ("customer_uin=2", 8),
        ("customer_uin=1", 0),
        ("kind=credit_below_0", 2),
        ("recipient_uin=7", 0),
    ] {
        assert_eq!(world.all(&format!("/v1/notices?{query}"), 3).await.len(), count, "{query}");
    }
    for (query, code, field) in [
        ("kind=credit_below_50", "invalid_value", "kind"),
        ("kind=", "invalid_value", "kind"),
        ("recipient_uin=x", "invalid_value", "recipient_uin"),
        ("customer_uin=0", "invalid_value", "customer_uin"),
        ("limit=0", "invalid_value", "limit"),
        ("cursor=abc", "invalid_value", "cursor"),
        ("level=25", "unknown_field", "level"),
        ("kind=resumed&kind=resumed", "duplicate_field", "kind"),
    ] {
        world.get(&format!("/v1/notices?{query}")).await.blames(400, code, field);
    }
}

#[tokio::test]
async fn a_new_account_is_told_of_everything_in_the_message_center() {
    let world = World::new();
    world.account(1).await;
    let shown = world.get("/v1/accounts/1/subscriptions").await.is(200);
    assert_eq!(shown, json!({ "channel_service": true, "channels": ["message_center"] }));
}

#[tokio::test]
async fn a_subscription_is_replaced_as_a_whole() {
    let world = World::new();
    world.account(1).await;
    let path = "/v1/accounts/1/subscriptions";
    for (sent, shown) in [
        (json!(["webhook", "email", "message_center"]), json!(["message_center", "email", "webhook"])),
        (json!(["email", "email"]), json!(["email"])),
        (json!([]), json!([])),
    ] {
        let body = json!({ "channel_service": false, "channels": sent });
        let answer = world.ask("PUT", path).json(&body).send().await.is(200);
        assert_eq!(answer, json!({ "channel_service": false, "channels": shown }));
        assert_eq!(world.get(path).await.is(200), answer);
    }
}

#[tokio::test]
async fn a_subscription_is_read_strictly() {
    let world = World::new();
    world.account(1).await;
    let path = "/v1/accounts/1/subscriptions";
    for (body, code, field) in [
        (json!({}), "missing_field", "channel_service"),
        (json!({ "channel_service": true }), "missing_field", "channels"),
        (json!({ "channel_service": "on", "channels": [] }), "invalid_value", "channel_service"),
        (json!({ "channel_service": null, "channels": [] }), "invalid_value", "channel_service"),
        (json!({ "channel_service": true, "channels": "email" }), "invalid_value", "channels"),
        (json!({ "channel_service": true, "channels": null }), "invalid_value", "channels"),
        (json!({ "channel_service": true, "channels": ["email", "fax"] }), "invalid_value", "channels[1]"),
        (json!({ "channel_service": true, "channels": [{ "email": null }] }), "invalid_value", "channels[0]"),
        (json!({ "channel_service": true, "channels": [], "kinds": [] }), "unknown_field", "kinds"),
    ] {
        world.ask("PUT", path).json(&body).send().await.blames(400, code, field);
    }
    let fine = json!({ "channel_service": true, "channels": [] });
    for uin in ["7", "x"] {
        let there = format!("/v1/accounts/{uin}/subscriptions");
        world.ask("PUT", &there).json(&fine).send().await.refuses(404, "account_not_found");
        world.get(&there).await.refuses(404, "account_not_found");
    }
    assert_eq!(world.get(path).await.is(200)["channels"], json!(["message_center"]));
}

#[tokio::test]
async fn without_the_service_only_an_own_level_and_suspension_are_told() {
    let world = World::new();
    world.shop().await;
    let off = json!({ "channel_service": false, "channels": ["message_center"] });
    world.ask("PUT", "/v1/accounts/2/subscriptions").json(&off).send().await.is(200);
    world.patch("/v1/customers/2", json!({ "own_warning_percent": 30 })).await.is(200);
    used(&world, "a", "1000.01").await;
    let both = [json!([2, "suspended", null]), json!([2, "credit_below_custom", 30])];
    assert_eq!(told(&world, "?recipient_uin=2").await, both);
    assert_eq!(told(&world, "?recipient_uin=1").await.len(), 4);
}

#[tokio::test]
async fn a_notice_keeps_the_channels_that_it_was_decided_with() {
    let world = World::new();
    world.shop().await;
    let quiet = json!({ "channel_service": true, "channels": [] });
    world.ask("PUT", "/v1/accounts/2/subscriptions").json(&quiet).send().await.is(200);
    world.buy("800").await;
    let loud = json!({ "channel_service": true, "channels": ["message_center"] });
    world.ask("PUT", "/v1/accounts/2/subscriptions").json(&loud).send().await.is(200);
    let notices = world.all("/v1/notices?recipient_uin=2", 50).await;
    assert_eq!((notices.len(), &notices[0]["deliveries"]), (1, &json!([])));
}
