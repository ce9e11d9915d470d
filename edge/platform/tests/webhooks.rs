//! Webhooks over HTTP: added, given secrets, listed, removed, and the log of what a receiver on this machine was sent.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use axum::http::{HeaderMap, StatusCode};
use axum::{Router, routing::post};
use credere_app::notices::{NoticeOptions, Reach, WebhookOptions};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use support::{World, pick};
use tokio::sync::mpsc;

const URL: &str = "https://hooks.example.test/credere";

#[tokio::test]
async fn a_webhook_is_shown_without_its_secret_until_it_is_removed() {
    let world = World::new();
    world.account(1).await;
    let asked = json!({ "url": URL, "account_uin": 1, "kinds": ["suspended", "resource.deleted", "suspended"] });
    let added = world.post("/v1/webhooks", asked).await.is(201);
    let secret = added["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let id = added["id"].as_str().unwrap();
    let path = format!("/v1/webhooks/{id}");
    let now = world.get("/v1/clock").await.is(200)["now"].clone();
    let expected = json!({ "id": id, "url": URL, "account_uin": 1, "kinds": ["suspended", "resource.deleted"],
        "created_at": now, "disabled_since": null });
    let mut without = added.clone();
    without.as_object_mut().unwrap().remove("secret");
    assert_eq!(without, expected);
    assert_eq!(world.get(&path).await.is(200), expected);
    let list = world.get("/v1/webhooks").await;
    assert_eq!(list.is(200), json!({ "data": [expected], "next_cursor": null }));
    assert!(!list.text.contains("whsec_"));
    assert_eq!(world.all(&format!("{path}/deliveries"), 1).await, [] as [Value; 0]);
    world.delete(&path).await.is(204);
    for answer in [
        world.delete(&path).await,
        world.post(&format!("{path}/rotate-secret"), json!({})).await,
        world.post(&format!("{path}/deliveries/ntc_1_0/redeliver"), json!({})).await,
        world.post(&format!("{path}/deliveries/x/redeliver"), json!({})).await,
    ] {
        answer.refuses(409, "webhook_removed");
    }
    for answer in [
        world.get(&path).await,
        world.get(&format!("{path}/deliveries")).await,
        world.get("/v1/webhooks/7").await,
        world.delete("/v1/webhooks/ord_7").await,
        world.delete("/v1/webhooks/whk_999999").await,
    ] {
        answer.refuses(404, "webhook_not_found");
    }
    assert_eq!(world.all("/v1/webhooks", 1).await, [] as [Value; 0]);
}

#[tokio::test]
async fn the_platforms_own_needs_an_address_only() {
    let world = World::new();
    let added = world.post("/v1/webhooks", json!({ "url": URL })).await.is(201);
    assert_eq!((&added["account_uin"], &added["kinds"]), (&Value::Null, &json!([])));
    let other = world.post("/v1/webhooks", json!({ "url": URL, "account_uin": null, "kinds": [] })).await.is(201);
    assert_ne!(added["id"], other["id"]);
    assert_ne!(added["secret"], other["secret"]);
}

#[tokio::test]
async fn whoever_may_only_read_does_not_see_what_may_be_secret_in_an_address() {
    let world = World::new();
    let whole = "https://user:pass@hooks.example.test:8443/in/1?token=s3cret";
    let added = world.made("/v1/webhooks", json!({ "url": whole })).await;
    let (path, reader) = (format!("/v1/webhooks/{}", added["id"].as_str().unwrap()), world.read_key().await);
    for path in [&*path, "/v1/webhooks"] {
        let full = world.get(path).await;
        assert!(full.text.contains(whole), "{}", full.text);
        let read = world.ask("GET", path).key(&reader).send().await;
        read.is(200);
        assert!(read.text.contains(r#""https://hooks.example.test:8443/in/1""#), "{}", read.text);
        for secret in ["user", "pass", "s3cret", "token"] {
            assert!(!read.text.contains(secret), "{secret}: {}", read.text);
        }
    }
}

#[tokio::test]
async fn a_repeated_answer_has_no_secret() {
    let world = World::new();
    let add = || world.ask("POST", "/v1/webhooks").once("k").json(&json!({ "url": URL })).send();
    let (first, again) = (add().await, add().await);
    let mut expected = first.is(201);
    assert!(expected["secret"].is_string() && again.replayed());
    expected["secret"] = Value::Null;
    assert_eq!(again.is(201), expected);
    assert_eq!(world.all("/v1/webhooks", 50).await.len(), 1);
    let other = json!({ "url": URL, "kinds": ["resumed"] });
    let reused = world.ask("POST", "/v1/webhooks").once("k").json(&other).send().await;
    reused.refuses(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_secret_is_rotated_and_shown_once() {
    let world = World::new();
    let added = world.made("/v1/webhooks", json!({ "url": URL })).await;
    let path = format!("/v1/webhooks/{}", added["id"].as_str().unwrap());
    let rotate = || world.ask("POST", &format!("{path}/rotate-secret")).once("k").send();
    let first = rotate().await.is(201);
    assert_eq!(first["id"], added["id"]);
    assert!(first["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_ne!(first["secret"], added["secret"]);
    let again = rotate().await;
    assert_eq!((again.is(201), again.replayed()), (json!({ "id": added["id"], "secret": null }), true));
    let next = world.post(&format!("{path}/rotate-secret"), json!({})).await.is(201);
    assert_ne!(next["secret"], first["secret"]);
    let extra = world.post(&format!("{path}/rotate-secret"), json!({ "secret": "x" })).await;
    extra.blames(400, "unknown_field", "secret");
    // The answer under a key stays what it was.
    world.delete(&path).await.is(204);
    let again = rotate().await;
    assert_eq!((again.is(201)["secret"].clone(), again.replayed()), (Value::Null, true));
}

#[tokio::test]
async fn what_is_no_webhook_is_refused() {
    let world = World::new();
    for (body, code, field) in [
        (json!({}), "missing_field", "url"),
        (json!({ "url": 5 }), "invalid_value", "url"),
        (json!({ "url": "" }), "invalid_value", "url"),
        (json!({ "url": "hooks.example.test" }), "invalid_value", "url"),
        (json!({ "url": "ftp://hooks.example.test/" }), "invalid_value", "url"),
        (json!({ "url": "http://hooks.example.test/" }), "invalid_value", "url"),
        (json!({ "url": "https://hooks.example.test/#part" }), "invalid_value", "url"),
        (json!({ "url": format!("https://hooks.example.test/{}", "x".repeat(2_048)) }), "invalid_value", "url"),
        (json!({ "url": "https://127.0.0.1/" }), "invalid_value", "url"),
        (json!({ "url": "https://localhost/" }), "invalid_value", "url"),
        (json!({ "url": "https://10.0.0.1/" }), "invalid_value", "url"),
        (json!({ "url": "https://169.254.169.254/latest" }), "invalid_value", "url"),
        (json!({ "url": "https://[::1]/" }), "invalid_value", "url"),
        (json!({ "url": "https://[::ffff:192.168.0.1]/" }), "invalid_value", "url"),
        (json!({ "url": "https://[fd00::1]/" }), "invalid_value", "url"),
        (json!({ "url": URL, "kinds": null }), "invalid_value", "kinds"),
        (json!({ "url": URL, "kinds": "suspended" }), "invalid_value", "kinds"),
        (json!({ "url": URL, "kinds": ["suspended", "sneezed"] }), "invalid_value", "kinds[1]"),
        (json!({ "url": URL, "kinds": [5] }), "invalid_value", "kinds[0]"),
        (json!({ "url": URL, "account_uin": "1" }), "invalid_value", "account_uin"),
        (json!({ "url": URL, "secret": "whsec_mine" }), "unknown_field", "secret"),
    ] {
        world.post("/v1/webhooks", body).await.blames(400, code, field);
    }
    let stranger = world.post("/v1/webhooks", json!({ "url": URL, "account_uin": 7 })).await;
    stranger.blames(404, "account_not_found", "account_uin");
    assert_eq!(world.all("/v1/webhooks", 50).await.len(), 0);
    // Whoever may not write learns that before what is wrong with the address.
    let reader = world.read_key().await;
    let refused = world.ask("POST", "/v1/webhooks").key(&reader).json(&json!({ "url": "https://10.0.0.1/" })).send();
    refused.await.refuses(403, "read_only_key");
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let world = World::new();
    world.account(1).await;
    let mut ids = Vec::new();
    for account in [json!(null), json!(1), json!(null), json!(1), json!(1)] {
        let added = world.made("/v1/webhooks", json!({ "url": URL, "account_uin": account })).await;
        ids.push(added["id"].clone());
    }
    let listed: Vec<Value> = world.all("/v1/webhooks", 2).await.iter().map(|one| one["id"].clone()).collect();
    assert_eq!(listed, ids);
    let own: Vec<Value> =
        world.all("/v1/webhooks?account_uin=1", 2).await.iter().map(|one| one["id"].clone()).collect();
    assert_eq!(own, [ids[1].clone(), ids[3].clone(), ids[4].clone()]);
    assert_eq!(world.all("/v1/webhooks?account_uin=7", 2).await.len(), 0);
    world.get("/v1/webhooks?account_uin=x").await.blames(400, "invalid_value", "account_uin");
    world.get("/v1/webhooks?kind=suspended").await.blames(400, "unknown_field", "kind");
}

/// A receiver on this machine: what it is sent, and the status that it answers with.
struct Receiver {
    url: String,
    status: Arc<AtomicU16>,
    arrived: mpsc::UnboundedReceiver<(HeaderMap, Value)>,
}

impl Receiver {
    async fn new(status: u16) -> Receiver {
        let (told, arrived) = mpsc::unbounded_channel();
        let status = Arc::new(AtomicU16::new(status));
        let answers = status.clone();
        let take = post(move |headers: HeaderMap, body: String| async move {
            told.send((headers, serde_json::from_str(&body).unwrap())).unwrap();
            StatusCode::from_u16(answers.load(Relaxed)).unwrap()
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", take)).await });
        Receiver { url, status, arrived }
    }

    async fn next(&mut self) -> (HeaderMap, Value) {
        self.arrived.recv().await.unwrap()
    }
}

/// A shop whose notices are sent, also to this machine.
async fn sending() -> World {
    let world = World::new();
    let reach = Reach { private: true, http: true };
    let webhooks = WebhookOptions { reach, retries: "10ms 10ms".parse().unwrap(), ..WebhookOptions::default() };
    world.app.deliver_notices(NoticeOptions { mail: None, webhooks }).unwrap();
    world.shop().await;
    world
}

/// The webhook's newest delivery once it is in this state.
async fn settled(world: &World, path: &str, state: &str) -> Value {
    loop {
        let found = world.get(&format!("{path}/deliveries?limit=1")).await.is(200);
        if found["data"][0]["state"] == state {
            return found["data"][0].clone();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_is_in_the_log_and_goes_out_again_on_request() {
    let world = sending().await;
    let mut receiver = Receiver::new(200).await;
    let asked = json!({ "url": receiver.url, "kinds": ["credit_below_custom"] });
    let webhook = world.made("/v1/webhooks", asked).await;
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    let everything = json!({ "channel_service": true, "channels": ["webhook"] });
    world.ask("PUT", "/v1/accounts/2/subscriptions").json(&everything).send().await.is(200);
    world.patch("/v1/customers/2", json!({ "own_warning_percent": 50 })).await.is(200);
    world.buy("600").await;
    let (headers, message) = receiver.next().await;
    assert_eq!((&message["type"], &message["data"]["level"]), (&json!("credit_below_custom"), &json!(50)));
    let delivery = settled(&world, &path, "delivered").await;
    assert_eq!(headers["webhook-id"].to_str().unwrap(), delivery["id"]);
    assert!(headers["webhook-signature"].to_str().unwrap().starts_with("v1,"));
    assert_eq!(delivery["message"], message);
    assert_eq!(
        pick(&delivery, "webhook_id kind recipient_uin attempts"),
        json!([webhook["id"], "credit_below_custom", 2, 1])
    );
    assert_eq!(
        json!([delivery["reason"], delivery["next_attempt_at"], delivery["log"][0]["status"]]),
        json!([null, null, 200])
    );
    assert_eq!(delivery["log"].as_array().unwrap().len(), 1);
    // The notice says so as well.
    let notice = world.get("/v1/notices?recipient_uin=2").await.is(200)["data"][0].clone();
    assert_eq!(notice["id"], delivery["id"]);
    assert_eq!(
        notice["deliveries"],
        json!([{ "channel": "webhook", "webhook_id": webhook["id"], "state": "delivered", "attempts": 1, "reason": null }])
    );
    let again = format!("{path}/deliveries/{}/redeliver", delivery["id"].as_str().unwrap());
    let waiting = world.post(&again, json!({})).await.is(200);
    assert_eq!((&waiting["id"], &waiting["state"]), (&delivery["id"], &json!("waiting")));
    assert!(waiting["next_attempt_at"].is_string());
    let (headers, repeated) = receiver.next().await;
    assert_eq!((headers["webhook-id"].to_str().unwrap(), repeated), (delivery["id"].as_str().unwrap(), message));
    assert_eq!(settled(&world, &path, "delivered").await["attempts"], 2);
    for unknown in ["ntc_1_0", "ntc_x", "whk_1"] {
        let answer = world.post(&format!("{path}/deliveries/{unknown}/redeliver"), json!({})).await;
        answer.refuses(404, "delivery_not_found");
    }
    world.post(&again, json!({ "now": true })).await.blames(400, "unknown_field", "now");
    world.app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_gone_is_switched_off_until_something_is_sent_again() {
    let world = sending().await;
    let mut receiver = Receiver::new(410).await;
    let asked = json!({ "url": receiver.url, "account_uin": 1 });
    let webhook = world.made("/v1/webhooks", asked).await;
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    let by_webhook = json!({ "channel_service": true, "channels": ["webhook"] });
    world.ask("PUT", "/v1/accounts/1/subscriptions").json(&by_webhook).send().await.is(200);
    world.buy("760").await;
    receiver.next().await;
    let failed = settled(&world, &path, "failed").await;
    assert!(failed["reason"].is_string(), "{failed}");
    // A moment after what it answered is written down.
    while !world.get(&path).await.is(200)["disabled_since"].is_string() {
        tokio::task::yield_now().await;
    }
    receiver.status.store(204, Relaxed);
    let again = format!("{path}/deliveries/{}/redeliver", failed["id"].as_str().unwrap());
    world.post(&again, json!({})).await.is(200);
    receiver.next().await;
    let delivered = settled(&world, &path, "delivered").await;
    let seen: Vec<_> = delivered["log"].as_array().unwrap().iter().map(|attempt| attempt["status"].clone()).collect();
    assert_eq!(seen, [json!(410), json!(204)]);
    assert_eq!(world.get(&path).await.is(200)["disabled_since"], Value::Null);
    world.app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_count_what_was_sent() {
    let world = sending().await;
    let mut receiver = Receiver::new(200).await;
    world.made("/v1/webhooks", json!({ "url": receiver.url })).await;
    world.buy("760").await;
    receiver.next().await;
    receiver.next().await;
    let shows = |metrics: &str, line: &str| metrics.lines().any(|found| found == line);
    // A receiver has answered a moment before that is written down.
    let metrics = loop {
        let metrics = world.ask("GET", "/metrics").without("authorization").send().await.text;
        if shows(&metrics, "credere_deliveries_arrived_total 2") && shows(&metrics, "credere_deliveries_waiting 0") {
            break metrics;
        }
        tokio::task::yield_now().await;
    };
    for line in ["credere_delivery_attempts_total 2", "credere_deliveries_failed_total 0"] {
        assert!(shows(&metrics, line), "{line}\n{metrics}");
    }
    world.app.close();
}
