//! The small world that every test starts from: a distributor with a second-level reseller, a reseller beside them, some
//! customers each, and prices that differ on both sides, so that a figure on the wrong side shows.

use crate::calendar::Clock;
use crate::http::{Client, Request};
use crate::model::{Credit, Model, Profile, UNIT, money};
use serde_json::{Value, json};

pub(crate) const PLATFORM_KEY: &str = "cred_crash_tests_know_this_key_0001";
pub(crate) const PRODUCT: &str = "compute";
/// What is used and paid for afterwards. What runs of it goes on for a year when its account is overdue, so that nothing
/// stops by itself.
pub(crate) const RESOURCES: &str = "storage";
const GRACE_HOURS: u32 = 8_760;

/// The partners. The second-level reseller's spending is on the distributor's line.
pub(crate) const DISTRIBUTOR: u64 = 101;
pub(crate) const SECOND_LEVEL: u64 = 102;
pub(crate) const RESELLER: u64 = 103;

/// The first of the customers, the rest follow: two of the distributor's, four of the second-level reseller's, four of
/// the reseller's.
const FIRST_CUSTOMER: u64 = 1_001;
const MANAGED_BY: [u64; 10] = [
    DISTRIBUTOR,
    DISTRIBUTOR,
    SECOND_LEVEL,
    SECOND_LEVEL,
    SECOND_LEVEL,
    SECOND_LEVEL,
    RESELLER,
    RESELLER,
    RESELLER,
    RESELLER,
];

/// Quotas in whole units of money. The pool is scarce, so that some allocations are refused.
pub(crate) const QUOTA: [(u64, i64); 3] = [(DISTRIBUTOR, 1_000_000), (SECOND_LEVEL, 6_000), (RESELLER, 500_000)];

/// The spend line to begin with, and how much it is raised by when it runs out. Scarce too.
pub(crate) const SPEND_LINE: i64 = 8_000;

/// Which percentage of the list price a paying partner pays.
pub(crate) fn partner_percent(paying: u64) -> i64 {
    if paying == DISTRIBUTOR { 90 } else { 85 }
}

/// Who pays the platform for a managing partner's customers.
pub(crate) fn paying(managing: u64) -> u64 {
    if managing == SECOND_LEVEL { DISTRIBUTOR } else { managing }
}

/// Makes the world on an empty server, and the model of it.
pub(crate) fn make(client: &mut Client) -> Model {
    let mut model = Model { clock: Clock::of(client), ..Model::default() };
    made(client, "/v1/products", json!({ "code": PRODUCT, "settlement": "hourly" }));
    let freeze = json!({ "model": "coefficient", "coefficient": "1" });
    let resources = json!({
        "code": RESOURCES, "settlement": "hourly", "grace_hours": GRACE_HOURS, "freeze": freeze,
    });
    made(client, "/v1/products", resources);
    for (uin, quota) in QUOTA {
        open(client, &mut model, uin);
        let body = match uin {
            SECOND_LEVEL => json!({
                "uin": uin, "kind": "second_level_reseller", "distributor_uin": DISTRIBUTOR,
                "allocation_quota": money(quota),
            }),
            _ => json!({
                "uin": uin, "kind": if uin == DISTRIBUTOR { "distributor" } else { "reseller" },
                "allocation_quota": money(quota), "spend_line": money(SPEND_LINE),
            }),
        };
        made(client, "/v1/partners", body);
        model.quotas.insert(uin, quota * UNIT);
        if uin != SECOND_LEVEL {
            model.spend_lines.insert(uin, SPEND_LINE * UNIT);
            let rate = format!("0.{}", partner_percent(uin));
            made(client, "/v1/discounts", json!({ "kind": "partner", "partner_uin": uin, "rate": rate }));
        }
    }
    for (uin, managing) in (FIRST_CUSTOMER..).zip(MANAGED_BY) {
        open(client, &mut model, uin);
        made(client, "/v1/customers", json!({ "uin": uin, "partner_uin": managing }));
        let mut credit = Credit::of(managing);
        if uin % 2 == 0 {
            let discount = json!({ "kind": "customer", "partner_uin": managing, "customer_uin": uin, "rate": "0.95" });
            made(client, "/v1/discounts", discount);
            credit.percent = 95;
        }
        made(client, &format!("/v1/customers/{uin}/allocations"), json!({ "amount": "300.00", "remark": "opening" }));
        credit.total = 300 * UNIT;
        credit.allocations = 1;
        model.customers.insert(uin, credit);
    }
    model
}

fn open(client: &mut Client, model: &mut Model, uin: u64) {
    let profile = Profile::numbered(uin, 0);
    let mut body = profile.body();
    body["uin"] = uin.into();
    made(client, "/v1/accounts", body);
    model.accounts.insert(uin, profile);
}

fn made(client: &mut Client, path: &str, body: Value) {
    let answer = client.ask(&Request::post(path, body));
    assert_eq!(answer.status, 201, "POST {path}: {}", answer.body);
}
