//! Metering over HTTP for a minute, against a server of its own on this machine: batches of a thousand records, as fast as
//! four connections can or at a rate that is given, second after second without falling off; and beside it one caller that asks for a bill right after each answered batch, and
//! finds its line on it.

use super::due::held_against;
use super::raw;
use super::run::Run;
use crate::http::{Connection, request};
use crate::load::micros;
use crate::report::{Figure, Latency, Quantity, Verdict, grouped, histogram};
use crate::reporter::Reporter;
use crate::server::{Server, build};
use crate::template::{Template, count};
use crate::world::World;
use anyhow::{Context, bail};
use credere_app::clock::machine_now;
use credere_core::ledger::{Calendar, Month};
use hdrhistogram::Histogram;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};

const SETTLING: &str = "settle usage over HTTP";
const ASKING: &str = "a line on its bill after the answer";
const TARGET: u64 = 120_000;
/// A share of the yardstick in percent that suffices where the disk is slow.
const SHARE: u64 = 20;
/// In microseconds, from the answer to a batch until a bill with its line is read.
const ASKING_TARGET: u64 = 1_000_000;
const BATCH: u64 = 1_000;
const CONNECTIONS: u64 = 4;
/// How the minute is cut, in seconds.
const WINDOW: u64 = 5;
/// How far each window may be from the mean of all, in percent.
const SPREAD: u64 = 15;
/// How long whoever asks for bills waits before the next.
const PAUSE: Duration = Duration::from_millis(100);

struct Measured {
    records: u64,
    time: Duration,
    /// Records answered in each window.
    windows: Vec<u64>,
    latency: Histogram<u64>,
    asking: Histogram<u64>,
    overloads: u64,
}

/// What all connections share.
#[derive(Debug)]
struct Tally {
    started: Instant,
    /// Records answered, in all and in each window.
    records: AtomicU64,
    windows: RefCell<Vec<u64>>,
    overloads: AtomicU64,
    next: AtomicU64,
    /// How many records a second are sent by the clock: absent where each connection goes on as soon as it is answered.
    rate: Option<u64>,
    /// Batches that were sent by the clock.
    timed: AtomicU64,
}

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let raw = raw::usage_yardstick(run)?;
    let folder = run.path("usage-http");
    // One customer more than the load knows: whoever asks for bills has it for itself.
    let world = World { customers: run.options.size(200, 100_000) };
    let seconds = run.options.size(0, run.options.usage_seconds.unwrap_or(60));
    let time = if seconds == 0 { Duration::from_millis(600) } else { Duration::from_secs(seconds) };
    let server = match Server::start(run.options, &folder, &[]) {
        Ok(server) => server,
        Err(error) => {
            let reason = format!("{error:#}");
            let skipped = |work| Figure::skipped(work, "a server of its own".to_owned(), reason.clone());
            return Ok([SETTLING, ASKING].map(skipped).into());
        }
    };
    // One thread for the load generator: what it needs is taken from the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = runtime.block_on(LocalSet::new().run_until(async {
        server.ready().await?;
        build(server.address, World { customers: world.customers + 1 }, run.reporter).await?;
        load(server.address, world, time, run.options.usage_rate, run.reporter).await
    }));
    let measured = measured?;
    server.stop()?;
    std::fs::remove_dir_all(folder)?;
    Ok(vec![settling(world, run.options.usage_rate, &measured, raw), asking(&measured)])
}

