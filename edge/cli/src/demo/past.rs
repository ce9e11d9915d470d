//! The months that lie behind the demo when it is shown: resources that run, usage, vouchers, bills that are issued and
//! paid in part, warnings, and one customer that is stopped for arrears and runs again. All of it through the platform API
//! under the test clock, in seconds.

use super::world::{Past, World, change, get, post, put};
use crate::client::Client;
use crate::exit::Failed;
use credere_app::random;
use fastrand::Rng;
use serde_json::{Value, json};

/// How far the clock moves between two rounds of usage, and how many rounds there are: over two months.
const STEP: &str = "5d";
const ROUNDS: u64 = 14;
/// What customers use, with a typical list price for a step in cents.
const USED: [(&str, u64); 3] = [("cos", 450), ("cdn", 700), ("cdb", 900)];
const REGIONS: [&str; 3] = ["ap-singapore", "eu-frankfurt", "na-ashburn"];
/// Every so manyth customer runs a database, has a voucher, or does not pay its bill.
const RUNS: usize = 3;
const HAS_VOUCHER: usize = 6;
const OWES: usize = 4;

/// Lets the months pass.
pub(super) fn live(client: &Client, world: &World) -> Result<Past, Failed> {
    prepare(client, world)?;
    let (mut past, mut dice) = (Past::default(), Rng::with_seed(random::seed()));
    let mut now = clock(client)?;
    let mut paid_up_to = month_before(&now);
    for round in 0..ROUNDS {
        let then = now;
        post(client, "/v1/clock/advance", json!({ "by": STEP }))?;
        now = clock(client)?;
        use_things(client, world, round, (&then, &now), &mut dice)?;
        let last = month_before(&now);
        // On the 5th at 01:00 bills are issued; from the 6th on they surely are.
        if last != paid_up_to && now.get(8..10).is_some_and(|day| day > "05") {
            past.receipts += pay(client, world, &last)?;
            past.month.clone_from(&last);
            paid_up_to = last;
        }
    }
    past.customer = world.customers.first().map_or(0, |(uin, _)| *uin);
    past.stopped = stop_and_resume(client, world)?;
    past.refused = refuse(client, past.customer)?;
    Ok(past)
}

/// Levels, subscriptions, resources and vouchers.
fn prepare(client: &Client, world: &World) -> Result<(), Failed> {
    let expires = "2099-01-01T00:00:00+08:00";
    for seller in &world.sellers {
        let channels = json!({ "channel_service": true, "channels": ["message_center", "webhook"] });
        put(client, &format!("/v1/accounts/{}/subscriptions", seller.uin), channels)?;
    }
    for (place, (customer, seller)) in world.customers.iter().enumerate() {
        if place % RUNS == 0 {
            let id = database_of(*customer);
            let body = json!({
                "account_uin": customer, "resource_id": id, "product_code": "cdb", "unit_price": "9.60",
                "quantity": "2", "region": REGIONS[place % REGIONS.len()], "tags": { "team": "data" },
            });
            post(client, "/v1/resources", body)?;
        }
        if place % HAS_VOUCHER == 1 {
            let voucher = json!({
                "kind": "customer", "owner_uin": customer, "issuer_uin": seller, "amount": "40.00",
                "products": { "mode": "only", "codes": ["cos", "cdn"] }, "expires_at": expires,
            });
            post(client, "/v1/vouchers", voucher)?;
        }
        if place % HAS_VOUCHER == 2 {
            let levels = json!({ "partner_warning_percent": 60, "own_warning_percent": 40 });
            change(client, &format!("/v1/customers/{customer}"), levels)?;
        }
    }
    Ok(())
}

fn database_of(customer: u64) -> String {
    format!("db-{customer}")
}

/// Some usage of everybody's.
fn use_things(
    client: &Client,
    world: &World,
    round: u64,
    (from, to): (&str, &str),
    dice: &mut Rng,
) -> Result<(), Failed> {
    let mut records = Vec::new();
    for (place, (customer, _)) in world.customers.iter().enumerate() {
        for (number, (code, typical)) in USED.into_iter().enumerate() {
            let runs = place % RUNS == 0;
            // Databases are used by those who run one.
            if code == "cdb" && !runs {
                continue;
            }
            let cents = typical * dice.u64(20..180) / 100;
            let mut record = json!({
                "key": format!("past-{round}-{number}"), "account_uin": customer, "product_code": code,
                "amount": money(cents), "period_start": from, "period_end": to,
                "region": REGIONS[(place + number) % REGIONS.len()], "project": "main",
            });
            if code == "cdb" {
                record["resource_id"] = database_of(*customer).into();
            }
            records.push(record);
        }
    }
    for batch in records.chunks(1_000) {
        let answer = post(client, "/v1/usage", json!({ "records": batch }))?;
        let results = answer["results"].as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(rejected) = results.iter().find(|result| result["status"] != "settled") {
            return Err(Failed::Refused(format!("a usage record of the demo came to {rejected}")));
        }
    }
    Ok(())
}

