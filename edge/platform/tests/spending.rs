//! Orders and authorizations over HTTP: the vectors of the specification's section 19 that need a purchase, each answer
//! with its figures.

mod support;

use serde_json::{Value, json};
use support::{World, pick, purchase, timeless};

#[tokio::test]
async fn an_order_is_charged_on_both_sides() {
    let world = World::new();
    world.shop().await;
    let placed = world.post("/v1/orders", purchase("400")).await.is(201);
    assert_eq!(placed["state"], "delivered");
    assert_eq!(
        placed["payments"],
        json!([{ "uin": 2, "granted": "0.00", "cash": "0.00", "credit": "400.00", "voucher": "0.00" }])
    );
    assert_eq!(
        world.credit().await,
        json!({
            "total": "1000.00", "used": "400.00", "prepay_frozen": "0.00", "postpay_frozen": "0.00",
            "available": "600.00", "remaining_voucher": "0.00", "state": "normal", "overdue_since": null,
            "forced_since": null
        })
    );
    assert_eq!(
        world.spend().await,
        json!({ "line": "5000.00", "used": "400.00", "frozen": "0.00", "available": "4600.00" })
    );
    let id = placed["id"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&format!("/v1/orders/{id}")).await.is(200), placed);
    assert_eq!(
        timeless(placed),
        json!({
            "id": id, "account_uin": 2, "payer_uin": 2, "partner_uin": 1, "product_code": "cvm", "kind": "purchase",
            "state": "delivered", "list_amount": "400.00", "discount_rate": "1.00", "voucher_amount": "0.00", "amount": "400.00",
            "paid_by": "customer", "partner_amount": "400.00",
            "payments": [{ "uin": 2, "granted": "0.00", "cash": "0.00", "credit": "400.00", "voucher": "0.00" }],
            "refunded_amount": "0.00", "refunds": [], "refund_of": null, "created_at": "[time]", "updated_at": "[time]", "capture": true,
            "resource_id": null, "region": null, "zone": null, "project": null, "tags": {}, "resource_name": null,
            "operator_uin": null
        })
    );
}

#[tokio::test]
async fn equality_passes_and_a_unit_more_is_refused_on_the_customers_side() {
    let world = World::new();
    world.shop().await;
    let refused = world.post("/v1/orders", purchase("1000.00000001")).await;
    let body = refused.refuses(402, "insufficient_credit");
    assert_eq!(
        timeless(body),
        json!({
            "type": "urn:credere:problem:insufficient_credit",
            "title": "Credit does not suffice",
            "status": 402,
            "detail": "1000.00000001 is needed of the customer's credit, and 1000.00 is available (R55)",
            "code": "insufficient_credit",
            "request_id": "[request]",
            "side": "customer", "account_uin": 2, "required": "1000.00000001", "available": "1000.00",
            "because": [{
                "rule": "R55", "account_uin": 2, "figure": "customer_available", "required": "1000.00000001",
                "found": "1000.00", "applies": true, "passed": false, "code": "insufficient_credit"
            }, {
                "rule": "R56", "account_uin": 1, "figure": "spend_available", "required": "1000.00000001",
                "found": "5000.00", "applies": true, "passed": true
            }]
        })
    );
    assert_eq!(world.credit().await["available"], "1000.00");
    assert_eq!(world.all("/v1/orders", 50).await, Vec::<Value>::new());
    world.post("/v1/orders", purchase("1000")).await.is(201);
    assert_eq!(world.credit().await["available"], "0.00");
}

#[tokio::test]
async fn the_paying_partner_is_judged_second() {
    let world = World::new();
    world.shop().await;
    world.patch("/v1/partners/1", json!({ "spend_line": "90" })).await.is(200);
    let body = world.post("/v1/orders", purchase("100")).await.refuses(402, "insufficient_credit");
    assert_eq!(pick(&body, "side account_uin required available"), json!(["partner", 1, "100.00", "90.00"]));
    assert_eq!(world.spend().await["used"], "0.00");
}

