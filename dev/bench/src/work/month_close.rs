//! The end of a month: a million lines, and the clock passes the moment at which bills are issued. How long it takes until
//! every account's bill is answered as issued and has been proven by walking all its lines; how long a bill's total
//! takes, with few lines and with a million; how fast lines stream.

use super::run::Run;
use crate::http::{PLATFORM_KEY, count_lines};
use crate::load::{Load, Task, drive, micros};
use crate::place::open_app_by;
use crate::report::{Figure, Latency, Quantity, Verdict, grouped, histogram};
use crate::reporter::Reporter;
use crate::server::Server;
use crate::usage::Metering;
use crate::world::World;
use anyhow::{Context, bail, ensure};
use credere_app::App;
use credere_app::bills::{Bill, BillPartView, BillView, LineQuery, LineView};
use credere_app::clock::Clock;
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::{Calendar, Month};
use credere_core::money::Amount;
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const EXPORT: &str = "a bill as CSV over HTTP";
/// In microseconds.
const CLOSE_TARGET: u64 = 60_000_000;
/// In microseconds, the 99th percentile.
const TOTAL_TARGET: u64 = 20_000;
const BATCH: u64 = 1_000;
const WAITING: u64 = 4;
/// Bills that are proven at once.
const PROVERS: u64 = 4;
/// Bills of more lines than this are streamed, others read at once.
const AT_ONCE: u64 = 10_000;

/// A bill's parts as its lines make them: how many lines, and at list price, paid by vouchers, owed by the customer and
/// by its partner.
type Parts = BTreeMap<(u64, Option<Uin>, ActionType, String, String, String), (u64, [i128; 4])>;

/// One month that was closed.
struct Closed {
    /// Until the clock had passed the moment of issue.
    issued: Duration,
    /// Until every bill was proven.
    all: Duration,
}

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let (lines, world) = (run.options.size(20_000, 1_000_000), World { customers: run.options.size(500, 100_000) });
    let folder = run.path("month-close");
    let app = open_app_by(&folder.join("data"), Clock::Test)?;
    run.runtime.block_on(world.build(&app, run.reporter))?;
    let closed = run.runtime.block_on(both_months(run, &app, world, lines));
    run.reporter.end();
    app.close();
    drop(app);
    let (mut figures, large) = closed?;
    figures.push(export(run, &folder, large, lines)?);
    std::fs::remove_dir_all(folder)?;
    Ok(figures)
}

/// The large bill as CSV from a server of its own on that folder.
fn export(run: &Run<'_>, folder: &Path, bill: Bill, lines: u64) -> anyhow::Result<Figure> {
    let parameters = format!("{} lines of one customer, GET /v1/bills/{{uin}}/{{month}}.csv", grouped(lines));
    let server = match Server::start(run.options, folder, &["--sandbox"]) {
        Ok(server) => server,
        Err(error) => return Ok(Figure::skipped(EXPORT, parameters, format!("{error:#}"))),
    };
    run.reporter.begin("reading a bill as CSV", 1);
    let read = run.runtime.block_on(async {
        server.ready().await?;
        let started = Instant::now();
        let path = format!("/v1/bills/{}/{}.csv", bill.account, bill.month);
        let (found, bytes) =
            count_lines(server.address, PLATFORM_KEY, &path).await?.context("nobody else reads a file")?;
        anyhow::Ok((found, bytes, started.elapsed()))
    });
    run.reporter.end();
    let (found, bytes, time) = read?;
    server.stop()?;
    // One more for the names of the columns.
    ensure!(found == lines + 1, "{found} lines came instead of {}", lines + 1);
    Ok(Figure::new(EXPORT, format!("{parameters}, {} bytes", grouped(bytes)), lines, time))
}

/// Both months' figures, and the large bill.
async fn both_months(run: &Run<'_>, app: &Arc<App>, world: World, lines: u64) -> anyhow::Result<(Vec<Figure>, Bill)> {
    let calendar = app.read(|book| book.calendar()).await?;
    let one = World::customer(world.customers / 2);
    let asked = run.options.size(100, 2_000);
    let spread = format!("{} lines of {} customers", grouped(lines), grouped(world.customers));
    let single = format!("{} lines of one customer", grouped(lines));
    let (mut figures, mut large) = (Vec::new(), None);
    for (only, told) in [(None, &spread), (Some(one), &single)] {
        let month = settle(run, app, world, only, lines).await?;
        let before = app.engine().gauges().history_seq;
        let closed = close(run, app, world, calendar, month, lines).await?;
        let parameters = format!(
            "{told}, {} walked; issued after {}, {} journal records then not yet in history",
            grouped(lines),
            micros_of(closed.issued),
            grouped(app.engine().gauges().durable_seq.saturating_sub(before)),
        );
        let whole = micros_of(closed.all);
        figures.push(Figure {
            measured: Some(whole),
            verdict: Verdict::of(whole.number() < CLOSE_TARGET, format!("under {}", Quantity::Micros(CLOSE_TARGET))),
            ..Figure::new("a month closes", parameters, lines, closed.all)
        });
        let (latency, time) = totals(app, world, only, month, asked).await?;
        let latency = Latency::of(&latency);
        figures.push(Figure {
            measured: Some(Quantity::Micros(latency.p99)),
            latency: Some(latency),
            verdict: Verdict::of(latency.p99 < TOTAL_TARGET, format!("p99 under {}", Quantity::Micros(TOTAL_TARGET))),
            ..Figure::new("a bill's total", format!("{told}, one asked for after the other"), asked, time)
        });
        if let Some(one) = only {
            let bill = Bill::paid(one, month);
            large = Some(bill);
            let (streamed, time) = stream(app, bill).await?;
            ensure!(streamed == lines, "{streamed} of {lines} lines came");
            figures.push(Figure::new("a bill's lines, streamed", format!("{told}, one reader"), streamed, time));
        }
    }
    Ok((figures, large.context("one of the months is one customer's")?))
}

