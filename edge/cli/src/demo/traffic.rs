//! The demo's traffic: purchases in one step and in two, authorizations, usage, vouchers, allocations and reclaims, at
//! random but around what the customers have, so that some are refused on either side. The test clock follows the real
//! time.

use super::world::{PRODUCTS, World, get, post};
use crate::client::Client;
use crate::exit::Failed;
use crate::terminal::say;
use credere_app::random;
use fastrand::Rng;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

/// Keeps the world busy with `per_second` acts until told to stop.
pub(super) fn run(client: &Client, world: &World, per_second: u32, stop: &AtomicBool) -> Result<(), Failed> {
    let pause = Duration::from_millis(1_000 / u64::from(per_second.max(1)));
    let (mut moved, mut dice) = (Instant::now(), Rng::with_seed(random::seed()));
    while !stop.load(SeqCst) {
        std::thread::sleep(pause);
        let elapsed = moved.elapsed().as_secs();
        if elapsed > 0 {
            post(client, "/v1/clock/advance", json!({ "by": format!("{elapsed}s") }))?;
            moved = Instant::now();
        }
        if per_second > 0 {
            act(client, world, &mut dice)?;
        }
    }
    Ok(())
}

fn act(client: &Client, world: &World, dice: &mut Rng) -> Result<(), Failed> {
    let Some((customer, _)) = dice.choice(&world.customers).copied() else { return Ok(()) };
    let (code, _, _, typical) = dice.choice(PRODUCTS).unwrap_or(PRODUCTS[0]);
    let cents = typical * dice.u64(20..400) / 100;
    let amount = format!("{}.{:02}", cents / 100, cents % 100);
    match dice.u32(0..100) {
        0..16 => {
            let (key, now) = (random::id().to_string(), get(client, "/v1/clock")?["now"].clone());
            let record = json!({
                "key": key, "account_uin": customer, "product_code": code, "amount": amount, "period_start": now,
                "period_end": now, "region": "ap-singapore",
            });
            let answer = post(client, "/v1/usage", json!({ "records": [record] }))?;
            report(&format!("{customer} has used {code} {amount}"), Ok(answer["results"][0].clone()), "status");
        }
        16..18 => {
            let body = json!({
                "kind": "customer", "owner_uin": customer, "amount": "5.00", "expires_at": "2099-01-01T00:00:00+08:00",
            });
            report(&format!("{customer} is given a voucher of 5.00"), post(client, "/v1/vouchers", body), "status");
        }
        18..60 => {
            let order = json!({ "account_uin": customer, "product_code": code, "kind": "purchase", "amount": amount });
            report(&format!("{customer} buys {code} {amount}"), post(client, "/v1/orders", order), "state");
        }
        60..72 => {
            let order = json!({
                "account_uin": customer, "product_code": code, "kind": "renew", "amount": amount, "capture": false,
            });
            let placed = post(client, "/v1/orders", order);
            let id = placed.as_ref().ok().and_then(|order| order["id"].as_str().map(str::to_owned));
            report(&format!("{customer} renews {code} {amount}, to be delivered"), placed, "state");
            if let Some(id) = id {
                let end = if dice.bool() { "deliver" } else { "cancel" };
                let ended = post(client, &format!("/v1/orders/{id}/{end}"), json!({}));
                report(&format!("{customer} {id}: {end}"), ended, "state");
            }
        }
        72..88 => {
            let key = random::id().to_string();
            let operation = json!({
                "key": key, "op": "authorize", "account_uin": customer, "product_code": code, "amount": amount,
            });
            let answer = post(client, "/v1/authorizations", json!({ "operations": [operation] }))?;
            let result = &answer["results"][0];
            report(&format!("{customer} authorizes {code} {amount}"), Ok(result.clone()), "status");
            if let Some(id) = result["authorization_id"].as_str() {
                let capture = json!({ "key": format!("{key}-capture"), "op": "capture", "authorization_id": id });
                let answer = post(client, "/v1/authorizations", json!({ "operations": [capture] }))?;
                report(&format!("{customer} captures {id}"), Ok(answer["results"][0].clone()), "status");
            }
        }
        _ => {
            let shown = get(client, &format!("/v1/accounts/{customer}"))?;
            let rich = shown["credit"]["available"].as_str().is_some_and(|available| available.len() > "1000.00".len());
            let amount = if rich { "-250.00" } else { "800.00" };
            let allocated = post(
                client,
                &format!("/v1/customers/{customer}/allocations"),
                json!({ "amount": amount, "remark": "demo" }),
            );
            report(&format!("{customer} is given {amount}"), allocated, "available");
        }
    }
    Ok(())
}

/// One line on what came of it.
fn report(what: &str, outcome: Result<Value, Failed>, field: &str) {
    match outcome {
        Ok(answer) => {
            let plain = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
            say(format_args!("{what:<60} -> {} {}", plain(field), plain("code")));
        }
        Err(failed) => {
            say(format_args!("{what:<60} -> {}", failed.to_string().lines().next().unwrap_or_default()));
        }
    }
}
