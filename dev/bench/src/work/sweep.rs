//! The main job at every size: authorizations one to five thousand a request, in process and over HTTP, each beside raw
//! append of the same bytes in the same run, with what an operation costs in processor time and on the disk.

use super::http::{Measured, Shape, load};
use super::raw;
use super::run::Run;
use crate::load::{self as process, authorize};
use crate::place::{bytes_in, open_app, processor_time};
use crate::report::{Cost, Figure, Latency, Quantity, Verdict, grouped};
use crate::server::{Server, build};
use crate::world::World;
use std::time::Duration;
use tokio::task::LocalSet;

const PROCESS: &str = "authorize in process, by size";
const HTTP: &str = "authorize over HTTP, by size";

/// Requests that wait at once in process.
const WAITING: u64 = 8;

/// What a size must reach: a rate (half of what raw append does at that size where it is absent), and a 99th percentile in
/// microseconds where there is one.
#[derive(Debug, Clone, Copy)]
struct Target {
    rate: Option<u64>,
    p99: Option<u64>,
}

/// Sizes in process, how many operations are measured of each, and what must be reached.
const IN_PROCESS: [(u64, u64, Target); 5] = [
    (1, 100_000, Target { rate: None, p99: None }),
    (10, 500_000, Target { rate: None, p99: None }),
    (100, 2_000_000, Target { rate: None, p99: None }),
    (1_000, 4_000_000, Target { rate: Some(600_000), p99: Some(30_000) }),
    (5_000, 4_000_000, Target { rate: Some(600_000), p99: None }),
];

/// Sizes over HTTP, with connections, and what must be reached.
const OVER_HTTP: [(u64, u64, Target); 7] = [
    (1, 64, Target { rate: Some(42_000), p99: Some(6_000) }),
    (1, 256, Target { rate: Some(55_000), p99: Some(15_000) }),
    (10, 4, Target { rate: Some(110_000), p99: Some(8_000) }),
    (50, 4, Target { rate: Some(230_000), p99: Some(8_000) }),
    (100, 4, Target { rate: Some(280_000), p99: Some(8_000) }),
    (1_000, 4, Target { rate: Some(420_000), p99: Some(25_000) }),
    (4_000, 4, Target { rate: Some(420_000), p99: Some(80_000) }),
];

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let mut figures = in_process(run)?;
    figures.extend(over_http(run)?);
    Ok(figures)
}

fn in_process(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let world = World { customers: run.options.size(1_000, 100_000) };
    let folder = run.path("sweep");
    let app = open_app(&folder)?;
    run.runtime.block_on(world.build(&app, run.reporter))?;
    let mut figures = Vec::new();
    for (salt, (batch, operations, target)) in (1..).zip(IN_PROCESS) {
        let operations = run.options.size(operations / 200, operations);
        let load = process::Load { operations, batch, waiting: WAITING, salt };
        let warm_up = process::Load { operations: operations / 5, salt: salt + 100, ..load };
        run.reporter.begin(&format!("{} a request in process", grouped(batch)), operations + warm_up.operations);
        let measured = (|| {
            run.runtime.block_on(authorize(&app, world, warm_up, run.reporter))?;
            let before = (processor_time(None)?, bytes_in(&folder)?);
            let measured = run.runtime.block_on(authorize(&app, world, load, run.reporter))?;
            let cost = Cost::since(before, (processor_time(None)?, bytes_in(&folder)?), measured.operations);
            anyhow::Ok((measured, cost))
        })();
        run.reporter.end();
        let (measured, cost) = measured?;
        let parameters = format!(
            "{} customers, {} a request, {WAITING} waiting, turned away {} times",
            grouped(world.customers),
            grouped(batch),
            measured.overloads
        );
        let figure = Figure::new(PROCESS, parameters, measured.operations, measured.time);
        let figure = Figure { latency: Some(Latency::of(&measured.latency)), cost: Some(cost), ..figure };
        // As many requests as wait can share a flush.
        figures.push(judged(run, figure, batch * WAITING, target)?);
    }
    app.close();
    drop(app);
    std::fs::remove_dir_all(folder)?;
    Ok(figures)
}

fn over_http(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let folder = run.path("sweep-http");
    let world = World { customers: run.options.size(200, 10_000) };
    let server = match Server::start(run.options, &folder, &[]) {
        Ok(server) => server,
        Err(error) => return Ok(vec![Figure::skipped(HTTP, "a server of its own".to_owned(), format!("{error:#}"))]),
    };
    let times = [run.options.size(50, 1_000), run.options.size(200, 8_000)].map(Duration::from_millis);
    // One thread for the load generator: what it needs is taken from the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = runtime.block_on(LocalSet::new().run_until(async {
        server.ready().await?;
        build(server.address, world, run.reporter).await?;
        let mut measured: Vec<(Measured, Cost)> = Vec::new();
        for (place, (batch, connections, _)) in (0..).zip(OVER_HTTP) {
            let [warm_up, shape] = [0, 1].map(|part: u64| Shape {
                batch,
                connections,
                time: times[part as usize],
                keys_from: (place * 2 + part + 1) << 40,
            });
            load(server.address, world, warm_up, run.reporter).await?;
            let before = (processor_time(Some(server.id()))?, bytes_in(&folder)?);
            let loaded = load(server.address, world, shape, run.reporter).await?;
            let after = (processor_time(Some(server.id()))?, bytes_in(&folder)?);
            let cost = Cost::since(before, after, loaded.operations);
            measured.push((loaded, cost));
        }
        anyhow::Ok(measured)
    }))?;
    server.stop()?;
    std::fs::remove_dir_all(folder)?;
    let mut figures = Vec::new();
    for ((batch, connections, target), (loaded, cost)) in OVER_HTTP.into_iter().zip(measured) {
        let parameters =
            format!("{} customers, {} a request, {connections} connections", grouped(world.customers), grouped(batch));
        let figure = Figure::new(HTTP, parameters, loaded.operations, loaded.time);
        let figure = Figure { latency: Some(Latency::of(&loaded.latency)), cost: Some(cost), ..figure };
        // One by one, as many as there are connections can wait for one flush.
        let waiting = if batch == 1 { connections } else { batch };
        figures.push(judged(run, figure, waiting, target)?);
    }
    Ok(figures)
}

/// Holds a figure against what it must reach, and against raw append of so many a write. On a day on which the disk is
/// slow, what must be reached is scaled by how far it falls short.
fn judged(run: &mut Run<'_>, figure: Figure, a_write: u64, target: Target) -> anyhow::Result<Figure> {
    let raw = raw::yardstick(run, a_write)?;
    let (found, usual) = (raw.number().max(1), raw::usual(a_write));
    let slow = found < usual / 100 * 80;
    let rate = match target.rate {
        None => found / 2,
        Some(rate) if slow => rate / 1_000 * (found * 1_000 / usual),
        Some(rate) => rate,
    };
    let p99 = target.p99.map(|most| if slow { most * usual / found } else { most });
    let reached = figure.measured.is_some_and(|measured| measured.number() >= rate)
        && figure.latency.zip(p99).is_none_or(|(latency, most)| latency.p99 < most);
    let told = match p99 {
        Some(most) => format!("{}, p99 under {}", Quantity::PerSecond(rate), Quantity::Micros(most)),
        None => Quantity::PerSecond(rate).to_string(),
    };
    let yardstick = Some((format!("raw append, {} a write", grouped(a_write)), raw));
    let verdict = if run.options.quick { Verdict::NoTarget } else { Verdict::of(reached, told) };
    Ok(Figure { yardstick, verdict, ..figure })
}
