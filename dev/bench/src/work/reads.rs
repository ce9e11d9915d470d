//! Short reads over HTTP, alone and beside many callers that read a bill of a million lines as a file: these wait for one
//! another in a lane of their own, so that whoever asks for a page hardly notices them.

use super::run::Run;
use crate::http::{Connection, PLATFORM_KEY, count_lines, request};
use crate::load::{Load, Task, drive, micros};
use crate::place::open_app;
use crate::report::{Figure, Latency, Quantity, Verdict, grouped, histogram};
use crate::server::Server;
use crate::spread::mixed;
use crate::usage::Metering;
use crate::world::{PRODUCT, World};
use anyhow::{Context, ensure};
use credere_core::ledger::Month;
use hdrhistogram::Histogram;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};

const WORK: &str = "short reads beside long ones";
/// In microseconds, the 99th percentile.
const TARGET: u64 = 20_000;
/// Connections that read a page each, and how long each rests before its next.
const SHORT: u64 = 4;
const PAUSE: Duration = Duration::from_millis(5);
/// Callers that read the bill as a file, of so many keys.
const LONG: u64 = 16;
const KEYS: u64 = 2;
const BATCH: u64 = 1_000;

/// What one phase came to.
struct Phase {
    latency: Histogram<u64>,
    /// Long reads that were answered, and that were turned away.
    files: u64,
    turned_away: u64,
}

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let (lines, world) = (run.options.size(5_000, 1_000_000), World { customers: run.options.size(200, 10_000) });
    let seconds = run.options.size(0, 20);
    let time = if seconds == 0 { Duration::from_millis(300) } else { Duration::from_secs(seconds) };
    let folder = run.path("reads");
    let large = World::customer(world.customers / 2);
    let month = fill(run, &folder.join("data"), world, lines)?;
    let parameters = format!(
        "pages of orders, lines and totals over {SHORT} connections; beside them {LONG} callers of {KEYS} keys read a bill of {} lines as CSV",
        grouped(lines)
    );
    let server = match Server::start(run.options, &folder, &[]) {
        Ok(server) => server,
        Err(error) => return Ok(vec![Figure::skipped(WORK, parameters, format!("{error:#}"))]),
    };
    // One thread for all callers: what they need is taken from the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    run.reporter.begin("reading pages alone, and beside long reads", 2);
    let bill = format!("/v1/bills/{large}/{month}");
    let phases = runtime.block_on(LocalSet::new().run_until(async {
        server.ready().await?;
        let keys = prepare(server.address, world).await?;
        let alone = phase(server.address, &bill, world, month, &[], time).await?;
        run.reporter.advance(1);
        anyhow::Ok((alone, phase(server.address, &bill, world, month, &keys, time).await?))
    }));
    run.reporter.end();
    let (alone, beside) = phases?;
    server.stop()?;
    std::fs::remove_dir_all(folder)?;
    ensure!(beside.files > 0, "no long read was answered meanwhile");
    let latency = Latency::of(&beside.latency);
    let yardstick = ("p99 alone".to_owned(), Quantity::Micros(Latency::of(&alone.latency).p99));
    Ok(vec![Figure {
        measured: Some(Quantity::Micros(latency.p99)),
        latency: Some(latency),
        yardstick: Some(yardstick),
        verdict: Verdict::of(latency.p99 < TARGET, format!("p99 under {}", Quantity::Micros(TARGET))),
        ..Figure::new(
            WORK,
            format!("{parameters}: {} times meanwhile, turned away {} times", beside.files, beside.turned_away),
            beside.latency.len(),
            time,
        )
    }])
}

