//! Organizations over HTTP: what the platform sees of them, what it grants, that a member agrees, who paid for whom; and what a
//! member buys.

mod support;

use credere_core::book::members;
use credere_core::channel::Uin;
use credere_core::organization::OrganizationId;
use serde_json::{Value, json};
use support::World;

const ADMIN: u64 = 4;
const MEMBER: u64 = 5;

async fn world(permissions: &[u64]) -> (World, OrganizationId) {
    let world = World::new();
    let organization = world.organization(ADMIN, MEMBER, permissions).await;
    world.product("cvm").await;
    (world, organization)
}

/// These fields of an object.
fn some(value: &Value, fields: &str) -> Value {
    fields.split_whitespace().map(|field| (field.to_owned(), value[field].clone())).collect()
}

fn uin(number: u64) -> Uin {
    Uin::new(number).expect("it is a number")
}

#[tokio::test]
async fn an_organization_is_shown_with_its_members() {
    let (world, organization) = world(&[1, 2, 7]).await;
    let shown = world.get(&format!("/v1/organizations/{organization}")).await.is(200);
    let told = some(&shown, "org_id admin_uin name site root_node_id member_deletion features accounts");
    let id = organization.0;
    assert_eq!(
        told,
        json!({
            "org_id": id, "admin_uin": ADMIN, "name": "Example Ltd", "site": "intl", "root_node_id": id,
            "member_deletion": false, "features": [], "accounts": 2
        })
    );
    assert_eq!(
        shown["quotas"],
        json!({ "accounts": 100, "departments": 1000, "open_invitations": 20, "creations_per_day": 100 })
    );
    assert_eq!(shown["departments"], json!([{ "node_id": id, "parent_node_id": 0, "name": "Root", "depth": 0 }]));
    let member = some(
        &shown["members"][0],
        "uin type node_id permission_ids asked_permission_ids pays_for_itself payer_uin allow_quit permission_status \
         entity_differs",
    );
    assert_eq!(
        member,
        json!({
            "uin": MEMBER, "type": "invited", "node_id": id, "permission_ids": [1, 2, 7], "asked_permission_ids": null,
            "pays_for_itself": false, "payer_uin": ADMIN, "allow_quit": false, "permission_status": "confirmed",
            "entity_differs": false
        })
    );
    for query in ["", "?admin_uin=4", "?member_uin=5", "?member_uin=4"] {
        let listed = world.get(&format!("/v1/organizations{query}")).await.is(200);
        assert_eq!(listed["data"], json!([shown]), "{query}");
    }
    for query in ["?admin_uin=5", "?member_uin=6", "?member_uin=5&admin_uin=6"] {
        let listed = world.get(&format!("/v1/organizations{query}")).await.is(200);
        assert_eq!(listed["data"], json!([]), "{query}");
    }
    for missing in ["1", "01", "x", "-1", "99999999999999999999"] {
        world.get(&format!("/v1/organizations/{missing}")).await.refuses(404, "organization_not_found");
    }
}

#[tokio::test]
async fn what_it_is_granted_is_changed_field_by_field() {
    let (world, organization) = world(&[1, 2]).await;
    let path = format!("/v1/organizations/{organization}");
    let change =
        json!({ "features": ["credit_setting", "fund_allocation", "credit_setting"], "quotas": { "accounts": 2 } });
    let changed = world.patch(&path, change).await.is(200);
    assert_eq!(changed["features"], json!(["fund_allocation", "credit_setting"]));
    assert_eq!(some(&changed["quotas"], "accounts departments"), json!({ "accounts": 2, "departments": 1000 }));
    let changed = world.patch(&path, json!({ "member_deletion": true })).await.is(200);
    assert_eq!(some(&changed, "member_deletion features")["features"], json!(["fund_allocation", "credit_setting"]));
    assert_eq!(changed["member_deletion"], true);
    let low = world.patch(&path, json!({ "quotas": { "accounts": 1 } })).await;
    low.blames(422, "quota_too_low", "quotas.accounts");
    assert_eq!(world.get(&path).await.is(200), changed, "a refusal changes nothing");
    for (wrong, field) in [
        (json!({ "features": ["x"] }), "features[0]"),
        (json!({ "quotas": { "accounts": -1 } }), "quotas.accounts"),
        (json!({ "quotas": { "accounts": 4_294_967_296_u64 } }), "quotas.accounts"),
        (json!({ "quotas": null }), "quotas"),
        (json!({ "admin_uin": 5 }), "admin_uin"),
    ] {
        assert_eq!(world.patch(&path, wrong.clone()).await.is(400)["field"], field, "{wrong}");
    }
}

