//! Bills over HTTP: what they come to by whatever their lines are grouped by, their lines, and the files of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::io::{Cursor, Read};
use support::{World, pick};
use tower::ServiceExt;

/// The shop at 90 % for the customer and 80 % for its partner, with a voucher of 9 and five lines in January: an order of
/// 100, usage of 10 and 20, a compensation of 5 and usage of the other product of 1.
async fn world() -> World {
    let world = World::january().await;
    world.product("cdn").await;
    world.discounts().await;
    let order = json!({
        "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": "100", "resource_id": "ins-1",
        "region": "sg", "tags": { "team": "web" }
    });
    world.made("/v1/orders", order).await;
    let voucher = json!({ "kind": "customer", "owner_uin": 2, "amount": "9", "expires_at": "2100-02-01T00:00:00Z" });
    world.made("/v1/vouchers", voucher).await;
    let record = |key: &str, product: &str, amount: &str, day: u8, told: Value| {
        let mut record = json!({
            "key": key, "account_uin": 2, "product_code": product, "amount": amount,
            "period_start": format!("2100-01-{day:02}T00:00:00+08:00"),
            "period_end": format!("2100-01-{day:02}T01:00:00+08:00")
        });
        record.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
        record
    };
    let records = [
        record("a", "cvm", "10", 1, json!({ "resource_id": "ins-1", "region": "sg", "tags": { "team": "web" } })),
        record("b", "cvm", "20", 2, json!({ "resource_id": "ins-2", "region": "jp", "tags": { "team": "ml" } })),
        record("c", "cvm", "5", 2, json!({ "action_type": "recon_increase", "project": "shop" })),
        record("d", "cdn", "1", 3, json!({ "resource_id": "ins-2" })),
    ];
    let settled = world.made("/v1/usage", json!({ "records": records })).await;
    assert!(settled["results"].as_array().unwrap().iter().all(|one| one["status"] == "settled"), "{settled}");
    world
}

/// Name, number of lines, and what the customer owes.
fn groups(bill: &Value, by: &str) -> Vec<Value> {
    let found = bill[by].as_array().unwrap();
    found.iter().map(|group| json!([group["name"], group["lines"], group["amount"]])).collect()
}

#[tokio::test]
async fn a_bill_is_the_sum_of_its_lines_by_everything() {
    let world = world().await;
    let bill = world.get("/v1/bills/2/2100-01").await.is(200);
    assert_eq!(
        pick(
            &bill,
            "account_uin month total confirmed unconfirmed lines list_amount voucher_amount amount partner_amount issued_at"
        ),
        json!([2, "2100-01", "104.40", "0.00", "104.40", 5, "126.00", "9.00", "104.40", "100.80", null])
    );
    assert_eq!(groups(&bill, "by_pay_mode"), [json!(["postPay", 4, "14.40"]), json!(["prePay", 1, "90.00"])]);
    assert_eq!(
        groups(&bill, "by_action_type"),
        [
            json!(["postpay_deduct_h", 3, "18.90"]),
            json!(["prepay_purchase", 1, "90.00"]),
            json!(["recon_increase", 1, "-4.50"])
        ]
    );
    assert_eq!(groups(&bill, "by_product"), [json!(["cdn", 1, "0.90"]), json!(["cvm", 4, "103.50"])]);
    assert_eq!(
        groups(&bill, "by_region"),
        [json!(["default", 2, "-3.60"]), json!(["jp", 1, "18.00"]), json!(["sg", 2, "90.00"])]
    );
    assert_eq!(groups(&bill, "by_project"), [json!(["default", 4, "108.90"]), json!(["shop", 1, "-4.50"])]);
    assert_eq!(
        bill["by_region"][2],
        json!({ "name": "sg", "lines": 2, "list_amount": "110.00", "voucher_amount": "9.00", "amount": "90.00",
                "partner_amount": "88.00" })
    );
    assert_eq!(world.credit().await["used"], bill["total"]);
    assert_eq!(world.spend().await["used"], bill["partner_amount"]);
}