#[tokio::test]
async fn an_indirect_customers_purchase_is_paid_by_the_distributor() {
    let world = World::new();
    world.partner(1, "distributor", "10000").await;
    world.account(3).await;
    let below = json!({ "uin": 3, "kind": "second_level_reseller", "distributor_uin": 1, "allocation_quota": "0" });
    let below = world.made("/v1/partners", below).await;
    assert_eq!((&below["spend"], &below["distributor_uin"]), (&Value::Null, &json!(1)));
    let pool = world.made("/v1/partners/3/pool", json!({ "amount": "3000", "remark": "start" })).await;
    assert_eq!(json!([pool["uin"], pool["total"], pool["remaining"]]), json!([3, "3000.00", "3000.00"]));
    world.customer(2, 3, "1000").await;
    world.product("cvm").await;
    world.made("/v1/discounts", json!({ "kind": "partner", "partner_uin": 1, "rate": "0.9" })).await;
    world.post("/v1/orders", purchase("400")).await.is(201);
    assert_eq!(world.credit().await["available"], "600.00");
    let distributor = world.get("/v1/partners/1").await.is(200);
    assert_eq!(
        (&distributor["spend"]["used"], &distributor["spend"]["available"]),
        (&json!("360.00"), &json!("9640.00"))
    );
    assert_eq!(distributor["allocation"]["allocatable"], "7000.00");
    let second = world.get("/v1/partners/3").await.is(200);
    assert_eq!(second["allocation"], json!({ "quota": "3000.00", "allocated": "1000.00", "allocatable": "2000.00" }));
    let more = |amount: &str| json!({ "amount": amount });
    let refused = world.post("/v1/customers/2/allocations", more("2000.01")).await;
    let refused = refused.blames(422, "exceeds_allocatable", "amount");
    assert_eq!((&refused["requested"], &refused["allocatable"]), (&json!("2000.01"), &json!("2000.00")));
    let done = world.post("/v1/customers/2/allocations", more("2000")).await.is(201);
    assert_eq!((&done["total"], &done["available"]), (&json!("3000.00"), &json!("2600.00")));
    let refused = world.post("/v1/partners/3/pool", more("-1")).await.blames(422, "exceeds_pool", "amount");
    assert_eq!(refused["remaining"], "0.00");
    world.post("/v1/partners/3/pool", more("1000000.01")).await.blames(422, "pool_amount_out_of_range", "amount");
    world.post("/v1/partners/3/pool", more("0")).await.blames(422, "amount_zero", "amount");
    world.post("/v1/partners/3/pool", more("7000.01")).await.blames(422, "exceeds_allocatable", "amount");
    world.post("/v1/partners/1/pool", more("1")).await.refuses(422, "wrong_partner_kind");
    world.post("/v1/partners/9/pool", more("1")).await.refuses(404, "second_level_reseller_not_found");
    let records = world.all("/v1/partners/3/pool", 1).await;
    assert_eq!(records.len(), 1);
    assert_eq!((&records[0]["allocation_id"], &records[0]["remark"]), (&pool["allocation_id"], &json!("start")));
}

#[tokio::test]
async fn discounts_price_both_sides_and_the_latest_counts() {
    let world = World::new();
    world.shop().await;
    let set = |kind: &str, rate: &str, product: Value| {
        let mut body = json!({ "kind": kind, "partner_uin": 1, "rate": rate, "product_code": product });
        if kind == "customer" {
            body["customer_uin"] = json!(2);
        }
        body
    };
    world.made("/v1/discounts", set("customer", "0.5", Value::Null)).await;
    let latest = world.made("/v1/discounts", set("customer", "0.9", json!("cvm"))).await;
    world.made("/v1/discounts", set("partner", "0.8", Value::Null)).await;
    let placed = world.post("/v1/orders", purchase("200")).await.is(201);
    assert_eq!(
        pick(&placed, "list_amount discount_rate amount partner_amount"),
        json!(["200.00", "0.90", "180.00", "160.00"])
    );
    let id = latest["id"].as_str().unwrap();
    assert_eq!(world.get(&format!("/v1/discounts/{id}")).await.is(200), latest);
    assert_eq!(world.all("/v1/discounts", 1).await.len(), 3);
    world.delete(&format!("/v1/discounts/{id}")).await.is(204);
    world.delete(&format!("/v1/discounts/{id}")).await.refuses(409, "discount_ended");
    world.get(&format!("/v1/discounts/{id}")).await.refuses(404, "discount_not_found");
    world.delete("/v1/discounts/dis_999999").await.refuses(404, "discount_not_found");
    assert_eq!(world.post("/v1/orders", purchase("200")).await.is(201)["amount"], "100.00");
    let mut foreign = set("customer", "0.9", Value::Null);
    foreign["customer_uin"] = json!(7);
    world.post("/v1/discounts", foreign).await.blames(404, "customer_not_found", "customer_uin");
    let refused = world.post("/v1/discounts", set("partner", "0.9", json!("nothing"))).await;
    refused.blames(404, "product_not_found", "product_code");
    let refused = world.post("/v1/discounts", set("partner", "0.9", json!("no thing"))).await;
    refused.blames(404, "product_not_found", "product_code");
    let mut empty = set("partner", "0.9", Value::Null);
    (empty["starts_at"], empty["ends_at"]) = (json!("2026-01-02T00:00:00Z"), json!("2026-01-02T08:00:00+08:00"));
    world.post("/v1/discounts", empty).await.blames(422, "empty_period", "ends_at");
}

