//! Bills over HTTP where an organization's admin pays for a member: the three views and their files, one report of all members, and what
//! is refused.

mod support;

use serde_json::{Value, json};
use support::World;

const ADMIN: u64 = 4;
const MEMBER: u64 = 5;

/// An admin that has bought for 5, and pays for a member that has bought for 40.
async fn world(permissions: &[u64]) -> (World, String) {
    let world = World::january().await;
    let organization = world.organization(ADMIN, MEMBER, permissions).await;
    for account in [ADMIN, MEMBER] {
        world
            .post(&format!("/v1/accounts/{account}/top-ups"), json!({ "amount": "100.00", "kind": "cash" }))
            .await
            .is(201);
    }
    for (account, amount) in [(ADMIN, "5.00"), (MEMBER, "40.00")] {
        let order = json!({ "account_uin": account, "product_code": "cvm", "kind": "purchase", "amount": amount,
            "resource_id": format!("ins-{account}") });
        world.post("/v1/orders", order).await.is(201);
    }
    (world, organization.0.to_string())
}

fn some(value: &Value, fields: &str) -> Value {
    fields.split_whitespace().map(|field| (field.to_owned(), value[field].clone())).collect()
}

#[tokio::test]
async fn a_bill_has_three_views() {
    let (world, _) = world(&[1, 2, 7]).await;
    for (account, query, view, total, invoiceable, lines) in [
        (ADMIN, "", "self", "5.00", "5.00", 1),
        (ADMIN, "?view=self", "self", "5.00", "5.00", 1),
        (ADMIN, "?view=payer", "payer", "40.00", "40.00", 1),
        (ADMIN, "?view=payer&owner_uin=5", "payer", "40.00", "40.00", 1),
        (ADMIN, "?view=payer&owner_uin=1", "payer", "0.00", "0.00", 0),
        (ADMIN, "?view=member", "member", "0.00", "0.00", 0),
        (MEMBER, "", "self", "0.00", "0.00", 0),
        (MEMBER, "?view=member", "member", "40.00", "0.00", 1),
        (MEMBER, "?view=payer", "payer", "0.00", "0.00", 0),
    ] {
        let bill = world.get(&format!("/v1/bills/{account}/2100-01{query}")).await.is(200);
        let told = some(&bill, "account_uin view total invoiceable lines");
        assert_eq!(
            told,
            json!({ "account_uin": account, "view": view, "total": total, "invoiceable": invoiceable, "lines": lines }),
            "{account} {query}"
        );
        let of_lines = query.replacen('?', "&", 1);
        let found = world.get(&format!("/v1/bills/{account}/2100-01/lines?limit=9{of_lines}")).await.is(200);
        assert_eq!(found["data"].as_array().unwrap().len(), lines, "{account} {query}");
        let resources = world.get(&format!("/v1/bills/{account}/2100-01/resources?limit=9{of_lines}")).await.is(200);
        assert_eq!(resources["data"].as_array().unwrap().len(), lines, "{account} {query}");
        let tags = world.get(&format!("/v1/bills/{account}/2100-01/tags?key=none{of_lines}")).await.is(200);
        assert_eq!(tags["data"].as_array().unwrap().len(), lines, "{account} {query}");
        let file = world.get(&format!("/v1/bills/{account}/2100-01.csv{query}")).await;
        assert_eq!(file.text.lines().count(), 1 + lines, "{account} {query}");
    }
    let lines = world.get("/v1/bills/5/2100-01/lines?view=member").await.is(200);
    let told = some(&lines["data"][0], "owner_uin payer_uin partner_uin amount resource_id");
    assert_eq!(
        told,
        json!({ "owner_uin": MEMBER, "payer_uin": ADMIN, "partner_uin": null, "amount": "40.00", "resource_id": "ins-5" })
    );
    for account in [ADMIN, MEMBER] {
        assert_eq!(world.get(&format!("/v1/bills/{account}")).await.is(200)["data"][0]["month"], "2100-01");
    }
    for rest in ["", "/lines", "/resources", "/tags", ".csv", ".xlsx"] {
        let key = if rest == "/tags" { "&key=team" } else { "" };
        let ask = |query: &str| format!("/v1/bills/4/2100-01{rest}?{query}{key}");
        world.get(&ask("view=others")).await.blames(400, "invalid_value", "view");
        world.get(&ask("view=member&owner_uin=5")).await.blames(400, "invalid_value", "owner_uin");
        world.get(&ask("owner_uin=5")).await.blames(400, "invalid_value", "owner_uin");
        world.get(&ask("view=payer&owner_uin=0")).await.blames(400, "invalid_value", "owner_uin");
    }
}

#[tokio::test]
async fn the_bills_of_members_are_one_report() {
    let (world, organization) = world(&[1, 2, 4, 7]).await;
    let path = format!("/v1/organizations/{organization}/bills/2100-01");
    let report = json!({
        "month": "2100-01", "members": [{ "uin": MEMBER, "self": "0.00", "on_behalf": "40.00" }], "total": "40.00"
    });
    for query in ["", "?member_uin=5", "?member_uin=5&member_uin=5"] {
        assert_eq!(world.get(&format!("{path}{query}")).await.is(200), report, "{query}");
    }
    let file = world.get(&format!("{path}.csv?member_uin=5")).await;
    let rows: Vec<_> = file.text.lines().collect();
    assert_eq!(rows, ["month,member_uin,self,on_behalf,currency", "2100-01,5,0.00,40.00,USD"]);
    world.get(&format!("{path}?member_uin=4")).await.refuses(404, "member_not_found");
    world.get(&format!("{path}?member_uin=5&member_uin=1")).await.refuses(404, "member_not_found");
    world.get(&format!("{path}?member_uin=x")).await.blames(400, "invalid_value", "member_uin");
    world.get(&format!("{path}?colour=red")).await.blames(400, "unknown_field", "colour");
    world.get("/v1/organizations/999/bills/2100-01").await.refuses(404, "organization_not_found");
    world.get(&format!("/v1/organizations/{organization}/bills/2100-02")).await.blames(400, "invalid_value", "month");
}

#[tokio::test]
async fn a_report_needs_what_each_member_permits() {
    let (world, organization) = world(&[1, 2, 7]).await;
    for query in ["", "?member_uin=5"] {
        let path = format!("/v1/organizations/{organization}/bills/2100-01{query}");
        let problem = world.get(&path).await.refuses(422, "permission_missing");
        assert_eq!(some(&problem, "account_uin permission_id"), json!({ "account_uin": MEMBER, "permission_id": 4 }));
    }
}