#[tokio::test]
async fn other_permissions_wait_for_the_member_and_are_checked_again_when_it_agrees() {
    let (world, organization) = world(&[1, 2]).await;
    let path = format!("/v1/organizations/{organization}/members/{MEMBER}/permission-change");
    let decide = |accept: bool| {
        let (world, path) = (&world, &path);
        async move { world.post(path, json!({ "accept": accept })).await }
    };
    decide(true).await.refuses(409, "no_permission_change");
    world.asks_for(ADMIN, MEMBER, &[1, 2, 7]).await;
    let waits = world.get(&format!("/v1/organizations/{organization}")).await.is(200)["members"][0].clone();
    assert_eq!(
        some(&waits, "permission_ids asked_permission_ids permission_status pays_for_itself"),
        json!({
            "permission_ids": [1, 2], "asked_permission_ids": [1, 2, 7], "permission_status": "unconfirmed",
            "pays_for_itself": true
        })
    );
    let declined = decide(false).await.is(200);
    assert_eq!(some(&declined, "permission_ids asked_permission_ids")["asked_permission_ids"], Value::Null);
    world.asks_for(ADMIN, MEMBER, &[1, 2, 7]).await;
    // An order of its own that is to be paid stands in the way of its being paid for.
    let order =
        json!({ "account_uin": MEMBER, "product_code": "cvm", "kind": "purchase", "amount": "5", "park": true });
    let order = world.made("/v1/orders", order).await;
    let refused = decide(true).await;
    let problem = refused.refuses(409, "conditions_not_met");
    let rows = json!([{
        "rule": "O58", "gist": "the member has no order that is to be paid or processing",
        "code": "UnsupportedOperation.OrderInProgressExisted"
    }]);
    assert_eq!(problem["checks"], rows);
    let request = refused.header("x-request-id").to_owned();
    let explained = world.get(&format!("/v1/decisions/{request}")).await.is(200);
    assert_eq!((explained["checks"].clone(), explained["code"].clone()), (rows, json!("conditions_not_met")));
    let audit = world.get("/v1/audit?action=decide_permissions").await.is(200);
    assert_eq!(
        audit["data"][0]["detail"]["checks"],
        json!([{ "rule": "O58", "code": "UnsupportedOperation.OrderInProgressExisted" }])
    );
    let id = order["id"].as_str().expect("it has an id").to_owned();
    world.post(&format!("/v1/orders/{id}/cancel"), json!({})).await.is(200);
    let agreed = decide(true).await.is(200);
    assert_eq!(some(&agreed, "permission_ids payer_uin"), json!({ "permission_ids": [1, 2, 7], "payer_uin": ADMIN }));
    world
        .post(&format!("/v1/organizations/{organization}/members/6/permission-change"), json!({ "accept": true }))
        .await
        .refuses(404, "member_not_found");
}

#[tokio::test]
async fn who_paid_for_whom_is_told_for_ever() {
    let (world, organization) = world(&[1, 2, 7]).await;
    let joined = world.get("/v1/clock").await.is(200)["now"].clone();
    world.post("/v1/clock/advance", json!({ "by": "1h" })).await.is(200);
    world.carries_out(members::RemoveMembers { admin: uin(ADMIN), members: vec![uin(MEMBER)] }).await;
    let left = world.get("/v1/clock").await.is(200)["now"].clone();
    let interval = json!({
        "member_uin": MEMBER, "payer_uin": ADMIN, "org_id": organization.0, "starts_at": joined, "ends_at": left,
        "started_by": "accept", "ended_by": "remove"
    });
    let at = |moment: &Value| moment.as_str().expect("it is a time").replace('+', "%2B");
    let listed = async |query: &str| world.get(&format!("/v1/pay-on-behalf{query}")).await.is(200)["data"].clone();
    for query in ["", "?member_uin=5", "?payer_uin=4", &format!("?at={}", at(&joined))] {
        assert_eq!(listed(query).await, json!([interval]), "{query}");
    }
    for query in ["?member_uin=4", "?payer_uin=5", &format!("?at={}", at(&left))] {
        assert_eq!(listed(query).await, json!([]), "{query}");
    }
    world.get("/v1/pay-on-behalf?at=yesterday").await.blames(400, "invalid_value", "at");
    world.get("/v1/pay-on-behalf?cursor=zz").await.blames(400, "invalid_value", "cursor");
}

