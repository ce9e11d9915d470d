//! The server around the operations: health, metrics, the clock, the audit, and what happens when too much comes at once
//! or the store fails.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use axum::body::{Body, Bytes};
use axum::http::Request;
use credere_app::clock::{Clock, Machine, Reading};
use credere_app::engine::EngineOptions;
use credere_core::access::{Actor, KeyAccess};
use credere_core::ledger::Moment;
use credere_platform::PlatformOptions;
use credere_store::contract::{Journal, ShardStore, StoreError};
use futures_util::stream;
use prometheus_client::metrics::counter::Counter;
use serde_json::json;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::task::Poll;
use std::time::Duration;
use support::{World, pick};
use tower::ServiceExt;

#[tokio::test]
async fn health_needs_no_key() {
    let world = World::new();
    for (path, status) in [("/healthz", "alive"), ("/readyz", "ready")] {
        let answer = world.ask("GET", path).without("authorization").send().await;
        assert_eq!(answer.is(200), json!({ "status": status }));
        assert!(!answer.header("x-request-id").is_empty());
    }
    world.app.close();
    world.ask("GET", "/healthz").without("authorization").send().await.is(200);
    let answer = world.ask("GET", "/readyz").without("authorization").send().await;
    answer.refuses(503, "not_ready");
    assert_eq!(answer.header("retry-after"), "1");
    world.post("/v1/accounts", json!({ "name": "A" })).await.refuses(503, "not_ready");
    world.get("/v1/accounts").await.refuses(503, "not_ready");
}