#[tokio::test]
async fn an_order_in_two_steps_is_held_then_charged_or_given_back() {
    let world = World::new();
    world.shop().await;
    let held = |amount: &str| {
        let mut order = purchase(amount);
        order["capture"] = json!(false);
        order
    };
    let placed = world.post("/v1/orders", held("300")).await.is(201);
    assert_eq!((&placed["state"], &placed["capture"]), (&json!("processing"), &json!(false)));
    assert_eq!(placed["payments"][0]["credit"], "300.00");
    assert_eq!(
        (&world.credit().await["prepay_frozen"], &world.spend().await["frozen"]),
        (&json!("300.00"), &json!("300.00"))
    );
    let path = format!("/v1/orders/{}", placed["id"].as_str().unwrap());
    world.post(&format!("{path}/pay"), json!({ "by": "customer" })).await.refuses(409, "order_not_payable");
    let delivered = world.ask("POST", &format!("{path}/deliver")).send().await.is(200);
    assert_eq!(delivered["state"], "delivered");
    assert_eq!(
        (&world.credit().await["used"], &world.credit().await["prepay_frozen"]),
        (&json!("300.00"), &json!("0.00"))
    );
    for step in ["deliver", "cancel"] {
        let refused = world.post(&format!("{path}/{step}"), json!({})).await;
        assert_eq!(refused.is(409)["state"], "delivered");
    }
    let placed = world.post("/v1/orders", held("300")).await.is(201);
    let path = format!("/v1/orders/{}", placed["id"].as_str().unwrap());
    let canceled = world.post(&format!("{path}/cancel"), json!({})).await.is(200);
    assert_eq!((&canceled["state"], &canceled["payments"]), (&json!("canceled"), &json!([])));
    assert_eq!(world.get(&path).await.is(200), canceled);
    assert_eq!(world.credit().await["available"], "700.00");
    for step in ["deliver", "cancel"] {
        world.post(&format!("/v1/orders/ord_999999/{step}"), json!({})).await.refuses(404, "order_not_found");
    }
}

#[tokio::test]
async fn a_parked_order_waits_for_funds() {
    let world = World::new();
    world.shop().await;
    let mut parked = purchase("1500");
    parked["park"] = json!(true);
    let placed = world.post("/v1/orders", parked).await.is(201);
    assert_eq!((&placed["state"], &placed["payments"]), (&json!("to_be_paid"), &json!([])));
    assert_eq!(world.credit().await["available"], "1000.00");
    let pay = format!("/v1/orders/{}/pay", placed["id"].as_str().unwrap());
    world.post(&pay, json!({})).await.blames(400, "missing_field", "by");
    world.post(&pay, json!({ "by": "customer" })).await.refuses(402, "insufficient_credit");
    world.made("/v1/customers/2/allocations", json!({ "amount": "500" })).await;
    let paid = world.post(&pay, json!({ "by": "partner" })).await.is(200);
    assert_eq!((&paid["state"], &paid["amount"]), (&json!("delivered"), &json!("1500.00")));
    assert_eq!(paid["paid_by"], "partner");
    assert_eq!(world.credit().await["available"], "0.00");
}

#[tokio::test]
async fn a_downgrade_gives_its_amount_back() {
    let world = World::new();
    world.shop().await;
    let mut bought = purchase("400");
    bought["resource_id"] = json!("ins-1");
    world.post("/v1/orders", bought).await.is(201);
    let mut downgrade = purchase("150");
    downgrade["kind"] = json!("downgrade");
    world.post("/v1/orders", downgrade.clone()).await.blames(422, "resource_required", "resource_id");
    downgrade["resource_id"] = json!("ins-1");
    let placed = world.post("/v1/orders", downgrade.clone()).await.is(201);
    assert_eq!((&placed["list_amount"], &placed["amount"]), (&json!("-150.00"), &json!("-150.00")));
    assert_eq!(world.credit().await["used"], "250.00");
    for field in ["capture", "park"] {
        let mut wrong = downgrade.clone();
        wrong[field] = json!(field == "park");
        world.post("/v1/orders", wrong).await.blames(422, "downgrade_is_immediate", field);
    }
    for (resource, amount, paid) in [("ins-1", "250.01", "250.00"), ("ins-2", "0.01", "0.00")] {
        let mut wrong = downgrade.clone();
        (wrong["resource_id"], wrong["amount"]) = (json!(resource), json!(amount));
        let refused = world.post("/v1/orders", wrong).await;
        refused.blames(422, "exceeds_paid", "amount");
        let told = refused.json();
        assert_eq!(json!([told["account_uin"], told["requested"], told["paid"]]), json!([2, amount, paid]));
    }
    let mut rest = downgrade.clone();
    rest["amount"] = json!("250");
    world.post("/v1/orders", rest).await.is(201);
    assert_eq!(world.credit().await["used"], "0.00");
    downgrade["resource_id"] = json!("");
    world.post("/v1/orders", downgrade).await.blames(400, "invalid_value", "resource_id");
}

