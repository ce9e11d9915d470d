//! Decisions explained: who asked, which rules and figures decided, on which side it failed, and what followed.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::{Answer, World, pick, purchase};

async fn explained(world: &World, of: &Answer, query: &str) -> Answer {
    world.get(&format!("/v1/decisions/{}{query}", of.header("x-request-id"))).await
}

fn compared(rule: &str, gist: &str, account: u64, figure: &str, required: &str, found: &str, passed: bool) -> Value {
    let mut told = json!({ "rule": rule, "gist": gist, "account_uin": account, "figure": figure, "required": required,
        "found": found, "applies": true, "passed": passed });
    if !passed {
        told["code"] = json!("insufficient_credit");
    }
    told
}

const CUSTOMER_SIDE: &str = "a purchase must not exceed the customer's available credit";
const PARTNER_SIDE: &str = "a purchase must not exceed the paying partner's available spend line";

#[tokio::test]
async fn an_approval_says_which_figures_sufficed() {
    let world = World::new();
    world.shop().await;
    let bought = world.post("/v1/orders", purchase("400")).await;
    let id = bought.is(201)["id"].as_str().unwrap().to_owned();
    let decision = explained(&world, &bought, "").await.is(200);
    let entry = world.get("/v1/audit?action=place_order").await.is(200)["data"][0].clone();
    assert_eq!(id, format!("ord_{}", decision["journal_position"]));
    for name in ["journal_position", "request_id", "at", "actor", "face", "action", "account_uin", "outcome", "code"] {
        assert_eq!(decision[name], entry[name], "{name}");
    }
    assert_eq!(
        pick(&decision, "actor outcome event side detail"),
        json!(["platform:key_1", "done", "order_placed", null, null])
    );
    assert_eq!(
        decision["because"],
        json!([
            compared("R55", CUSTOMER_SIDE, 2, "customer_available", "400.00", "1000.00", true),
            compared("R56", PARTNER_SIDE, 1, "spend_available", "400.00", "5000.00", true)
        ])
    );
    assert_eq!((&decision["followed"], &decision["batch"], &decision["key"]), (&json!([]), &Value::Null, &Value::Null));
}

#[tokio::test]
async fn the_figures_are_those_before_the_decision_whatever_came_later() {
    let world = World::new();
    world.shop().await;
    let first = world.post("/v1/orders", purchase("400")).await;
    let before = explained(&world, &first, "").await.is(200);
    for _ in 0..20 {
        world.made("/v1/orders", purchase("10")).await;
    }
    world.made("/v1/customers/2/allocations", json!({ "amount": "77" })).await;
    world.made("/v1/discounts", json!({ "kind": "partner", "partner_uin": 1, "rate": "0.5" })).await;
    assert_eq!(explained(&world, &first, "").await.is(200), before);
}

#[tokio::test]
async fn a_refusal_says_on_which_side_it_failed() {
    let world = World::new();
    world.shop().await;
    let refused = world.post("/v1/orders", purchase("1000.01")).await;
    let problem = refused.refuses(402, "insufficient_credit");
    let decision = explained(&world, &refused, "").await.is(200);
    assert_eq!(
        pick(&decision, "outcome code side event account_uin"),
        json!(["refused", "insufficient_credit", "customer", null, 2])
    );
    assert_eq!(decision["detail"], problem["detail"]);
    assert_eq!(
        decision["because"],
        json!([
            compared("R55", CUSTOMER_SIDE, 2, "customer_available", "1000.01", "1000.00", false),
            compared("R56", PARTNER_SIDE, 1, "spend_available", "1000.01", "5000.00", true)
        ])
    );
    world.made("/v1/customers/2/allocations", json!({ "amount": "9000" })).await;
    let refused = world.post("/v1/orders", purchase("5000.01")).await;
    refused.refuses(402, "insufficient_credit");
    let decision = explained(&world, &refused, "").await.is(200);
    assert_eq!(decision["side"], "partner");
    let last = decision["because"].as_array().unwrap().last().unwrap();
    assert_eq!(*last, compared("R56", PARTNER_SIDE, 1, "spend_available", "5000.01", "5000.00", false));
}

#[tokio::test]
async fn other_refusals_are_told_with_their_code() {
    let world = World::new();
    world.shop().await;
    let refused = world.post("/v1/customers/2/allocations", json!({ "amount": "9000.01" })).await;
    refused.refuses(422, "exceeds_allocatable");
    let decision = explained(&world, &refused, "").await.is(200);
    assert_eq!((&decision["code"], &decision["side"]), (&json!("exceeds_allocatable"), &Value::Null));
    assert_eq!(decision["because"][0]["rule"], "R32");
    let reader = world.read_key().await;
    let refused = world.ask("DELETE", "/v1/customers/2").key(&reader).send().await;
    refused.refuses(403, "read_only_key");
    let decision = explained(&world, &refused, "").await.is(200);
    assert_eq!(json!([decision["code"], decision["actor"]]), json!(["read_only_key", "platform:key_2"]));
    assert_eq!(decision["because"], json!([]));
}

#[tokio::test]
async fn what_followed_is_told_with_its_notices() {
    let world = World::new();
    world.shop().await;
    let bought = world.post("/v1/orders", purchase("760")).await;
    let decision = explained(&world, &bought, "").await.is(200);
    let followed = decision["followed"].as_array().unwrap();
    assert_eq!(followed.len(), 1);
    assert_eq!(json!([followed[0]["event"], followed[0]["account_uin"]]), json!(["customer_reviewed", 2]));
    let notices = world.all("/v1/notices", 50).await;
    let told: Vec<_> = followed[0]["notices"].as_array().unwrap().iter().rev().collect();
    assert_eq!((told.len(), notices.len()), (2, 2));
    for (told, notice) in told.into_iter().zip(&notices) {
        for name in ["id", "kind", "recipient_uin", "level"] {
            assert_eq!(told[name], notice[name], "{name}");
        }
    }
}

