//! Money that an organization's admin hands to a member that pays for itself, and what comes back of it, over HTTP.

mod support;

use credere_core::book::members;
use credere_core::channel::Uin;
use credere_core::organization::OrganizationId;
use serde_json::{Value, json};
use support::World;

const ADMIN: u64 = 4;
const MEMBER: u64 = 5;
const OTHER: u64 = 6;

/// An organization that may allocate funds, its admin with 100.00, and two members, of which the first has permitted it.
async fn world() -> (World, OrganizationId) {
    let world = World::new();
    let organization = world.organization(ADMIN, OTHER, &[1, 2]).await;
    let granted = json!({ "features": ["fund_allocation"] });
    world.patch(&format!("/v1/organizations/{organization}"), granted).await.is(200);
    world.enterprise(MEMBER, "E1", "intl").await;
    world.joins(ADMIN, MEMBER, &[1, 2, 3]).await;
    world.made(&format!("/v1/accounts/{ADMIN}/top-ups"), json!({ "amount": "100", "kind": "cash" })).await;
    world.product("cvm").await;
    (world, organization)
}

async fn hand(world: &World, organization: OrganizationId, amount: &str) -> Value {
    let body = json!({ "member_uin": MEMBER, "amount": amount });
    world.made(&format!("/v1/organizations/{organization}/transfers"), body).await
}

async fn cash(world: &World, uin: u64) -> Value {
    world.get(&format!("/v1/accounts/{uin}")).await.is(200)["finance"]["cash"].clone()
}

#[tokio::test]
async fn a_transfer_says_what_came_back_of_it() {
    let (world, organization) = world().await;
    let made = hand(&world, organization, "100.00").await;
    let id = made["transfer_id"].as_str().expect("it has an id").to_owned();
    let expected = json!({
        "transfer_id": id, "org_id": organization.0, "admin_uin": ADMIN, "member_uin": MEMBER, "amount": "100.00",
        "returned": "0.00", "made_at": made["made_at"]
    });
    assert_eq!(made, expected);
    assert_eq!((cash(&world, ADMIN).await, cash(&world, MEMBER).await), (json!("0.00"), json!("100.00")));
    let order = json!({ "account_uin": MEMBER, "product_code": "cvm", "kind": "purchase", "amount": "60" });
    world.made("/v1/orders", order).await;
    let path = format!("/v1/organizations/{organization}/transfers/{id}/return");
    let refused = world.post(&path, json!({ "amount": "50" })).await;
    let problem = refused.blames(422, "exceeds_returnable", "amount");
    assert_eq!((&problem["returnable"], &problem["account_uin"]), (&json!("40.00"), &json!(MEMBER)));
    let back = world.post(&path, json!({ "amount": "40" })).await.is(200);
    assert_eq!(back["returned"], "40.00");
    assert_eq!((cash(&world, ADMIN).await, cash(&world, MEMBER).await), (json!("40.00"), json!("0.00")));
    let listed = world.get(&format!("/v1/organizations/{organization}/transfers")).await.is(200);
    assert_eq!(listed["data"], json!([back]));
}

#[tokio::test]
async fn transfers_are_listed_newest_first_in_pages() {
    let (world, organization) = world().await;
    let path = format!("/v1/organizations/{organization}/transfers");
    let mut made = Vec::new();
    for amount in ["1", "2", "3"] {
        made.push(hand(&world, organization, amount).await);
    }
    made.reverse();
    let first = world.get(&format!("{path}?limit=2")).await.is(200);
    assert_eq!(first["data"], json!(made[..2]));
    let cursor = first["next_cursor"].as_str().expect("there is more");
    let rest = world.get(&format!("{path}?limit=2&cursor={cursor}")).await.is(200);
    assert_eq!((&rest["data"], &rest["next_cursor"]), (&json!(made[2..]), &Value::Null));
    assert_eq!(world.get(&format!("{path}?member_uin={MEMBER}")).await.is(200)["data"], json!(made));
    assert_eq!(world.get(&format!("{path}?member_uin={OTHER}")).await.is(200)["data"], json!([]));
    world.carries_out(members::RemoveMembers { admin: uin(ADMIN), members: vec![uin(MEMBER)] }).await;
    assert_eq!(world.get(&format!("{path}?member_uin={MEMBER}")).await.is(200)["data"], json!(made), "they stay");
    world.get("/v1/organizations/1/transfers").await.refuses(404, "organization_not_found");
    assert_eq!(world.get(&format!("{path}?cursor=x")).await.is(400)["field"], "cursor");
}

#[tokio::test]
async fn what_cannot_be_handed_over_is_refused_and_moves_nothing() {
    let (world, organization) = world().await;
    let path = format!("/v1/organizations/{organization}/transfers");
    let ask = |member: u64, amount: &'static str| {
        let (world, path) = (&world, &path);
        async move { world.post(path, json!({ "member_uin": member, "amount": amount })).await }
    };
    let short = ask(MEMBER, "100.01").await;
    let problem = short.blames(422, "exceeds_transferable", "amount");
    assert_eq!((&problem["transferable"], &problem["account_uin"]), (&json!("100.00"), &json!(ADMIN)));
    ask(MEMBER, "0").await.blames(422, "amount_not_positive", "amount");
    let missing = ask(OTHER, "1").await;
    assert_eq!(missing.blames(422, "permission_missing", "member_uin")["permission_id"], 3);
    ask(7, "1").await.blames(404, "member_not_found", "member_uin");
    let entity = json!({ "verification": { "entity_id": "E2" } });
    world.patch(&format!("/v1/accounts/{MEMBER}"), entity).await.is(200);
    ask(MEMBER, "1").await.blames(409, "entity_differs", "member_uin");
    for (wrong, field) in [
        (json!({ "member_uin": MEMBER }), "amount"),
        (json!({ "amount": "1" }), "member_uin"),
        (json!({ "member_uin": MEMBER, "amount": 1 }), "amount"),
        (json!({ "member_uin": MEMBER, "amount": "1", "kind": "cash" }), "kind"),
    ] {
        assert_eq!(world.post(&path, wrong.clone()).await.is(400)["field"], field, "{wrong}");
    }
    assert_eq!((cash(&world, ADMIN).await, cash(&world, MEMBER).await), (json!("100.00"), json!("0.00")));
    for transfer in ["trf_1", "trf_01", "x"] {
        let returned = world.post(&format!("{path}/{transfer}/return"), json!({ "amount": "1" })).await;
        returned.refuses(404, "transfer_not_found");
    }
}

#[tokio::test]
async fn a_transfer_under_the_same_key_is_made_once() {
    let (world, organization) = world().await;
    let path = format!("/v1/organizations/{organization}/transfers");
    let ask = || world.ask("POST", &path).json(&json!({ "member_uin": MEMBER, "amount": "60" })).once("once").send();
    let (first, again) = (ask().await, ask().await);
    assert!(!first.replayed() && again.replayed());
    assert_eq!(first.is(201), again.is(201));
    assert_eq!(cash(&world, ADMIN).await, "40.00");
}

fn uin(number: u64) -> Uin {
    Uin::new(number).expect("it is a number")
}