#[tokio::test]
async fn intervals_come_in_pages() {
    let (world, _) = world(&[1, 2, 7]).await;
    for _ in 0..2 {
        world.post("/v1/clock/advance", json!({ "by": "1h" })).await.is(200);
        world.carries_out(members::RemoveMembers { admin: uin(ADMIN), members: vec![uin(MEMBER)] }).await;
        let invite = members::InviteMember {
            admin: uin(ADMIN),
            member: uin(MEMBER),
            permissions: [1, 2, 7].into_iter().filter_map(credere_core::organization::Permission::from_id).collect(),
            payer: Some(uin(ADMIN)),
            allow_quit: false,
            applied: None,
        };
        let invitation = world.carries_out(invite).await.number().expect("it has a number");
        let invitation = credere_core::organization::InvitationId(invitation);
        world.post("/v1/clock/advance", json!({ "by": "1h" })).await.is(200);
        world.carries_out(members::AcceptInvitation { member: uin(MEMBER), invitation }).await;
    }
    let all = world.all("/v1/pay-on-behalf?member_uin=5", 200).await;
    assert_eq!(all.len(), 3);
    for path in ["/v1/pay-on-behalf?member_uin=5", "/v1/pay-on-behalf?payer_uin=4"] {
        assert_eq!(world.all(path, 1).await, all, "{path}");
    }
}

/// O74: a member's order that the payer cannot pay waits for it, whatever was asked; it pays or cancels it.
#[tokio::test]
async fn what_a_member_buys_is_its_payers() {
    let (world, _) = world(&[1, 2, 7]).await;
    let order =
        |amount: &str| json!({ "account_uin": MEMBER, "product_code": "cvm", "kind": "purchase", "amount": amount });
    let waits = world.post("/v1/orders", order("80")).await.is(201);
    assert_eq!(
        some(&waits, "state account_uin payer_uin"),
        json!({ "state": "to_be_paid", "account_uin": MEMBER, "payer_uin": ADMIN })
    );
    let pay = format!("/v1/orders/{}/pay", waits["id"].as_str().expect("it has an id"));
    for by in ["customer", "partner"] {
        let refused = world.post(&pay, json!({ "by": by })).await.refuses(409, "paid_on_behalf");
        assert_eq!(some(&refused, "account_uin payer_uin"), json!({ "account_uin": MEMBER, "payer_uin": ADMIN }));
    }
    let short = world.post(&pay, json!({ "by": "payer" })).await.refuses(402, "insufficient_credit");
    assert_eq!(some(&short, "side account_uin"), json!({ "side": "payer", "account_uin": ADMIN }));
    world.made(&format!("/v1/accounts/{ADMIN}/top-ups"), json!({ "amount": "100", "kind": "cash" })).await;
    assert_eq!(world.post(&pay, json!({ "by": "payer" })).await.is(200)["state"], "delivered");
    let finance = |uin: u64| {
        let world = &world;
        async move { world.get(&format!("/v1/accounts/{uin}")).await.is(200)["finance"]["available"].clone() }
    };
    assert_eq!([finance(ADMIN).await, finance(MEMBER).await], ["20.00", "0.00"]);
    // What is held at once is refused, and waits for nobody.
    let held = json!([{
        "key": "k", "op": "authorize", "account_uin": MEMBER, "product_code": "cvm", "amount": "20.01"
    }]);
    let results = world.operate(held).await;
    assert_eq!(results[0]["code"], "insufficient_credit");
    world.post("/v1/customers", json!({ "uin": MEMBER, "partner_uin": ADMIN })).await.refuses(404, "partner_not_found");
    world.partner(9, "reseller", "100").await;
    for uin in [ADMIN, MEMBER] {
        world.post("/v1/customers", json!({ "uin": uin, "partner_uin": 9 })).await.refuses(409, "in_organization");
        let partner = json!({ "uin": uin, "kind": "agent", "allocation_quota": "0" });
        world.post("/v1/partners", partner).await.refuses(409, "in_organization");
    }
}