fn settling(world: World, rate: Option<u64>, measured: &Measured, raw: Quantity) -> Figure {
    let rates: Vec<u64> = measured.windows.iter().map(|records| records / WINDOW).collect();
    let parameters = format!(
        "{} customers, 4 products, 3 regions, {} a request, {CONNECTIONS} connections {}, {} s, in windows of {WINDOW} s: {} /s, turned away {} times",
        grouped(world.customers),
        grouped(BATCH),
        rate.map_or("as fast as they can".to_owned(), |rate| format!("that send {} /s", grouped(rate))),
        measured.time.as_secs(),
        rates.iter().map(|rate| grouped(*rate)).collect::<Vec<_>>().join(", "),
        measured.overloads,
    );
    let figure = Figure {
        latency: Some(Latency::of(&measured.latency)),
        ..Figure::new(SETTLING, parameters, measured.records, measured.time)
    };
    let target = rate.map_or(TARGET, |rate| rate.min(TARGET));
    let figure = held_against(figure, format!("raw append, {} a write", grouped(BATCH)), raw, target, SHARE);
    let (Verdict::Reached(text) | Verdict::NotReached(text)) = &figure.verdict else { return figure };
    let reached = matches!(figure.verdict, Verdict::Reached(_)) && is_even(&rates);
    let verdict = Verdict::of(reached, format!("{text}, each window within {SPREAD} % of the mean"));
    Figure { verdict, ..figure }
}

/// Whether no window is far from the mean of all.
fn is_even(rates: &[u64]) -> bool {
    let mean = rates.iter().sum::<u64>() / (rates.len() as u64).max(1);
    rates.iter().all(|rate| rate.abs_diff(mean) * 100 <= mean * SPREAD)
}

fn asking(measured: &Measured) -> Figure {
    let latency = Latency::of(&measured.asking);
    let parameters = format!(
        "from the answer to a batch until GET /v1/bills/{{uin}}/{{month}} shows its record, {} times in the same minute",
        grouped(measured.asking.len())
    );
    Figure {
        measured: Some(Quantity::Micros(latency.p99)),
        latency: Some(latency),
        verdict: Verdict::of(latency.p99 < ASKING_TARGET, format!("p99 under {}", Quantity::Micros(ASKING_TARGET))),
        ..Figure::new(ASKING, parameters, measured.asking.len(), measured.time)
    }
}

/// This month as a period, as it is sent, and the month itself, which its lines are in. It is not over, so that whoever is
/// a customer now has used it.
fn period() -> ((String, String), Month) {
    let now = machine_now();
    let calendar = Calendar::default();
    let month = calendar.month(now);
    let begins = |month: Month| format!("{}-{:02}-01T00:00:00+08:00", month.year(), month.month());
    ((begins(month), begins(month.next())), month)
}

async fn load(
    address: SocketAddr,
    world: World,
    time: Duration,
    rate: Option<u64>,
    reporter: &dyn Reporter,
) -> anyhow::Result<Measured> {
    let ((start, end), month) = period();
    let tally = Rc::new(Tally {
        started: Instant::now(),
        records: AtomicU64::new(0),
        windows: RefCell::new(vec![0; usize::try_from(time.as_secs() / WINDOW)?]),
        overloads: AtomicU64::new(0),
        next: AtomicU64::new(0),
        timed: AtomicU64::new(0),
        rate,
    });
    reporter.begin("settling usage over HTTP", u64::try_from(time.as_millis())?);
    let (started, mut callers) = (tally.started, JoinSet::new());
    for _ in 0..CONNECTIONS {
        let (tally, start, end) = (tally.clone(), start.clone(), end.clone());
        callers.spawn_local(async move {
            let (mut connection, mut template) =
                (Connection::open(address).await?, Template::usage(BATCH, (&start, &end)));
            let mut latency = histogram();
            while started.elapsed() < time {
                if !tally.next_turn(started + time).await {
                    break;
                }
                let body = template.at(world, tally.next.fetch_add(BATCH, Relaxed));
                let asked = Instant::now();
                settle(&mut connection, body, BATCH, &tally).await?;
                latency.saturating_record(micros(asked.elapsed()));
            }
            anyhow::Ok(latency)
        });
    }
    let asking = tokio::task::spawn_local({
        let (tally, start, end) = (tally.clone(), start.clone(), end.clone());
        async move { ask(address, world, time, (&start, &end), month, &tally).await }
    });
    let (mut latency, mut shown) = (histogram(), 0);
    while !callers.is_empty() {
        if let Ok(Some(part)) = tokio::time::timeout(Duration::from_millis(200), callers.join_next()).await {
            latency.add(part??)?;
        }
        let now = u64::try_from(started.elapsed().min(time).as_millis())?;
        reporter.advance(now - shown);
        shown = now;
    }
    let took = started.elapsed();
    let asking = asking.await??;
    reporter.end();
    let (records, overloads) = (tally.records.load(Relaxed), tally.overloads.load(Relaxed));
    let windows = tally.windows.take();
    Ok(Measured { records, time: took, windows, latency, asking, overloads })
}