#[tokio::test]
async fn an_operation_of_a_batch_is_found_by_its_key() {
    let world = World::new();
    world.shop().await;
    let authorize = |key: &str, amount: &str| json!({ "key": key, "op": "authorize", "account_uin": 2, "product_code": "cvm", "amount": amount });
    let batch = json!({ "operations": [authorize("a", "300"), authorize("b", "700.01"), authorize("c", "1")] });
    let answer = world.post("/v1/authorizations", batch).await;
    answer.is(200);
    let whole = explained(&world, &answer, "").await.is(200);
    let second = explained(&world, &answer, "?key=b").await.is(200)["journal_position"].clone();
    assert_eq!(
        pick(&whole, "action outcome batch because"),
        json!([
            "authorizations",
            "done",
            { "done": 2, "refused": 1, "replayed": 0, "refusals": [{ "journal_position": second, "action": "authorize",
                "account_uin": 2, "code": "insufficient_credit" }] },
            []
        ])
    );
    let approved = explained(&world, &answer, "?key=a").await.is(200);
    assert_eq!(
        pick(&approved, "key outcome event account_uin batch"),
        json!(["a", "done", "authorization_opened", 2, null])
    );
    assert_eq!(approved["action"], "authorize");
    assert_eq!(approved["because"][0]["found"], "1000.00");
    // In a batch each operation sees the ones before it.
    let declined = explained(&world, &answer, "?key=b").await.is(200);
    assert_eq!(pick(&declined, "outcome side action account_uin"), json!(["refused", "customer", "authorize", 2]));
    assert_eq!(
        declined["because"],
        json!([
            compared("R55", CUSTOMER_SIDE, 2, "customer_available", "700.01", "700.00", false),
            compared("R56", PARTNER_SIDE, 1, "spend_available", "700.01", "4700.00", true)
        ])
    );
    let last = explained(&world, &answer, "?key=c").await.is(200);
    assert!(last["journal_position"].as_u64() > approved["journal_position"].as_u64());
    explained(&world, &answer, "?key=d").await.refuses(404, "decision_not_found");
}

#[tokio::test]
async fn a_usage_record_is_found_by_its_key_whenever_its_period_was() {
    let world = World::new();
    world.shop().await;
    world.made("/v1/clock/advance", json!({ "by": "440d" })).await;
    let now: jiff::Timestamp = world.get("/v1/clock").await.is(200)["now"].as_str().unwrap().parse().unwrap();
    let past = (now - jiff::SignedDuration::from_hours(24 * 400)).to_string();
    let record = |key: &str, product: &str, at: &str| json!({ "key": key, "account_uin": 2, "product_code": product, "amount": "800", "period_start": at, "period_end": at });
    let now = now.to_string();
    let batch =
        json!({ "records": [record("old", "cvm", &past), record("bad", "none", &now), record("new", "cvm", &now)] });
    let answer = world.post("/v1/usage", batch).await;
    answer.is(200);
    let whole = explained(&world, &answer, "").await.is(200);
    assert_eq!(whole["action"], "usage");
    assert_eq!(json!([whole["batch"]["done"], whole["batch"]["refused"]]), json!([2, 1]));
    let refused = &whole["batch"]["refusals"][0];
    assert_eq!(pick(refused, "action account_uin code"), json!(["settle_usage", 2, "product_not_found"]));
    let old = explained(&world, &answer, "?key=old").await.is(200);
    assert_eq!(json!([old["event"], old["account_uin"]]), json!(["usage_settled", 2]));
    let new = explained(&world, &answer, "?key=new").await.is(200);
    // The second took the customer below zero, which was told.
    assert_eq!(new["followed"][0]["event"], "customer_reviewed");
    let bad = explained(&world, &answer, "?key=bad").await.is(200);
    assert_eq!(json!([bad["outcome"], bad["code"]]), json!(["refused", "product_not_found"]));
}

#[tokio::test]
async fn a_repeat_decides_nothing() {
    let world = World::new();
    world.shop().await;
    let ask = || world.ask("POST", "/v1/orders").once("k").json(&purchase("10")).send();
    let (first, again) = (ask().await, ask().await);
    assert!(again.replayed());
    explained(&world, &first, "").await.is(200);
    // A repeat decided nothing.
    explained(&world, &again, "").await.refuses(404, "decision_not_found");
}

#[tokio::test]
async fn what_decided_nothing_is_not_found() {
    let world = World::new();
    world.shop().await;
    let read = world.get("/v1/accounts/2").await;
    let malformed = world.post("/v1/orders", json!({})).await;
    malformed.refuses(400, "missing_field");
    for answer in [read, malformed] {
        explained(&world, &answer, "").await.refuses(404, "decision_not_found");
    }
    for id in ["01931c5e-7a60-7000-8000-000000000000", "x", "%20"] {
        world.get(&format!("/v1/decisions/{id}")).await.refuses(404, "decision_not_found");
    }
    let bought = world.post("/v1/orders", purchase("1")).await;
    explained(&world, &bought, "?keys=a").await.blames(400, "unknown_field", "keys");
    explained(&world, &bought, "?key=a&key=b").await.blames(400, "duplicate_field", "key");
    let capitals = bought.header("x-request-id").to_uppercase();
    world.get(&format!("/v1/decisions/{capitals}")).await.is(200);
}