#[tokio::test]
async fn other_entities_are_trusted_and_answered_for() {
    let world = World::new();
    let organization = world.organization_on("cn", ADMIN, MEMBER, &[1, 2]).await;
    let path = format!("/v1/organizations/{organization}/entities");
    world.enterprise(6, "E2", "cn").await;
    world.enterprise(7, "E3", "cn").await;
    assert_eq!(world.get(&path).await.is(200), json!({ "data": [], "next_cursor": null }));
    let new = |entity: &str, admin: Value| json!({ "entity_id": entity, "entity_name": "Example Holding", "entity_admin_uin": admin });
    for (wrong, field) in [
        (json!({ "entity_name": "X" }), "entity_id"),
        (json!({ "entity_id": "", "entity_name": "X" }), "entity_id"),
        (json!({ "entity_id": "E2", "entity_name": "" }), "entity_name"),
        (json!({ "entity_id": "E2", "entity_name": "x".repeat(101) }), "entity_name"),
        (new("E2", json!(0)), "entity_admin_uin"),
    ] {
        assert_eq!(world.post(&path, wrong.clone()).await.is(400)["field"], field, "{wrong}");
    }
    world.post(&path, new("E1", Value::Null)).await.refuses(409, "entity_related");
    world.post(&path, new("E2", json!(7))).await.blames(422, "entity_admin_differs", "entity_admin_uin");
    world.post(&path, new("E2", json!(999))).await.refuses(404, "account_not_found");
    let related = world.ask("POST", &path).json(&new("E2", json!(6))).once("e").send().await.is(201);
    let id = related["relation_id"].as_u64().unwrap();
    assert_eq!(
        related,
        json!({
            "relation_id": id, "state": "active", "entity_id": "E2", "entity_name": "Example Holding",
            "entity_admin_uin": 6
        })
    );
    let again = world.ask("POST", &path).json(&new("E2", json!(6))).once("e").send().await;
    assert!(again.replayed() && again.is(201) == related);
    world.post(&path, new("E2", Value::Null)).await.refuses(409, "entity_related");
    // Nobody answers for it, and somebody again.
    let one = format!("{path}/{id}");
    let change = |admin: Value| json!({ "entity_admin_uin": admin });
    assert_eq!(world.patch(&one, change(Value::Null)).await.is(200)["entity_admin_uin"], Value::Null);
    assert_eq!(world.patch(&one, json!({})).await.is(400)["field"], "entity_admin_uin");
    world.patch(&one, change(json!(7))).await.blames(422, "entity_admin_differs", "entity_admin_uin");
    assert_eq!(world.patch(&one, change(json!(6))).await.is(200), related);
    // What an invitation applied for.
    world.applies(ADMIN, 7, "Example Works").await;
    let listed = world.get(&path).await.is(200)["data"].clone();
    let applied = some(&listed[1], "state entity_id entity_name entity_admin_uin");
    let told =
        json!({ "state": "applied", "entity_id": "E3", "entity_name": "Example Works", "entity_admin_uin": null });
    assert_eq!(applied, told);
    let decide = format!("{path}/{}/decide", listed[1]["relation_id"]);
    let decided = world.post(&decide, json!({ "approve": true })).await.is(200);
    assert_eq!(decided, json!({ "relation_id": listed[1]["relation_id"], "approved": true }));
    world.post(&decide, json!({ "approve": true })).await.refuses(409, "relation_not_applied");
    assert_eq!(world.get(&path).await.is(200)["data"][1]["state"], "active");
    world.delete(&one).await.is(204);
    world.delete(&one).await.refuses(404, "relation_not_found");
    for missing in ["1", "x", "01"] {
        world.delete(&format!("{path}/{missing}")).await.refuses(404, "relation_not_found");
    }
    world.get("/v1/organizations/1/entities").await.refuses(404, "organization_not_found");
}