#[tokio::test]
async fn an_account_without_lines_has_a_bill_of_zeros() {
    let world = world().await;
    for path in ["/v1/bills/1/2100-01", "/v1/bills/2/2099-12", "/v1/bills/2/0000-01"] {
        let bill = world.get(path).await.is(200);
        assert_eq!(pick(&bill, "total unconfirmed lines by_product"), json!(["0.00", "0.00", 0, []]));
        assert_eq!(world.all(&format!("{path}/lines"), 50).await, Vec::<Value>::new());
        assert_eq!(world.all(&format!("{path}/resources"), 50).await, Vec::<Value>::new());
    }
    assert_eq!(world.get("/v1/bills/2/2099-12").await.is(200)["issued_at"], "2100-01-05T01:00:00+08:00");
    assert_eq!(world.get("/v1/bills/1").await.is(200)["data"], json!([]));
}

#[tokio::test]
async fn a_month_that_is_none_and_an_account_that_is_none_are_told() {
    let world = world().await;
    for month in ["2100-02", "2101-01", "2100-13", "2100-1", "2100", "x", "2100-01.pdf", "2100-02.csv", ".xlsx"] {
        world.get(&format!("/v1/bills/2/{month}")).await.blames(400, "invalid_value", "month");
    }
    for rest in ["lines", "resources", "tags?key=a"] {
        world.get(&format!("/v1/bills/2/2100-02/{rest}")).await.blames(400, "invalid_value", "month");
    }
    for uin in ["77", "x", "0"] {
        for rest in ["", "/2100-01", "/2100-01/lines", "/2100-01/resources", "/2100-01/tags?key=a", "/2100-01.csv"] {
            world.get(&format!("/v1/bills/{uin}{rest}")).await.refuses(404, "account_not_found");
        }
    }
    for (query, field) in [
        ("pay_mode=prepay", "pay_mode"),
        ("action_type=x", "action_type"),
        ("confirmed=yes", "confirmed"),
        ("day=0", "day"),
        ("day=32", "day"),
        ("day=+1", "day"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ] {
        world.get(&format!("/v1/bills/2/2100-01/lines?{query}")).await.blames(400, "invalid_value", field);
    }
    world.get("/v1/bills/2/2100-01/lines?colour=red").await.blames(400, "unknown_field", "colour");
    world.get("/v1/bills/2/2100-01/tags").await.blames(400, "missing_field", "key");
    for rest in ["resources?cursor=VA", "tags?key=a&cursor=Ug", "resources?cursor=!", "tags?key=a&limit=201"] {
        world.get(&format!("/v1/bills/2/2100-01/{rest}")).await.refuses(400, "invalid_value");
    }
}

#[tokio::test]
async fn lines_are_found_by_mode_type_day_and_confirmation() {
    let world = world().await;
    let amounts = async |query: &str| {
        let found = world.all(&format!("/v1/bills/2/2100-01/lines{query}"), 2).await;
        found.iter().map(|line| line["amount"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(amounts("").await, ["90.00", "0.00", "18.00", "-4.50", "0.90"]);
    assert_eq!(amounts("?pay_mode=prePay").await, ["90.00"]);
    assert_eq!(amounts("?pay_mode=postPay").await, ["0.00", "18.00", "-4.50", "0.90"]);
    assert_eq!(amounts("?action_type=recon_increase").await, ["-4.50"]);
    assert_eq!(amounts("?action_type=pre_purchase").await, ["90.00"]);
    assert_eq!(amounts("?day=2").await, ["18.00", "-4.50"]);
    assert_eq!(amounts("?day=10").await, ["90.00"]);
    assert_eq!(amounts("?confirmed=true").await, Vec::<String>::new());
    world.made("/v1/clock/advance", json!({ "to": "2100-02-05T01:00:00+08:00" })).await;
    let receipt = json!({ "customer_uin": 2, "month": "2100-01", "action_type": "recon_increase" });
    world.made("/v1/receipts", receipt).await;
    assert_eq!(amounts("?confirmed=true").await, ["-4.50"]);
    assert_eq!(amounts("?confirmed=false&day=2").await, ["18.00"]);
    let bill = world.get("/v1/bills/2/2100-01").await.is(200);
    assert_eq!(
        pick(&bill, "total confirmed unconfirmed issued_at"),
        json!(["104.40", "-4.50", "108.90", "2100-02-05T01:00:00+08:00"])
    );
}

#[tokio::test]
async fn resources_and_tags_are_told_in_pages() {
    let world = world().await;
    let resources = world.all("/v1/bills/2/2100-01/resources", 1).await;
    let told: Vec<_> = resources
        .iter()
        .map(|one| json!([one["resource_id"], one["lines"], one["amount"], one["products"].as_array().unwrap().len()]))
        .collect();
    assert_eq!(told, [json!(["", 1, "-4.50", 1]), json!(["ins-1", 2, "90.00", 1]), json!(["ins-2", 2, "18.90", 2])]);
    assert_eq!(
        resources[2]["products"],
        json!([
            { "name": "cdn", "lines": 1, "list_amount": "1.00", "voucher_amount": "0.00", "amount": "0.90",
              "partner_amount": "0.80" },
            { "name": "cvm", "lines": 1, "list_amount": "20.00", "voucher_amount": "0.00", "amount": "18.00",
              "partner_amount": "16.00" }
        ])
    );
    assert_eq!(world.all("/v1/bills/2/2100-01/resources", 200).await, resources);
    for limit in [1, 2, 50] {
        let tags = world.all("/v1/bills/2/2100-01/tags?key=team", limit).await;
        let told: Vec<_> = tags.iter().map(|one| json!([one["name"], one["lines"], one["amount"]])).collect();
        assert_eq!(told, [json!(["", 2, "-3.60"]), json!(["ml", 1, "18.00"]), json!(["web", 2, "90.00"])]);
    }
    let none = world.all("/v1/bills/2/2100-01/tags?key=none", 50).await;
    assert_eq!(json!([none.len(), none[0]["name"], none[0]["amount"]]), json!([1, "", "104.40"]));
}

#[tokio::test]
async fn the_months_with_lines_are_listed() {
    let world = world().await;
    world.made("/v1/clock/advance", json!({ "to": "2100-02-05T01:00:00+08:00" })).await;
    world.buy("1").await;
    let ahead = json!({
        "key": "z", "account_uin": 2, "product_code": "cvm", "amount": "1",
        "period_start": "2100-03-01T00:00:00+08:00", "period_end": "2100-03-01T00:00:00+08:00"
    });
    world.made("/v1/usage", json!({ "records": [ahead] })).await;
    assert_eq!(
        world.all("/v1/bills/2", 1).await,
        [
            json!({ "month": "2100-02", "issued_at": null }),
            json!({ "month": "2100-01", "issued_at": "2100-02-05T01:00:00+08:00" })
        ]
    );
}

async fn file(world: &World, path: &str) -> (HeaderMap, Vec<u8>) {
    let request = Request::get(path).header("authorization", format!("Bearer {}", support::FULL));
    let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    let (parts, body) = response.into_parts();
    (parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn the_lines_are_downloaded_as_csv() {
    let world = world().await;
    let answer = world.get("/v1/bills/2/2100-01.csv").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"bill-2-2100-01.csv\"");
    let rows: Vec<&str> = answer.text.lines().collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(
        rows[0],
        "id,pay_mode,action_type,product_code,resource_id,resource_name,region,zone,project,tags,period_start,\
         period_end,list_amount,discount_rate,voucher_amount,amount,partner_amount,currency,account_uin,\
         payer_uin,partner_uin,operator_uin,order_id,confirmed,posted_at"
    );
    let lines = world.all("/v1/bills/2/2100-01/lines", 50).await;
    let id = |at: usize| lines[at]["id"].as_str().unwrap();
    assert_eq!(
        rows[2],
        format!(
            "{},postPay,postpay_deduct_h,cvm,ins-1,,sg,,,team=web,2100-01-01T00:00:00+08:00,2100-01-01T01:00:00+08:00,\
             10.00,0.90,9.00,0.00,8.00,USD,2,2,1,,,false,2100-01-10T12:00:00+08:00",
            id(1)
        )
    );
    // A figure below zero stays one.
    assert!(rows[4].contains(",-5.00,0.90,0.00,-4.50,-4.00,"), "{}", rows[4]);
    let empty = world.get("/v1/bills/1/2100-01.csv").await;
    assert_eq!(empty.text.lines().collect::<Vec<_>>(), [rows[0]]);
}

#[tokio::test]
async fn no_text_in_a_file_becomes_a_formula() {
    let world = world().await;
    let told = json!({
        "account_uin": 2, "product_code": "cvm", "kind": "purchase", "amount": "1",
        "resource_id": "=HYPERLINK(\"http://x\",\"y\")", "resource_name": "+1", "region": "-1", "zone": "@SUM(A1)",
        "project": "a,b\"c", "tags": { "=x": "1" }
    });
    world.made("/v1/orders", told).await;
    let answer = world.get("/v1/bills/2/2100-01.csv").await;
    let row = answer.text.lines().last().unwrap();
    let wanted = "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",'+1,'-1,'@SUM(A1),\"a,b\"\"c\",'=x=1,";
    assert!(row.contains(wanted), "{row}");
    let (_, workbook) = file(&world, "/v1/bills/2/2100-01.xlsx").await;
    let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && sheet.contains("=HYPERLINK("), "{sheet}");
}

/// One file of a workbook.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn the_lines_are_downloaded_as_a_workbook() {
    let world = world().await;
    let (headers, workbook) = file(&world, "/v1/bills/2/2100-01.xlsx").await;
    assert_eq!(headers["content-type"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    assert_eq!(headers["content-disposition"], "attachment; filename=\"bill-2-2100-01.xlsx\"");
    assert_eq!(headers["content-length"], workbook.len().to_string());
    assert!(part(&workbook, "xl/workbook.xml").contains("2 2100-01"));
    let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
    assert_eq!(sheet.matches("<row ").count(), 6);
    for text in ["partner_amount", "prepay_purchase", "-4.50", "team=web"] {
        assert!(sheet.contains(text), "{text}");
    }
}

#[tokio::test]
async fn a_file_of_many_lines_comes_in_parts_and_complete() {
    let world = world().await;
    let record = |at: usize| {
        json!({
            "key": format!("n-{at}"), "account_uin": 2, "product_code": "cvm", "amount": "0.01",
            "period_start": "2100-01-10T00:00:00+08:00", "period_end": "2100-01-10T01:00:00+08:00"
        })
    };
    world.made("/v1/usage", json!({ "records": (0..3_000).map(record).collect::<Vec<_>>() })).await;
    let request = Request::get("/v1/bills/2/2100-01.csv").header("authorization", format!("Bearer {}", support::FULL));
    let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (mut body, mut parts, mut bytes) = (response.into_body(), 0, Vec::new());
    while let Some(frame) = body.frame().await {
        bytes.extend(frame.unwrap().into_data().unwrap());
        parts += 1;
    }
    assert!(parts > 5, "{parts}");
    assert_eq!(String::from_utf8(bytes).unwrap().lines().count(), 3_006);
}

#[tokio::test]
async fn only_so_many_files_are_downloaded_at_once() {
    let world = world().await;
    // One key has half of the places at most, so it takes two to fill them.
    let other = world.made("/v1/keys", json!({ "name": "other", "access": "read" })).await;
    let ask = async |key: &str| {
        let request = Request::get("/v1/bills/2/2100-01.csv").header("authorization", format!("Bearer {key}"));
        world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    };
    let mut open = Vec::new();
    for key in [support::FULL, other["key"].as_str().unwrap()] {
        for _ in 0..16 {
            open.push(ask(key).await);
        }
    }
    assert!(open.iter().all(|response| response.status() == 200));
    for ending in ["csv", "xlsx"] {
        world.get(&format!("/v1/bills/2/2100-01.{ending}")).await.refuses(503, "overloaded");
    }
    // What is no file is served all the same.
    world.get("/v1/bills/2/2100-01").await.is(200);
    open.clear();
    assert_eq!(ask(support::FULL).await.status(), 200);
}