#[tokio::test]
async fn metrics_tell_what_came_and_what_was_decided() {
    let mut options = PlatformOptions::default();
    let beside = Counter::<u64>::default();
    options.registry.register("beside_this_face", "Of another face", beside.clone());
    beside.inc();
    let world = World::with(Clock::Test, options);
    world.shop().await;
    world.get("/v1/accounts/2").await.is(200);
    world.get("/v1/accounts/7").await.is(404);
    world.get("/somewhere").await.is(404);
    let authorize = |key: &str, amount: &str| json!({ "key": key, "op": "authorize", "account_uin": 2, "product_code": "cvm", "amount": amount });
    let results = world.operate(json!([authorize("a", "1"), authorize("b", "2"), authorize("c", "9999")])).await;
    assert_eq!(results[1]["status"], "approved");
    let answer = world.ask("GET", "/metrics").without("authorization").send().await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    for line in [
        "beside_this_face_total 1",
        r#"credere_http_requests_total{route="/v1/accounts/{uin}",method="GET",status="200"} 1"#,
        r#"credere_http_requests_total{route="/v1/accounts/{uin}",method="GET",status="404"} 1"#,
        r#"credere_http_requests_total{route="unknown",method="GET",status="404"} 1"#,
        r#"credere_http_request_seconds_count{route="/v1/orders",method="POST"} 0"#,
        r#"credere_decisions_total{outcome="approved"} 2"#,
        r#"credere_decisions_total{outcome="insufficient_credit"} 1"#,
        "credere_open_authorizations 2",
        "credere_accounts 2",
        "credere_ready 1",
        &format!(r#"credere_build_info{{version="{}"}} 1"#, env!("CARGO_PKG_VERSION")),
    ] {
        let absent = line.contains("/v1/orders");
        assert_eq!(answer.text.lines().any(|found| found == line), !absent, "{line}\n{}", answer.text);
    }
    assert!(answer.text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn every_answer_has_its_own_request_id() {
    let world = World::new();
    let mut seen = Vec::new();
    for path in ["/healthz", "/v1/accounts", "/v1/accounts/7", "/nowhere", "/openapi.json", "/docs/"] {
        let answer = world.get(path).await;
        let id: uuid::Uuid = answer.header("x-request-id").parse().unwrap();
        assert_eq!(id.get_version_num(), 7, "{path}");
        seen.push(id);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 6);
}

#[tokio::test]
async fn the_test_clock_moves_only_forward_and_only_when_told() {
    let world = World::new();
    let now = world.get("/v1/clock").await.is(200)["now"].as_str().unwrap().to_owned();
    assert_eq!(world.get("/v1/clock").await.is(200)["now"], now.as_str());
    assert!(now.ends_with("+08:00"), "{now}");
    let before: jiff::Timestamp = now.parse().unwrap();
    let later = world.post("/v1/clock/advance", json!({ "by": "2h30m1s" })).await.is(200)["now"].clone();
    let after: jiff::Timestamp = later.as_str().unwrap().parse().unwrap();
    assert_eq!(after.duration_since(before).as_secs(), 9_001);
    assert_eq!(world.get("/v1/clock").await.is(200)["now"], later);
    let account = world.post("/v1/accounts", json!({ "name": "A" })).await.is(201);
    assert_eq!(account["created_at"], later);
    let back = world.post("/v1/clock/advance", json!({ "to": now })).await;
    assert!(back.blames(422, "clock_goes_back", "to")["now"].is_string());
    world.post("/v1/clock/advance", json!({ "to": later })).await.is(200);
    for (body, code, field) in [
        (json!({}), "missing_field", "to"),
        (json!({ "to": later, "by": "1s" }), "invalid_value", "by"),
        (json!({ "by": "soon" }), "invalid_value", "by"),
        (json!({ "by": "" }), "invalid_value", "by"),
        (json!({ "by": "999999999d" }), "invalid_value", "by"),
        (json!({ "by": 5 }), "invalid_value", "by"),
        (json!({ "to": null }), "invalid_value", "to"),
        (json!({ "to": "2026-01-01T00:00:00" }), "invalid_value", "to"),
    ] {
        world.post("/v1/clock/advance", body).await.blames(400, code, field);
    }
}

#[tokio::test]
async fn the_clock_answers_when_everything_due_on_the_way_has_been_done() {
    let world = World::new();
    // A day on which nothing below crosses midnight or the end of a month by chance.
    world.made("/v1/clock/advance", json!({ "to": "2050-03-10T09:00:00+08:00" })).await;
    world.shop().await;
    let freeze = json!({ "model": "fixed", "amount": "5" });
    let product =
        json!({ "code": "db", "settlement": "hourly", "grace_hours": 3, "retention_days": 2, "freeze": freeze });
    world.made("/v1/products", product).await;
    let resource = json!({ "account_uin": 2, "resource_id": "db-1", "product_code": "db", "unit_price": "1" });
    world.made("/v1/resources", resource).await;
    let hold = json!({ "key": "a", "op": "authorize", "account_uin": 2, "product_code": "cvm", "amount": "10" });
    let id = world.operate(json!([hold])).await[0]["authorization_id"].as_str().unwrap().to_owned();
    let voucher = json!({ "owner_uin": 2, "kind": "customer", "amount": "1", "expires_at": "2050-04-15T12:00:00+08:00",
        "products": { "mode": "only", "codes": ["db"] } });
    let voucher = world.made("/v1/vouchers", voucher).await["id"].as_str().unwrap().to_owned();
    let now = world.get("/v1/clock").await.is(200)["now"].as_str().unwrap().to_owned();
    let record = json!({ "key": "u", "account_uin": 2, "product_code": "cvm", "amount": "2000",
        "period_start": now, "period_end": now });
    world.made("/v1/usage", json!({ "records": [record] })).await;
    let state = async || world.get("/v1/resources/db-1").await.is(200)["state"].as_str().unwrap().to_owned();
    assert_eq!(state().await, "active");
    world.made("/v1/clock/advance", json!({ "by": "2h59m59s" })).await;
    assert_eq!(state().await, "active");
    world.made("/v1/clock/advance", json!({ "by": "1s" })).await;
    assert_eq!(state().await, "suspended");
    let receipt = json!({ "customer_uin": 2, "month": "2050-03" });
    world.post("/v1/receipts", receipt.clone()).await.refuses(422, "month_not_issued");
    let status = async || world.get(&format!("/v1/vouchers/{voucher}")).await.is(200)["status"].clone();
    assert_eq!(status().await, "issued");
    // Deletion, the hold's and the voucher's end, the bills and thirty-six sweeps in one move.
    world.made("/v1/clock/advance", json!({ "by": "36d" })).await;
    assert_eq!(state().await, "deleted");
    assert_eq!(world.get(&format!("/v1/authorizations/{id}")).await.is(200)["state"], "expired");
    let credit = world.get("/v1/customers/2").await.is(200)["credit"].clone();
    assert_eq!((&credit["prepay_frozen"], &credit["postpay_frozen"]), (&json!("0.00"), &json!("0.00")));
    let told = world.all("/v1/notices?recipient_uin=1&kind=credit_below_0", 200).await;
    assert_eq!(told.len(), 37);
    assert_eq!(status().await, "expired");
    world.made("/v1/receipts", receipt).await;
}

#[tokio::test]
async fn outside_a_sandbox_there_is_no_test_clock() {
    let world = World::with(Clock::System, PlatformOptions::default());
    world.get("/v1/clock").await.refuses(404, "not_found");
    world.post("/v1/clock/advance", json!({ "by": "1s" })).await.refuses(404, "not_found");
    world.app.close();
}

#[tokio::test]
async fn a_clock_that_jumped_is_told_by_readiness_writes_and_figures_and_is_accepted_by_a_full_key() {
    let off = Arc::new(AtomicI64::new(0));
    let hand = off.clone();
    let wall = move || Moment::from_micros((1_900_000_000 + hand.load(SeqCst)) * 1_000_000);
    let machine = Machine::new(move || Reading { wall: wall(), steady: Duration::from_secs(1) });
    let engine = EngineOptions { clock: Clock::System, machine, ..EngineOptions::default() };
    let world = World::of(engine, PlatformOptions::default());
    world.partner(1, "reseller", "100").await;
    let accept = |key| world.ask("POST", "/v1/clock/accept").once(key).json(&json!({})).send();
    accept("right").await.refuses(409, "clock_is_right");
    let reading = world.made("/v1/keys", json!({ "name": "reads", "access": "read" })).await;
    let reading = format!("Bearer {}", reading["key"].as_str().unwrap());
    off.store(3_600, SeqCst);
    let records = world.store.last().unwrap().seq;
    world.get("/healthz").await.is(200);
    world.get("/readyz").await.refuses(503, "clock_jumped");
    world.get("/v1/partners/1").await.is(200);
    let refused = world.post("/v1/accounts", json!({ "name": "A" })).await;
    refused.refuses(503, "clock_jumped");
    assert_eq!(refused.header("retry-after"), "1");
    let batch = json!({ "operations": [{ "op": "capture", "key": "k", "authorization_id": "auth_1_1" }] });
    world.post("/v1/authorizations", batch).await.refuses(503, "clock_jumped");
    let figures = world.get("/metrics").await.text;
    assert!(figures.contains("credere_clock_jumped 1") && figures.contains("credere_clock_jumps_total 1"), "{figures}");
    assert!(figures.contains("credere_ready 0"), "{figures}");
    let by_reader =
        world.ask("POST", "/v1/clock/accept").header("authorization", &reading).json(&json!({})).send().await;
    by_reader.refuses(403, "read_only_key");
    world.post("/v1/clock/accept", json!({ "to": "now" })).await.refuses(400, "unknown_field");
    assert_eq!(world.store.last().unwrap().seq, records, "nothing was written");
    // What was refused before the jump is refused when it is repeated after it, and accepts nothing.
    let late = accept("right").await;
    late.refuses(409, "clock_is_right");
    assert!(late.replayed());
    world.get("/readyz").await.refuses(503, "clock_jumped");
    assert_eq!(world.store.last().unwrap().seq, records, "nothing was written");
    let accepted = accept("a").await;
    let now = accepted.is(200)["now"].clone();
    assert_eq!(now, "2030-03-18T02:46:40+08:00");
    let again = accept("a").await;
    assert_eq!((again.is(200)["now"].clone(), again.header("idempotency-replayed")), (now, "true"));
    world.get("/readyz").await.is(200);
    world.made("/v1/accounts", json!({ "name": "A" })).await;
    let entries = world.all("/v1/audit?action=accept_clock", 50).await;
    let seen: Vec<_> = entries.iter().map(|entry| json!([entry["actor"], entry["outcome"]])).collect();
    assert_eq!(seen, [json!(["platform:key_1", "done"]), json!(["platform:key_1", "refused"])]);
    world.app.close();
}

#[tokio::test]
async fn the_audit_has_one_entry_a_request_with_its_reasons() {
    let world = World::new();
    world.partner(1, "reseller", "100").await;
    world.customer(2, 1, "0").await;
    let refused = world.post("/v1/customers/2/allocations", json!({ "amount": "100.01" })).await;
    let entries = world.all("/v1/audit?account_uin=2", 2).await;
    let seen: Vec<_> = entries.iter().map(|entry| json!([entry["action"], entry["outcome"]])).collect();
    assert_eq!(
        seen,
        [json!(["allocate_credit", "refused"]), json!(["bind_customer", "done"]), json!(["open_account", "done"]),]
    );
    let entry = &entries[0];
    assert_eq!(entry["request_id"].as_str(), Some(refused.header("x-request-id")));
    assert_eq!(pick(entry, "actor face code"), json!(["platform:key_1", "platform", "exceeds_allocatable"]));
    assert_eq!(
        entry["detail"]["because"],
        json!([{ "rule": "R32", "account_uin": 1, "figure": "allocatable", "required": "100.01", "found": "100.00",
            "passed": false }])
    );
    let now = world.get("/v1/clock").await.is(200)["now"].as_str().unwrap().to_owned();
    let escaped = now.replace('+', "%2B");
    assert_eq!(world.all(&format!("/v1/audit?action=bind_customer&from={now}"), 50).await.len(), 1);
    assert_eq!(world.all(&format!("/v1/audit?action=bind_customer&from={escaped}"), 50).await.len(), 1);
    assert_eq!(world.all(&format!("/v1/audit?action=bind_customer&to={escaped}"), 50).await.len(), 0);
}

#[tokio::test]
async fn a_batch_of_usage_records_is_one_entry_with_its_counts() {
    let world = World::new();
    world.shop().await;
    let now = world.get("/v1/clock").await.is(200)["now"].clone();
    let record = |key: &str, product: &str| {
        json!({ "key": key, "account_uin": 2, "product_code": product, "amount": "1", "period_start": now,
            "period_end": now })
    };
    let records = json!({ "records": [record("a", "cvm"), record("b", "none"), record("a", "cvm")] });
    let settled = world.post("/v1/usage", records).await;
    settled.is(200);
    let entries = world.all("/v1/audit?action=usage", 50).await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["request_id"].as_str(), Some(settled.header("x-request-id")));
    assert_eq!(
        pick(&entries[0], "face outcome detail"),
        json!(["platform", "done", { "done": 1, "refused": 1, "replayed": 1, "refusals": [{
            "journal_position": entries[0]["journal_position"].as_u64().unwrap() - 1, "action": "settle_usage",
            "account_uin": 2, "code": "product_not_found" }] }])
    );
    assert_eq!(world.all("/v1/audit?action=authorizations", 50).await.len(), 0);
}

#[tokio::test]
async fn too_many_requests_at_once_are_turned_away() {
    let options = PlatformOptions { in_flight_max: 0, ..PlatformOptions::default() };
    let world = World::with(Clock::Test, options);
    let answer = world.get("/v1/accounts").await;
    answer.refuses(503, "overloaded");
    assert_eq!(answer.header("retry-after"), "1");
    // Whoever watches the server is not.
    world.get("/healthz").await.is(200);
    assert!(world.get("/metrics").await.text.contains(r#"route="/v1/accounts",method="GET",status="503"} 1"#));
}

#[test]
fn one_key_has_at_most_half_of_the_requests_that_are_worked_on() {
    // One thread looks into the store, and waits to be let go.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let world = World::with(Clock::Test, PlatformOptions { in_flight_max: 4, ..PlatformOptions::default() });
        let other = world.made("/v1/keys", json!({ "name": "other", "access": "read" })).await;
        let other = other["key"].as_str().unwrap();
        let (go, gone) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || gone.recv());
        let mut working = Vec::new();
        for _ in 0..2 {
            let request = authorized("GET", "/v1/accounts", Body::empty());
            let mut answer = Box::pin(world.router.clone().oneshot(request));
            let now = std::future::poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await;
            assert!(now.is_pending(), "it waits for the thread");
            working.push(answer);
        }
        let refused = world.get("/v1/clock").await;
        refused.refuses(503, "overloaded");
        world.ask("GET", "/v1/clock").key(other).send().await.is(200);
        go.send(()).unwrap();
        busy.await.unwrap().unwrap();
        for answer in working {
            assert_eq!(answer.await.unwrap().status().as_u16(), 200);
        }
        world.get("/v1/clock").await.is(200);
    });
}

#[tokio::test]
async fn a_body_that_is_still_arriving_holds_no_place() {
    let world = World::with(Clock::Test, PlatformOptions { in_flight_max: 1, ..PlatformOptions::default() });
    let (read, begun) = tokio::sync::oneshot::channel();
    let body = stream::once(async move {
        let _ = read.send(());
        std::future::pending::<Result<Bytes, Infallible>>().await
    });
    let sent = tokio::spawn(world.router.clone().oneshot(authorized("POST", "/v1/accounts", Body::from_stream(body))));
    begun.await.unwrap();
    world.get("/v1/accounts").await.is(200);
    sent.abort();
}

#[tokio::test]
async fn a_body_that_does_not_arrive_says_why() {
    let world = World::new();
    for (kind, status, code) in [
        (io::ErrorKind::TimedOut, 408, "body_timeout"),
        (io::ErrorKind::ResourceBusy, 503, "overloaded"),
        (io::ErrorKind::ConnectionReset, 400, "incomplete_body"),
    ] {
        let body = Body::from_stream(stream::iter([Ok(Bytes::from_static(b"{")), Err(io::Error::from(kind))]));
        let answer = world.router.clone().oneshot(authorized("POST", "/v1/accounts", body)).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.headers().contains_key("retry-after"), status == 503);
        let told = axum::body::to_bytes(answer.into_body(), 4_096).await.unwrap();
        let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
        assert_eq!(told["code"], code);
    }
}

