//! What is read, is read strictly: bodies, amounts, numbers, times, queries, sizes. Everything that is refused names the
//! field at fault.

mod support;

use serde_json::{Value, json};
use support::{World, purchase};

#[tokio::test]
async fn a_body_is_an_object_with_known_fields_once_each() {
    let world = World::new();
    for (body, code, field) in [
        (r#"{}"#, "missing_field", "name"),
        (r#"{"name":"A","nam":1}"#, "unknown_field", "nam"),
        (r#"{"name":"A","name":"B"}"#, "duplicate_field", "name"),
        (r#"{"name":5}"#, "invalid_value", "name"),
        (r#"{"name":null}"#, "invalid_value", "name"),
        (r#"{"name":""}"#, "invalid_value", "name"),
        (r#"{"name":"A","uin":"1"}"#, "invalid_value", "uin"),
        (r#"{"name":"A","uin":0}"#, "invalid_value", "uin"),
        (r#"{"name":"A","uin":1.0}"#, "invalid_value", "uin"),
        (r#"{"name":"A","uin":9007199254740992}"#, "invalid_value", "uin"),
        (r#"{"name":"A","tier":"huge"}"#, "invalid_value", "tier"),
        (r#"{"name":"A","tier":{"key":null}}"#, "invalid_value", "tier"),
        (r#"{"name":"A","tier":5}"#, "invalid_value", "tier"),
        (r#"{"name":"A","class":["external"]}"#, "invalid_value", "class"),
        (r#"{"name":"A","class":{"kind":"internal"}}"#, "missing_field", "class.type"),
        (r#"{"name":"A","class":{"kind":"external","type":4}}"#, "unknown_field", "class.type"),
        (r#"{"name":"A","class":{"kind":"external","x":4}}"#, "unknown_field", "class.x"),
        (r#"{"name":"A","verification":{"level":"none","level":"none"}}"#, "duplicate_field", "verification.level"),
        (r#"{"name":"A","verification":{"level":"done"}}"#, "invalid_value", "verification.level"),
    ] {
        let answer = world.ask("POST", "/v1/accounts").text(body).send().await;
        assert_eq!(answer.json()["field"], field, "{body}: {}", answer.text);
        answer.blames(400, code, field);
    }
    for body in ["[]", "\"x\"", "5", "null", "[\"A\"]"] {
        world.ask("POST", "/v1/accounts").text(body).send().await.refuses(400, "invalid_value");
    }
    for body in ["{", "{\"name\":\"A\"} x", "{\"name\":\"A\",}", "{'name':'A'}", "\u{feff}{\"name\":\"A\"}"] {
        world.ask("POST", "/v1/accounts").text(body).send().await.refuses(400, "invalid_json");
    }
    assert_eq!(world.get("/v1/accounts").await.is(200)["data"], json!([]));
}

#[tokio::test]
async fn money_is_a_decimal_string_within_its_bounds() {
    let world = World::new();
    world.shop().await;
    let path = "/v1/customers/2/allocations";
    for wrong in [
        "1",
        "1.5",
        "-1",
        "1e2",
        "null",
        "true",
        "\"\"",
        "\"1e2\"",
        "\"NaN\"",
        "\"+1\"",
        "\" 1\"",
        "\"1.\"",
        "\".5\"",
        "\"1,000\"",
        "\"0.123456789\"",
        "\"92000000000.00000001\"",
        "\"-92000000000.00000001\"",
        "\"Infinity\"",
        "[]",
    ] {
        let answer = world.ask("POST", path).text(&format!("{{\"amount\":{wrong}}}")).send().await;
        answer.blames(400, "invalid_value", "amount");
    }
    let answer = world.ask("POST", path).text("{\"amount\":NaN}").send().await;
    answer.blames(400, "invalid_json", "amount");
    world.ask("POST", path).text("{\"amount\":\"0.00000001\"}").send().await.is(201);
    let order = json!({ "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": 12.5 });
    world.post("/v1/orders", order).await.blames(400, "invalid_value", "amount");
}

#[tokio::test]
async fn rates_times_and_tags_are_checked_as_well() {
    let world = World::new();
    world.shop().await;
    let discount = |name: &str, value: Value| {
        let mut body = json!({ "kind": "partner", "partner_uin": 1, "product_code": null, "rate": "0.9" });
        body[name] = value;
        body
    };
    for (name, value) in [
        ("rate", json!("0")),
        ("rate", json!("10.1")),
        ("rate", json!(0.9)),
        ("starts_at", json!("2026-01-01")),
        ("starts_at", json!("2026-01-01T00:00:00")),
        ("ends_at", json!(1)),
        ("customer_uin", json!(2)),
    ] {
        world.post("/v1/discounts", discount(name, value)).await.blames(400, "invalid_value", name);
    }
    world.post("/v1/discounts", discount("kind", json!("customer"))).await.blames(400, "missing_field", "customer_uin");
    let order = |name: &str, value: Value| {
        let mut body = purchase("1");
        body[name] = value;
        body
    };
    let many: serde_json::Map<String, Value> = (0..51).map(|n| (n.to_string(), json!(""))).collect();
    for (name, value, field) in [
        ("tags", json!({ "a": 1 }), "tags.a"),
        ("tags", json!({ "a": "x".repeat(256) }), "tags.a"),
        ("tags", json!({ "": "x" }), "tags"),
        ("tags", Value::Object(many), "tags"),
        ("tags", json!([]), "tags"),
        ("region", json!("x".repeat(257)), "region"),
        ("capture", json!("yes"), "capture"),
        ("kind", json!("steal"), "kind"),
    ] {
        let answer = world.post("/v1/orders", order(name, value)).await;
        assert!(answer.refuses(400, "invalid_value")["field"].as_str().unwrap().starts_with(field), "{}", answer.text);
    }
}

#[tokio::test]
async fn what_comes_later_is_not_there() {
    let world = World::new();
    let path = "/v1/organizations/1/members/2/close";
    world.ask("POST", path).text("{}").send().await.refuses(404, "not_found");
}

#[tokio::test]
async fn queries_are_read_as_strictly() {
    let world = World::new();
    for (query, code, field) in [
        ("limit=0", "invalid_value", "limit"),
        ("limit=201", "invalid_value", "limit"),
        ("limit=x", "invalid_value", "limit"),
        ("limit=1&limit=2", "duplicate_field", "limit"),
        ("cursor=x", "invalid_value", "cursor"),
        ("page=2", "unknown_field", "page"),
    ] {
        for path in
            ["/v1/accounts", "/v1/partners", "/v1/products", "/v1/discounts", "/v1/keys", "/v1/orders", "/v1/audit"]
        {
            world.get(&format!("{path}?{query}")).await.blames(400, code, field);
        }
    }
    world.get("/v1/orders?state=lost").await.blames(400, "invalid_value", "state");
    world.get("/v1/orders?account_uin=0").await.blames(400, "invalid_value", "account_uin");
    world.get("/v1/audit?from=yesterday").await.blames(400, "invalid_value", "from");
    world.get("/v1/customers?partner_uin=7").await.blames(404, "partner_not_found", "partner_uin");
}

#[tokio::test]
async fn a_body_is_sent_as_json() {
    let world = World::new();
    let sent =
        |kind: &'static str| world.ask("POST", "/v1/accounts").text("{\"name\":\"A\"}").header("content-type", kind);
    for wrong in ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"] {
        sent(wrong).send().await.refuses(415, "unsupported_media_type");
    }
    sent("x/y").without("content-type").send().await.refuses(415, "unsupported_media_type");
    for right in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"] {
        sent(right).send().await.is(201);
    }
}

#[tokio::test]
async fn a_body_comes_in_no_encoding() {
    let world = World::new();
    let sent = |encoding: &'static str| {
        world.ask("POST", "/v1/accounts").text("{\"name\":\"A\"}").header("content-encoding", encoding)
    };
    for wrong in ["gzip", "br", "deflate", "zstd", "identity, gzip", "x", ""] {
        sent(wrong).send().await.refuses(415, "unsupported_media_type");
    }
    assert_eq!(world.get("/v1/accounts").await.is(200)["data"], json!([]));
    for right in ["identity", "Identity"] {
        sent(right).send().await.is(201);
    }
}

#[tokio::test]
async fn broken_json_names_the_field_where_it_breaks_or_none() {
    let world = World::new();
    for (body, field) in [
        ("{", None),
        ("{\"", None),
        ("{\"nam", None),
        ("{\"name\"", None),
        ("{\"name\":", Some("name")),
        ("{\"name\":tru", Some("name")),
        ("{\"name\":\"A\",\"verification\":{\"lev", Some("verification")),
        ("{\"name\":\"A\",\"verification\":{", Some("verification")),
        ("{\"name\":\"A\\x\"}", Some("name")),
        ("?", None),
    ] {
        let answer = world.ask("POST", "/v1/accounts").text(body).send().await;
        let problem = answer.refuses(400, "invalid_json");
        assert_eq!(problem["field"].as_str(), field, "{body}: {}", answer.text);
    }
    for (path, body) in [
        ("/v1/usage", "{\"records\":[{"),
        ("/v1/usage", "{\"records\":[{\"key\":\"a\",\"tags\":{\"x"),
        ("/v1/authorizations", "{\"operations\":[{\"key\":\"a\","),
    ] {
        let answer = world.ask("POST", path).text(body).send().await;
        let problem = answer.refuses(400, "invalid_json");
        assert!(!problem["field"].as_str().unwrap_or_default().contains('?'), "{path} {body}: {}", answer.text);
    }
}

#[tokio::test]
async fn texts_hold_no_control_characters_at_any_door() {
    let world = World::new();
    world.shop().await;
    let order = purchase("1");
    let usage = json!({ "key": "k", "account_uin": 2, "product_code": "cvm", "amount": "1",
        "period_start": "2100-01-01T00:00:00Z", "period_end": "2100-01-01T01:00:00Z" });
    let with = |base: &Value, name: &str, value: Value| {
        let mut body = base.clone();
        body[name] = value;
        body
    };
    for command in ["\u{1b}[31m", "\0", "\r", "\n", "\t", "\u{7f}", "\u{85}", "\u{9b}31m"] {
        let text = format!("x{command}y");
        let bodies = [
            ("/v1/accounts", json!({ "name": text }), "name"),
            ("/v1/accounts", json!({ "name": "A", "phone": text }), "phone"),
            ("/v1/accounts", json!({ "name": "A", "channel_manager": text }), "channel_manager"),
            ("/v1/keys", json!({ "name": text, "access": "read" }), "name"),
            ("/v1/products", json!({ "code": "p", "settlement": "hourly", "name": text }), "name"),
            ("/v1/customers/2/allocations", json!({ "amount": "1", "remark": text }), "remark"),
            ("/v1/webhooks", json!({ "url": format!("https://hooks.example.test/{text}"), "kinds": [] }), "url"),
            ("/v1/orders", with(&order, "region", json!(text)), "region"),
            ("/v1/orders", with(&order, "resource_name", json!(text)), "resource_name"),
            ("/v1/orders", with(&order, "resource_id", json!(text)), "resource_id"),
            ("/v1/orders", with(&order, "tags", json!({ "a": text })), "tags.a"),
            (
                "/v1/resources",
                json!({ "account_uin": 2, "resource_id": text, "product_code": "cvm", "unit_price": "1" }),
                "resource_id",
            ),
            ("/v1/usage", json!({ "records": [with(&usage, "key", json!(text))] }), "records[0].key"),
            (
                "/v1/authorizations",
                json!({ "operations": [
                    { "key": text, "op": "authorize", "account_uin": 2, "product_code": "cvm", "amount": "1" }
                ] }),
                "operations[0].key",
            ),
        ];
        for (path, body, field) in bodies {
            world.post(path, body).await.blames(400, "invalid_value", field);
        }
        let settled = world.post("/v1/usage", json!({ "records": [with(&usage, "zone", json!(text))] })).await;
        assert_eq!(settled.is(200)["results"][0]["status"], "rejected", "{}", settled.text);
    }
}

#[tokio::test]
async fn addresses_of_mailboxes_are_checked_when_they_are_kept() {
    let world = World::new();
    let mut uin = 0;
    for email in [
        "ops@example.test",
        "ops@bücher.example",
        "жук@example.test",
        "\"john doe\"@example.test",
        "ops@[192.0.2.1]",
        "ops@[IPv6:2001:db8::1]",
    ] {
        uin += 1;
        let account = world.post("/v1/accounts", json!({ "uin": uin, "name": "A", "email": email })).await.is(201);
        // As it was written.
        assert_eq!(account["email"], email);
    }
    for email in
        ["", "ops", "ops@", "@example.test", "a b@example.test", "ops@exa mple.test", "a@b@c", "Ops <a@b.test>"]
    {
        let opened = world.post("/v1/accounts", json!({ "name": "A", "email": email })).await;
        opened.blames(400, "invalid_value", "email");
        let changed = world.patch("/v1/accounts/1", json!({ "email": email })).await;
        changed.blames(400, "invalid_value", "email");
    }
    assert_eq!(world.get("/v1/accounts/1").await.is(200)["email"], "ops@example.test");
}

#[tokio::test]
async fn times_in_problems_are_in_the_deployments_zone() {
    let world = World::new();
    world.shop().await;
    let early = world.post("/v1/receipts", json!({ "customer_uin": 2, "month": "2100-01" })).await;
    assert_eq!(early.refuses(422, "month_not_issued")["issued_at"], "2100-02-05T01:00:00+08:00");
    let back = world.post("/v1/clock/advance", json!({ "to": "2000-01-01T00:00:00Z" })).await;
    assert_eq!(back.refuses(422, "clock_goes_back")["now"], world.get("/v1/clock").await.is(200)["now"]);
}

#[tokio::test]
async fn a_body_has_at_most_8_mib() {
    let world = World::new();
    let body = |name: usize| format!("{{\"name\":\"{}\"}}", "x".repeat(name));
    world.ask("POST", "/v1/accounts").text(&body(8 * 1024 * 1024)).send().await.refuses(413, "body_too_large");
    // One byte less than the limit is read, and then found too long for a name.
    let refused = world.ask("POST", "/v1/accounts").text(&body(8 * 1024 * 1024 - 11)).send().await;
    refused.blames(400, "invalid_value", "name");
    let declared = world.ask("POST", "/v1/accounts").text("{}").header("content-length", "8388609");
    declared.send().await.refuses(413, "body_too_large");
}

#[tokio::test]
async fn a_detail_does_not_repeat_what_is_long() {
    let world = World::new();
    let long = "9".repeat(100_000);
    for body in [json!({ "name": "A", "tier": long }), json!({ "name": "A", "uin": long }), json!({ "name": long })] {
        let answer = world.post("/v1/accounts", body).await;
        answer.is(400);
        assert!(answer.text.len() < 1_000, "{}", answer.text.len());
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let world = World::new();
    for path in
        ["/", "/v1", "/v1/nothing", "/v2/accounts", "/v1/accounts/1/nothing", "/v1/accounts/", "/v1/accounts/%ff"]
    {
        world.get(path).await.refuses(404, "not_found");
    }
    let wrong = world.delete("/v1/accounts/1").await;
    wrong.refuses(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "GET,HEAD,PATCH");
    for (path, code) in [
        ("/v1/accounts/x", "account_not_found"),
        ("/v1/accounts/007", "account_not_found"),
        ("/v1/accounts/99999999999999999999", "account_not_found"),
        ("/v1/partners/x", "partner_not_found"),
        ("/v1/customers/x", "customer_not_found"),
        ("/v1/orders/x", "order_not_found"),
        ("/v1/orders/ord_7", "order_not_found"),
        // The last number that any shard gives, and one that none gives.
        ("/v1/orders/ord_9007199254740991", "order_not_found"),
        ("/v1/orders/ord_9007199254740992", "order_not_found"),
        ("/v1/authorizations/auth_1_9007199254740991", "authorization_not_found"),
        ("/v1/discounts/ord_7", "discount_not_found"),
        ("/v1/products/a%20b", "product_not_found"),
        ("/v1/authorizations/x", "authorization_not_found"),
        ("/v1/authorizations/auth_1_1", "authorization_not_found"),
    ] {
        world.get(path).await.refuses(404, code);
    }
}

#[tokio::test]
async fn a_header_that_says_one_thing_is_there_once() {
    let world = World::new();
    let key = format!("Bearer {}", support::FULL);
    for (name, values) in [
        ("authorization", [key.as_str(), key.as_str()]),
        ("authorization", [key.as_str(), "Bearer cred_other"]),
        ("idempotency-key", ["a", "a"]),
        ("idempotency-key", ["a", "b"]),
        ("content-type", ["application/json", "text/plain"]),
        ("host", ["a", "b"]),
    ] {
        let answer = world.ask("POST", "/v1/accounts").json(&json!({ "name": "A" })).without(name);
        let answer = values.iter().fold(answer, |ask, value| ask.also(name, value)).send().await;
        answer.blames(400, "duplicate_header", name);
    }
    assert_eq!(world.get("/v1/accounts").await.is(200)["data"], json!([]));
}