/// A folder with the world, a large bill of the customer in the middle, and some lines for everybody; answers the month.
fn fill(run: &Run<'_>, data: &Path, world: World, lines: u64) -> anyhow::Result<Month> {
    let app = open_app(data)?;
    run.runtime.block_on(world.build(&app, run.reporter))?;
    let filled = run.runtime.block_on(async {
        let now = app.now().await?;
        let month = app.read(|book| book.calendar().month(now)).await?;
        let large = World::customer(world.customers / 2);
        for (salt, (only, operations)) in [(Some(large), lines), (None, lines / 10)].into_iter().enumerate() {
            let load = Load { operations, batch: BATCH, waiting: 4, salt: salt as u64 };
            run.reporter.begin(&format!("settling {} lines", grouped(operations)), operations);
            let settled = drive(&app, world, Task::Settle(Metering { only, from: now }), load, run.reporter).await;
            run.reporter.end();
            settled?;
        }
        anyhow::Ok(month)
    });
    app.close();
    filled
}

/// Orders of a hundred customers, and the keys of those who read files.
async fn prepare(address: SocketAddr, world: World) -> anyhow::Result<Vec<String>> {
    let mut connection = Connection::open(address).await?;
    for place in 0..world.customers.min(100) {
        let order = format!(
            r#"{{"account_uin":{},"product_code":"{PRODUCT}","kind":"purchase","amount":"1.00"}}"#,
            World::customer(place)
        );
        connection.post("/v1/orders", &order).await?;
    }
    let mut keys = vec![PLATFORM_KEY.to_owned()];
    for number in 1..KEYS {
        let body = format!(r#"{{"name":"reader {number}","access":"read"}}"#);
        let reply = connection.exchange(&request("POST", "/v1/keys", &body)).await?;
        let answer: serde_json::Value = serde_json::from_slice(reply.body)?;
        keys.push(answer["key"].as_str().context("a new key is shown")?.to_owned());
    }
    Ok(keys)
}

/// Short reads for so long, beside long ones under these keys.
async fn phase(
    address: SocketAddr,
    bill: &str,
    world: World,
    month: Month,
    keys: &[String],
    time: Duration,
) -> anyhow::Result<Phase> {
    let ends = Instant::now() + time;
    let (mut long, mut short) = (JoinSet::new(), JoinSet::new());
    for (_, key) in (0..if keys.is_empty() { 0 } else { LONG }).zip(keys.iter().cycle()) {
        long.spawn_local(downloading(address, key.clone(), format!("{bill}.csv"), ends));
    }
    for caller in 0..SHORT {
        let first_lines = format!("{bill}/lines?limit=100");
        short.spawn_local(reading(address, world, month, first_lines, caller, ends));
    }
    let mut phase = Phase { latency: histogram(), files: 0, turned_away: 0 };
    while let Some(part) = short.join_next().await {
        phase.latency.add(part??)?;
    }
    while let Some(part) = long.join_next().await {
        let (files, turned_away) = part??;
        phase.files += files;
        phase.turned_away += turned_away;
    }
    Ok(phase)
}

/// Reads the file again and again, as a client does that is turned away.
async fn downloading(address: SocketAddr, key: String, path: String, ends: Instant) -> anyhow::Result<(u64, u64)> {
    let (mut read, mut turned_away) = (0, 0);
    while Instant::now() < ends {
        match count_lines(address, &key, &path).await? {
            Some(_) => read += 1,
            None => {
                turned_away += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    Ok((read, turned_away))
}

/// Reads one page after the other, of everybody in turn.
async fn reading(
    address: SocketAddr,
    world: World,
    month: Month,
    first_lines: String,
    caller: u64,
    ends: Instant,
) -> anyhow::Result<Histogram<u64>> {
    let mut connection = Connection::open(address).await?;
    let (mut latency, mut number) = (histogram(), caller);
    while Instant::now() < ends {
        let customer = World::customer(mixed(number) % world.customers);
        let path = match number / SHORT % 4 {
            0 => format!("/v1/orders?account_uin={customer}&limit=100"),
            1 => format!("/v1/bills/{customer}/{month}"),
            2 => first_lines.clone(),
            _ => format!("/v1/customers/{customer}"),
        };
        let asked = Instant::now();
        let status = connection.exchange(&request("GET", &path, "")).await?.status;
        latency.saturating_record(micros(asked.elapsed()));
        ensure!(status == 200, "{path} was answered with {status}");
        number += SHORT;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(latency)
}