#[tokio::test]
async fn one_key_downloads_at_most_half_of_the_files_and_searches_beside_them() {
    let world = World::new();
    world.shop().await;
    let other = world.made("/v1/keys", json!({ "name": "other", "access": "read" })).await;
    let now = world.get("/v1/clock").await.is(200)["now"].as_str().unwrap().to_owned();
    // More than is read ahead, so that a file of which nobody takes anything is under way for as long as it is held.
    let record = |key: u32| {
        json!({ "key": key.to_string(), "account_uin": 2, "product_code": "cvm", "amount": "0.01",
            "period_start": now, "period_end": now })
    };
    world.made("/v1/usage", json!({ "records": (0..2_000).map(record).collect::<Vec<_>>() })).await;
    let month = &now[..7];
    let path = format!("/v1/bills/2/{month}.csv");
    let mut unread = Vec::new();
    let refused = loop {
        let answer = world.router.clone().oneshot(authorized("GET", &path, Body::empty())).await.unwrap();
        if answer.status().as_u16() != 200 {
            break answer.status();
        }
        unread.push(answer);
        assert!(unread.len() <= 16, "half of 32");
    };
    assert_eq!((refused.as_u16(), unread.len()), (503, 16));
    // They are files, and none of the searches of their key.
    world.get("/v1/audit").await.is(200);
    let answer = world.ask("GET", &path).key(other["key"].as_str().unwrap()).send().await;
    assert_eq!(answer.status.as_u16(), 200);
    unread.pop();
    assert_eq!(world.get(&path).await.status.as_u16(), 200);
}