#[tokio::test]
async fn accounts_that_are_created_are_listed_and_agreed_to() {
    let world = World::new();
    let organization = world.organization_on("cn", ADMIN, MEMBER, &[1, 2]).await;
    let path = format!("/v1/organizations/{organization}");
    world.enterprise(6, "E2", "cn").await;
    let related = json!({ "entity_id": "E2", "entity_name": "Example Holding", "entity_admin_uin": 6 });
    let relation = world.made(&format!("{path}/entities"), related).await["relation_id"].as_u64();
    let (paid, done) = world.creates(ADMIN, &[1, 2, 7], None).await;
    let (second, waiting) = world.creates(ADMIN, &[1, 2], relation).await;
    let (third, refused) = world.creates(ADMIN, &[1, 2], relation).await;
    let list = async || world.get(&format!("{path}/creations")).await.is(200)["data"].clone();
    let told = |listed: &Value, place: usize| some(&listed[place], "record_id uin state code relation_id");
    let expected = |record: u64, uin: Uin, state: &str, code: Value, relation: Option<u64>| json!({ "record_id": record, "uin": uin.number(), "state": state, "code": code, "relation_id": relation });
    let listed = list().await;
    assert_eq!(told(&listed, 0), expected(done, paid, "done", Value::Null, None));
    assert_eq!(told(&listed, 1), expected(waiting, second, "waiting", Value::Null, relation));
    // The account is there: verified as its entity, of nobody's organization yet.
    let account = world.get(&format!("/v1/accounts/{second}")).await.is(200);
    assert_eq!(
        account["verification"],
        json!({
            "level": "enterprise", "entity_id": "E2", "entity_name": "Example Holding"
        })
    );
    let members = async || world.get(&path).await.is(200)["members"].clone();
    assert_eq!(members().await.as_array().unwrap().len(), 2);
    let decide = async |record: u64, approve: bool| {
        world.post(&format!("{path}/creations/{record}/decide"), json!({ "approve": approve })).await
    };
    assert_eq!(decide(refused, false).await.is(200)["state"], "refused");
    decide(refused, true).await.refuses(409, "creation_not_waiting");
    decide(done, true).await.refuses(409, "creation_not_waiting");
    // The entity is not trusted any more when it is agreed to.
    world.delete(&format!("{path}/entities/{}", relation.unwrap())).await.is(204);
    let failed = decide(waiting, true).await.is(200);
    assert_eq!(some(&failed, "state code"), json!({ "state": "failed", "code": "FailedOperation.AuthInfoNotSame" }));
    let listed = list().await;
    assert_eq!(told(&listed, 1)["state"], "failed");
    assert_eq!(told(&listed, 2), expected(refused, third, "refused", Value::Null, relation));
    decide(999, true).await.refuses(404, "creation_not_found");
    world
        .post(&format!("{path}/creations/x/decide"), json!({ "approve": true }))
        .await
        .refuses(404, "creation_not_found");
    let joined = members().await;
    assert_eq!(
        some(&joined[1], "uin type payer_uin"),
        json!({ "uin": paid.number(), "type": "created", "payer_uin": ADMIN })
    );
}

#[tokio::test]
async fn a_member_asks_its_payer_to_pay_an_order() {
    let (world, _) = world(&[1, 2, 7]).await;
    let order = json!({ "account_uin": MEMBER, "product_code": "cvm", "kind": "purchase", "amount": "5" });
    let order = world.made("/v1/orders", order).await;
    let id = order["id"].as_str().expect("it has an id");
    let told = |kind: &'static str| {
        let world = &world;
        async move { world.get(&format!("/v1/notices?recipient_uin={ADMIN}&kind={kind}")).await.is(200)["data"].clone() }
    };
    let fields = "kind recipient_uin customer_uin order_id level available";
    let waits = told("order_to_be_paid").await;
    assert_eq!(
        some(&waits[0], fields),
        json!({
            "kind": "order_to_be_paid", "recipient_uin": ADMIN, "customer_uin": MEMBER, "order_id": id, "level": null,
            "available": "0.00"
        })
    );
    assert_eq!(told("payment_requested").await, json!([]));
    let path = format!("/v1/orders/{id}/request-payment");
    let asked = world.post(&path, json!({})).await.is(200);
    assert_eq!(some(&asked, "id state payer_uin"), json!({ "id": id, "state": "to_be_paid", "payer_uin": ADMIN }));
    let requested = told("payment_requested").await;
    assert_eq!((requested.as_array().map(Vec::len), &requested[0]["order_id"]), (Some(1), &json!(id)));
    let again = world.post(&path, json!({})).await;
    let problem = again.refuses(409, "payment_requested_lately");
    assert!(problem["again_at"].is_string(), "{problem}");
    world.made("/v1/clock/advance", json!({ "by": "1h" })).await;
    world.post(&path, json!({})).await.is(200);
    world.post(&format!("/v1/orders/{id}/cancel"), json!({})).await.is(200);
    world.post(&path, json!({})).await.refuses(409, "order_not_payable");
    world.post("/v1/orders/ord_1/request-payment", json!({})).await.refuses(404, "order_not_found");
    assert_eq!(told("payment_requested").await.as_array().map(Vec::len), Some(2));
}