#[tokio::test]
async fn a_dry_run_says_what_would_come_of_it_and_keeps_nothing() {
    let world = World::new();
    world.shop().await;
    let mut dry = purchase("400");
    dry["dry_run"] = json!(true);
    let seen = world.post("/v1/orders", dry.clone()).await.is(200);
    assert_eq!(pick(&seen, "id state amount dry_run"), json!([null, "delivered", "400.00", true]));
    assert_eq!(
        seen["because"],
        json!([
            { "rule": "R55", "account_uin": 2, "figure": "customer_available", "required": "400.00", "found": "1000.00",
              "applies": true, "passed": true },
            { "rule": "R56", "account_uin": 1, "figure": "spend_available", "required": "400.00", "found": "5000.00",
              "applies": true, "passed": true },
        ])
    );
    dry["amount"] = json!("1000.01");
    world.post("/v1/orders", dry.clone()).await.refuses(402, "insufficient_credit");
    dry["park"] = json!(true);
    assert_eq!(world.post("/v1/orders", dry).await.is(200)["state"], "to_be_paid");
    assert_eq!(world.all("/v1/orders", 50).await.len(), 0);
    assert_eq!(world.credit().await["available"], "1000.00");
    assert_eq!(world.all("/v1/audit?action=place_order", 50).await.len(), 0);
}

#[tokio::test]
async fn an_order_shows_what_it_was_placed_with() {
    let world = World::new();
    world.shop().await;
    let mut full = purchase("1");
    let with = json!({
        "resource_id": "ins-1", "region": "ap-singapore", "zone": "ap-singapore-1", "project": "web",
        "tags": { "b": "2", "a": "1" }, "resource_name": "front \"1\"", "operator_uin": 5
    });
    full.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    let placed = world.post("/v1/orders", full).await.is(201);
    for (name, value) in with.as_object().unwrap() {
        assert_eq!(&placed[name], value);
    }
    assert_eq!(world.all("/v1/orders?account_uin=2", 50).await, [placed]);
}

#[tokio::test]
async fn whoever_may_not_buy_is_told_why() {
    let world = World::new();
    world.shop().await;
    let buys = |account: u64| {
        let mut order = purchase("1");
        order["account_uin"] = json!(account);
        order
    };
    world.post("/v1/orders", buys(7)).await.blames(404, "account_not_found", "account_uin");
    world.account(3).await;
    // Who is nobody's customer has its own money, of which there is none yet.
    let short = world.post("/v1/orders", buys(3)).await.is(402);
    assert_eq!((&short["code"], &short["side"]), (&json!("insufficient_credit"), &json!("payer")));
    world.patch("/v1/accounts/2", json!({ "verification": { "level": "none" } })).await.is(200);
    world.post("/v1/orders", buys(2)).await.blames(422, "account_unverified", "account_uin");
    let mut nothing = buys(1);
    nothing["product_code"] = json!("nothing");
    world.post("/v1/orders", nothing).await.blames(404, "product_not_found", "product_code");
    let mut zero = buys(1);
    zero["amount"] = json!("0");
    world.post("/v1/orders", zero).await.blames(422, "amount_not_positive", "amount");
    // A partner buys for itself on its spend line only.
    let own = world.post("/v1/orders", buys(1)).await.is(201);
    assert_eq!((&own["payer_uin"], &own["partner_uin"]), (&json!(1), &json!(1)));
    assert_eq!(world.spend().await["used"], "1.00");
}

#[tokio::test]
async fn orders_are_listed_newest_first_by_account_and_state() {
    let world = World::new();
    world.shop().await;
    for amount in ["1", "2", "3"] {
        world.post("/v1/orders", purchase(amount)).await.is(201);
    }
    let mut held = purchase("4");
    held["capture"] = json!(false);
    world.post("/v1/orders", held).await.is(201);
    let amounts = |orders: Vec<Value>| orders.iter().map(|order| order["amount"].clone()).collect::<Vec<_>>();
    assert_eq!(amounts(world.all("/v1/orders", 2).await), ["4.00", "3.00", "2.00", "1.00"]);
    assert_eq!(amounts(world.all("/v1/orders?state=delivered", 2).await), ["3.00", "2.00", "1.00"]);
    assert_eq!(amounts(world.all("/v1/orders?state=processing&account_uin=2", 2).await), ["4.00"]);
    for none in ["state=failed", "state=refunded", "state=to_be_paid", "account_uin=1"] {
        assert_eq!(world.all(&format!("/v1/orders?{none}"), 2).await.len(), 0, "{none}");
    }
}