fn micros_of(time: Duration) -> Quantity {
    Quantity::Micros(micros(time))
}

/// Settles a month's lines, and says which month it is.
async fn settle(run: &Run<'_>, app: &Arc<App>, world: World, only: Option<Uin>, lines: u64) -> anyhow::Result<Month> {
    let now = app.now().await?;
    let month = app.read(|book| book.calendar().month(now)).await?;
    let load = Load { operations: lines, batch: BATCH, waiting: WAITING, salt: u64::from(month.number()) };
    run.reporter.begin(&format!("settling a month of {} lines", grouped(lines)), lines);
    let settled = drive(app, world, Task::Settle(Metering { only, from: now }), load, run.reporter).await;
    run.reporter.end();
    settled?;
    Ok(month)
}

/// Lets the clock pass the moment of issue, and proves every bill: it is issued, and each of its parts is the sum of its
/// lines, which are walked once.
async fn close(
    run: &Run<'_>,
    app: &Arc<App>,
    world: World,
    calendar: Calendar,
    month: Month,
    lines: u64,
) -> anyhow::Result<Closed> {
    run.reporter.begin("closing the month", world.customers);
    let started = Instant::now();
    app.advance_clock(World::caller(0), None, calendar.issued_at(month)).await?;
    let issued = started.elapsed();
    let walked = prove_all(app, world, month, run.reporter).await?;
    let all = started.elapsed();
    run.reporter.end();
    ensure!(walked == lines, "{walked} lines were walked instead of {lines}");
    Ok(Closed { issued, all })
}

async fn prove_all(app: &Arc<App>, world: World, month: Month, reporter: &dyn Reporter) -> anyhow::Result<u64> {
    let (next, mut provers) = (Arc::new(AtomicU64::new(0)), JoinSet::new());
    for _ in 0..PROVERS {
        let (app, next) = (app.clone(), next.clone());
        provers.spawn(async move {
            let mut walked = 0;
            loop {
                let place = next.fetch_add(1, Relaxed);
                if place >= world.customers {
                    return anyhow::Ok(walked);
                }
                walked += prove(&app, Bill::paid(World::customer(place), month)).await?;
            }
        });
    }
    let (mut walked, mut shown) = (0, 0);
    while !provers.is_empty() {
        if let Ok(Some(part)) = tokio::time::timeout(Duration::from_millis(200), provers.join_next()).await {
            walked += part??;
        }
        let now = next.load(Relaxed).min(world.customers);
        reporter.advance(now - shown);
        shown = now;
    }
    Ok(walked)
}

/// Proves one bill; answers how many lines it has.
async fn prove(app: &App, bill: Bill) -> anyhow::Result<u64> {
    let caller = World::caller(0);
    let view = app.bill(caller, bill).await?;
    ensure!(view.issued_at.is_some(), "the bill of {} is not issued", bill.account);
    let mut parts = Parts::new();
    if view.total.lines <= AT_ONCE {
        let most = usize::try_from(AT_ONCE + 1)?;
        for line in app.bill_lines(caller, bill, LineQuery::default(), None, most).await? {
            add(&mut parts, &line);
        }
    } else {
        let mut lines = app.bill_stream(caller, bill).await?;
        while let Some(line) = lines.recv().await {
            add(&mut parts, &line?);
        }
    }
    if parts != kept(&view) {
        bail!("the bill of {} is not the sum of its lines", bill.account);
    }
    Ok(view.total.lines)
}

fn wide(amounts: [Amount; 4]) -> [i128; 4] {
    amounts.map(|amount| i128::from(amount.units()))
}

fn add(parts: &mut Parts, line: &LineView) {
    let place =
        (line.binding_seq, line.managing, line.action, line.product.clone(), line.region.clone(), line.project.clone());
    let (lines, sums) = parts.entry(place).or_default();
    *lines += 1;
    let amounts = wide([line.list_amount, line.voucher_amount, line.amount, line.partner_amount]);
    for (sum, amount) in sums.iter_mut().zip(amounts) {
        *sum += amount;
    }
}

/// The parts as the bill has them.
fn kept(view: &BillView) -> Parts {
    let part = |part: &BillPartView| {
        let place = (
            part.binding_seq,
            part.managing,
            part.action,
            part.product.clone(),
            part.region.clone(),
            part.project.clone(),
        );
        (place, (part.lines, wide([part.list_amount, part.voucher_amount, part.amount, part.partner_amount])))
    };
    view.parts.iter().map(part).collect()
}

/// How long it takes to be told a total, so many times.
async fn totals(
    app: &App,
    world: World,
    only: Option<Uin>,
    month: Month,
    times: u64,
) -> anyhow::Result<(Histogram<u64>, Duration)> {
    let (mut latency, started) = (histogram(), Instant::now());
    for time in 0..times {
        let place = crate::spread::mixed(time) % world.customers;
        let account = only.unwrap_or_else(|| World::customer(place));
        let asked = Instant::now();
        let view = app.bill(World::caller(time), Bill::paid(account, month)).await?;
        latency.saturating_record(micros(asked.elapsed()));
        ensure!(view.issued_at.is_some(), "the bill of {account} is not issued");
    }
    Ok((latency, started.elapsed()))
}

/// Reads all lines of a bill.
async fn stream(app: &App, bill: Bill) -> anyhow::Result<(u64, Duration)> {
    let started = Instant::now();
    let (mut lines, mut count) = (app.bill_stream(World::caller(0), bill).await?, 0);
    while let Some(line) = lines.recv().await {
        line?;
        count += 1;
    }
    Ok((count, started.elapsed()))
}
