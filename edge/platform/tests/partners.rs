//! Partners, customers and their credit over HTTP: the vectors of the specification's section 19 that need no purchase.

mod support;

use serde_json::json;
use support::World;

#[tokio::test]
async fn an_allocation_moves_both_sides_and_leaves_a_record() {
    let world = World::new();
    world.partner(1, "reseller", "1050.10").await;
    world.customer(2, 1, "0").await;
    let done = world.post("/v1/customers/2/allocations", json!({ "amount": "50", "remark": "start" })).await.is(201);
    assert_eq!((&done["total"], &done["available"]), (&json!("50.00"), &json!("50.00")));
    let partner = world.get("/v1/partners/1").await.is(200);
    assert_eq!(partner["allocation"], json!({ "quota": "1050.10", "allocated": "50.00", "allocatable": "1000.10" }));
    let account = world.get("/v1/accounts/2").await.is(200);
    assert_eq!(account["credit"]["available"], "50.00");
    assert_eq!(account["bound_to"], 1);
    let history = world.get("/v1/customers/2/allocations").await.is(200);
    let record = &history["data"][0];
    assert_eq!(record["allocation_id"], done["allocation_id"]);
    assert_eq!(
        (&record["amount"], &record["operator_uin"], &record["remark"]),
        (&json!("50.00"), &json!(1), &json!("start"))
    );
    assert_eq!(history["next_cursor"], json!(null));
}