fn authorized(method: &str, path: &str, body: Body) -> Request<Body> {
    let request =
        Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", support::FULL));
    request.header("content-type", "application/json").body(body).unwrap()
}

#[tokio::test]
async fn a_failed_commit_is_told_and_the_same_key_tells_its_outcome() {
    for kept in [true, false] {
        let world = World::new();
        world.partner(1, "reseller", "100").await;
        world.customer(2, 1, "0").await;
        let failure = StoreError::io("the disk is gone");
        if kept {
            world.store.fail_next_append_keeping_it(failure)
        } else {
            world.store.fail_next_append(failure)
        }
        let allocate =
            || world.ask("POST", "/v1/customers/2/allocations").once("k").json(&json!({ "amount": "10" })).send();
        let told = allocate().await;
        told.refuses(500, "outcome_unknown");
        assert!(!told.text.contains("disk is gone"), "{}", told.text);
        let again = loop {
            let again = allocate().await;
            // Until the book is rebuilt, requests are turned away.
            if again.status.as_u16() != 503 {
                break again;
            }
            tokio::task::yield_now().await;
        };
        again.is(201);
        assert_eq!(again.replayed(), kept);
        assert_eq!(world.credit().await["total"], "10.00");
    }
}

#[tokio::test]
async fn a_key_with_many_long_reads_is_turned_away_and_short_ones_go_on() {
    // Two at once, of which a key has one.
    let engine = EngineOptions { clock: Clock::Test, long_reads: 2, ..EngineOptions::default() };
    let most = engine.long_reads_per_key;
    let world = World::of(engine, PlatformOptions::default());
    world.shop().await;
    let other = world.made("/v1/keys", json!({ "name": "other", "access": "read" })).await;
    let (end, ends) = std::sync::mpsc::channel::<()>();
    let ends = Arc::new(std::sync::Mutex::new(ends));
    let long = |key: u32| {
        let (app, ends) = (world.app.clone(), ends.clone());
        let actor = Actor::Platform { key, access: KeyAccess::Full };
        tokio::spawn(async move {
            let look = move |_: &dyn ShardStore| {
                let _ = ends.lock().unwrap().recv();
                Ok(())
            };
            app.engine().long_history(actor, look).await
        })
    };
    let held: Vec<_> = (0..most).map(|_| long(1)).collect();
    // On one thread each has been admitted by the time it is this task's turn again.
    tokio::task::yield_now().await;
    let now = world.get("/v1/clock").await.is(200)["now"].clone();
    let bill = format!("/v1/bills/2/{}", &now.as_str().unwrap()[..7]);
    for path in [
        "/v1/audit",
        &format!("{bill}/lines?confirmed=true"),
        "/v1/orders?account_uin=2&state=delivered",
        "/v1/resources?account_uin=2&state=active",
        "/v1/vouchers?status=issued",
        "/v1/notices?kind=suspended",
        "/v1/notices?recipient_uin=1&kind=suspended",
    ] {
        let answer = world.get(path).await;
        answer.refuses(503, "overloaded");
        assert_eq!(answer.header("retry-after"), "1", "{path}");
        assert!(answer.text.contains("as many as it may"), "{path}: {}", answer.text);
        // Another key has a turn meanwhile.
        world.ask("GET", path).key(other["key"].as_str().unwrap()).send().await.is(200);
    }
    for path in [
        "/v1/orders",
        "/v1/orders?account_uin=2",
        "/v1/orders?state=delivered",
        "/v1/resources?account_uin=2",
        "/v1/vouchers?owner_uin=2",
        "/v1/notices",
        "/v1/notices?recipient_uin=1",
        "/v1/accounts/2",
        "/v1/customers/2/allocations",
        &bill,
        &format!("{bill}/lines"),
        &format!("{bill}/lines?pay_mode=prePay&day=3"),
        &format!("{bill}/resources"),
        &format!("{bill}/tags?key=team"),
    ] {
        world.get(path).await.is(200);
    }
    drop(end);
    for one in held {
        one.await.unwrap().unwrap();
    }
    world.get("/v1/audit").await.is(200);
}