/// Most customers have paid that month, and partners pay the platform half of what they owe. Answers how many receipts.
fn pay(client: &Client, world: &World, month: &str) -> Result<u64, Failed> {
    let mut receipts = 0;
    for (place, (customer, _)) in world.customers.iter().enumerate() {
        if place % OWES != OWES - 1 {
            post(client, "/v1/receipts", json!({ "customer_uin": customer, "month": month }))?;
            receipts += 1;
        }
    }
    for seller in &world.sellers {
        let shown = get(client, &format!("/v1/partners/{}", seller.uin))?;
        let whole = shown["spend"]["used"].as_str().and_then(|used| used.split('.').next()?.parse::<u64>().ok());
        if let Some(half) = whole.map(|whole| whole / 2).filter(|half| *half > 0) {
            post(client, &format!("/v1/partners/{}/payments", seller.uin), json!({ "amount": format!("{half}.00") }))?;
        }
    }
    Ok(receipts)
}

/// One customer goes far below zero, its database is stopped when the grace is over, and runs again once it is given
/// more.
fn stop_and_resume(client: &Client, world: &World) -> Result<Option<(String, u64)>, Failed> {
    let Some((customer, _)) = world.customers.get(RUNS).copied() else { return Ok(None) };
    let (id, now) = (database_of(customer), clock(client)?);
    let shown = get(client, &format!("/v1/accounts/{customer}"))?;
    let available = shown["credit"]["available"].as_str().and_then(|text| text.split('.').next()?.parse::<i64>().ok());
    let more = u64::try_from(available.unwrap_or(0)).unwrap_or(0) + 250;
    let record = json!({
        "key": "past-a-busy-night", "account_uin": customer, "product_code": "cdn", "amount": format!("{more}.00"),
        "period_start": now, "period_end": now,
    });
    post(client, "/v1/usage", json!({ "records": [record] }))?;
    post(client, "/v1/clock/advance", json!({ "by": "3h" }))?;
    let stopped = get(client, &format!("/v1/resources/{id}"))?;
    let credit = json!({ "amount": format!("{}.00", more + 500), "remark": "after a busy night" });
    post(client, &format!("/v1/customers/{customer}/allocations"), credit)?;
    let resumed = get(client, &format!("/v1/resources/{id}"))?;
    let did = stopped["state"] == "suspended" && resumed["state"] == "active";
    Ok(did.then_some((id, customer)))
}

/// Asks for more than there is, and answers under which number that was refused.
fn refuse(client: &Client, customer: u64) -> Result<Option<String>, Failed> {
    let order = json!({ "account_uin": customer, "product_code": "support", "kind": "purchase", "amount": "90000.00" });
    match post(client, "/v1/orders", order) {
        Err(Failed::Problem(_, document)) => Ok(document["request_id"].as_str().map(str::to_owned)),
        Err(other) => Err(other),
        Ok(_) => Ok(None),
    }
}

fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Business time as it is written, in the zone of the rules.
fn clock(client: &Client) -> Result<String, Failed> {
    let shown: Value = get(client, "/v1/clock")?;
    let now = shown["now"].as_str().map(str::to_owned);
    now.ok_or_else(|| Failed::Refused("the answer has no `now`".to_owned()))
}

/// The month before the one that a moment lies in.
fn month_before(now: &str) -> String {
    let number = |range: std::ops::Range<usize>| now.get(range).and_then(|text| text.parse::<u32>().ok()).unwrap_or(1);
    let (year, month) = (number(0..4), number(5..7));
    if month == 1 { format!("{:04}-12", year - 1) } else { format!("{year:04}-{:02}", month - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_before_january_is_december() {
        assert_eq!(month_before("2026-01-31T08:00:00+08:00"), "2025-12");
        assert_eq!(month_before("2026-12-01T00:00:00+08:00"), "2026-11");
    }
}