/// Sends a batch until it is settled.
async fn settle(connection: &mut Connection, body: &[u8], records: u64, tally: &Tally) -> anyhow::Result<()> {
    loop {
        let reply = connection.exchange(body).await?;
        if reply.status == 503 {
            tally.overloads.fetch_add(1, Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        }
        let settled = count(reply.body, "settled");
        if reply.status != 200 || settled != records {
            let body = String::from_utf8_lossy(&reply.body[..reply.body.len().min(500)]);
            bail!("{settled} of {records} were settled, status {}: {body}", reply.status);
        }
        tally.count(records)?;
        return Ok(());
    }
}

impl Tally {
    /// Waits until the next batch is due; answers whether that is before the end. One that is late is sent at once, so that
    /// what was missed is made up for.
    async fn next_turn(&self, end: Instant) -> bool {
        let Some(rate) = self.rate else { return true };
        let place = self.timed.fetch_add(1, Relaxed);
        let at = self.started + Duration::from_micros(place * BATCH * 1_000_000 / rate);
        tokio::time::sleep_until(at.min(end).into()).await;
        at < end
    }

    fn count(&self, records: u64) -> anyhow::Result<()> {
        self.records.fetch_add(records, Relaxed);
        let window = usize::try_from(self.started.elapsed().as_secs() / WINDOW)?;
        if let Some(window) = self.windows.borrow_mut().get_mut(window) {
            *window += records;
        }
        Ok(())
    }
}

/// Settles a batch with one record of an account of its own, and reads that account's bill until it has the record on
/// it; over and over. Answers how long the reading took.
async fn ask(
    address: SocketAddr,
    world: World,
    time: Duration,
    period: (&str, &str),
    month: Month,
    tally: &Tally,
) -> anyhow::Result<Histogram<u64>> {
    let account = World::customer(world.customers).number();
    let (mut connection, mut template) = (Connection::open(address).await?, Template::usage(BATCH, period));
    let look = request("GET", &format!("/v1/bills/{account}/{month}"), "");
    let (mut asking, started, mut records) = (histogram(), Instant::now(), 0);
    while started.elapsed() < time {
        let body = template.with_first(world, tally.next.fetch_add(BATCH, Relaxed), account);
        settle(&mut connection, body, BATCH, tally).await?;
        records += 1;
        // The first record of each batch is of one cent.
        let wanted = format!("{}.{:02}", records / 100, records % 100);
        let answered = Instant::now();
        loop {
            let reply = connection.exchange(&look).await?;
            if reply.status == 200 && total(reply.body)? == wanted {
                break;
            }
            if answered.elapsed() > Duration::from_secs(20) {
                bail!(
                    "the bill does not come to {wanted}, status {}: {}",
                    reply.status,
                    String::from_utf8_lossy(reply.body)
                );
            }
        }
        asking.saturating_record(micros(answered.elapsed()));
        tokio::time::sleep(PAUSE).await;
    }
    Ok(asking)
}

/// What a bill comes to.
fn total(body: &[u8]) -> anyhow::Result<String> {
    let bill: serde_json::Value = serde_json::from_slice(body)?;
    Ok(bill["total"].as_str().context("a bill without a total")?.to_owned())
}
