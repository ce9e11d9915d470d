//! The main job over HTTP, against a server of its own on this machine: batches of a thousand over a few connections,
//! and one operation a request over many. Load generator and server share the cores.

use super::due::{due, held_against};
use super::raw;
use super::run::Run;
use crate::http::Connection;
use crate::load::micros;
use crate::report::{Figure, Latency, Verdict, grouped, histogram};
use crate::reporter::Reporter;
use crate::server::{Server, build};
use crate::template::{Template, count};
use crate::world::World;
use anyhow::bail;
use hdrhistogram::Histogram;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};

const BATCHES: &str = "authorize over HTTP, batches";
const SINGLE: &str = "authorize over HTTP, one by one";
const BATCHES_TARGET: u64 = 150_000;
const SINGLE_TARGET: u64 = 20_000;
/// In microseconds.
const SINGLE_P99_TARGET: u64 = 10_000;

/// A shape of load: how many operations a request, over how many connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) batch: u64,
    pub(super) connections: u64,
    pub(super) time: Duration,
    /// Keys begin here, so that no two loads share one.
    pub(super) keys_from: u64,
}

/// What a load came to.
pub(super) struct Measured {
    pub(super) operations: u64,
    pub(super) time: Duration,
    pub(super) latency: Histogram<u64>,
}

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let folder = run.path("http");
    let world = World { customers: run.options.size(200, 10_000) };
    let skipped = |reason: String| {
        [BATCHES, SINGLE].map(|work| Figure::skipped(work, "a server of its own".to_owned(), reason.clone())).into()
    };
    let server = match Server::start(run.options, &folder, &[]) {
        Ok(server) => server,
        Err(error) => return Ok(skipped(format!("{error:#}"))),
    };
    let seconds = |quick, full| Duration::from_millis(run.options.size(quick, full));
    let (warm_up, time) = (seconds(100, 2_000), seconds(300, 10_000));
    let shapes = [(1_000, 4), (1, 64)].map(|(batch, connections)| {
        [(warm_up, 0), (time, 1)].map(|(time, part)| Shape {
            batch,
            connections,
            time,
            keys_from: (connections * 2 + part) << 40,
        })
    });
    // One thread for the load generator: what it needs is taken from the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = runtime.block_on(LocalSet::new().run_until(async {
        server.ready().await?;
        build(server.address, world, run.reporter).await?;
        let mut measured = Vec::new();
        for [warm_up, shape] in shapes {
            load(server.address, world, warm_up, run.reporter).await?;
            measured.push((shape, load(server.address, world, shape, run.reporter).await?));
        }
        anyhow::Ok(measured)
    }));
    let measured = measured?;
    server.stop()?;
    std::fs::remove_dir_all(folder)?;
    measured.into_iter().map(|(shape, measured)| figure(run, world, shape, &measured)).collect()
}

fn figure(run: &mut Run<'_>, world: World, shape: Shape, measured: &Measured) -> anyhow::Result<Figure> {
    let single = shape.batch == 1;
    let parameters = format!(
        "{} customers of one distributor, {} a request, {} connections",
        grouped(world.customers),
        grouped(shape.batch),
        shape.connections
    );
    let work = if single { SINGLE } else { BATCHES };
    let latency = Latency::of(&measured.latency);
    let figure = Figure { latency: Some(latency), ..Figure::new(work, parameters, measured.operations, measured.time) };
    // One by one, as many as there are connections can wait for one flush.
    let waiting = if single { shape.connections } else { shape.batch };
    let (raw, target) = (raw::yardstick(run, waiting)?, if single { SINGLE_TARGET } else { BATCHES_TARGET });
    let figure = held_against(figure, format!("raw append, {} a write", grouped(waiting)), raw, target, 20);
    Ok(match figure.verdict {
        Verdict::Reached(text) | Verdict::NotReached(text) if single => {
            let reached = figure.measured.is_some_and(|rate| rate.number() >= due(target, raw, 20).0);
            let verdict = Verdict::of(reached && latency.p99 < SINGLE_P99_TARGET, format!("{text}, p99 under 10 ms"));
            Figure { verdict, ..figure }
        }
        verdict => Figure { verdict, ..figure },
    })
}

/// Authorizes as fast as so many connections can.
pub(super) async fn load(
    address: SocketAddr,
    world: World,
    shape: Shape,
    reporter: &dyn Reporter,
) -> anyhow::Result<Measured> {
    let next = Arc::new(AtomicU64::new(shape.keys_from));
    reporter.begin(
        &format!("{} a request over {} connections", grouped(shape.batch), shape.connections),
        u64::try_from(shape.time.as_millis())?,
    );
    let (started, mut callers) = (Instant::now(), JoinSet::new());
    for _ in 0..shape.connections {
        let next = next.clone();
        callers.spawn_local(async move {
            let (mut connection, mut template) =
                (Connection::open(address).await?, Template::authorizations(shape.batch));
            let (mut latency, mut operations) = (histogram(), 0);
            while started.elapsed() < shape.time {
                let request = template.at(world, next.fetch_add(shape.batch, Relaxed));
                let asked = Instant::now();
                let reply = connection.exchange(request).await?;
                latency.saturating_record(micros(asked.elapsed()));
                let approved = count(reply.body, "approved");
                if reply.status != 200 || approved != shape.batch {
                    let body = String::from_utf8_lossy(&reply.body[..reply.body.len().min(500)]);
                    bail!("{approved} of {} were approved, status {}: {body}", shape.batch, reply.status);
                }
                operations += approved;
            }
            anyhow::Ok((latency, operations))
        });
    }
    let (mut latency, mut operations) = (histogram(), 0);
    while let Some(part) = callers.join_next().await {
        let (its_latency, its_operations) = part??;
        latency.add(its_latency)?;
        operations += its_operations;
    }
    let time = started.elapsed();
    reporter.end();
    Ok(Measured { operations, time, latency })
}
