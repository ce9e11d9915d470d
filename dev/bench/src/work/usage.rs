//! Metering in process: usage records of all products and regions, settled, durable and on the bill, without HTTP. What
//! is left of the way over HTTP when HTTP is taken away.

use super::due::held_against;
use super::raw;
use super::run::Run;
use crate::load::{Load, Measured, Task, drive};
use crate::place::open_app;
use crate::report::{Figure, Latency, grouped, histogram};
use crate::usage::Metering;
use crate::world::World;
use credere_app::clock::machine_now;

const TARGET: u64 = 40_000;
const BATCH: u64 = 1_000;
const WAITING: u64 = 4;
/// How long ago the periods began: they are not over, so that whoever is a customer now has used it.
const BEGAN_AGO_SECONDS: i64 = 1_800;

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let raw = raw::usage_yardstick(run)?;
    let world = World { customers: run.options.size(1_000, 100_000) };
    let (rounds, operations) = (run.options.size(1, 5), run.options.size(20_000, 500_000));
    let folder = run.path("usage");
    let app = open_app(&folder)?;
    run.runtime.block_on(world.build(&app, run.reporter))?;
    let task = Task::Settle(Metering { only: None, from: machine_now().plus_seconds(-BEGAN_AGO_SECONDS) });
    run.reporter.begin("settling usage in process", rounds * operations);
    let round = |salt| {
        let load = Load { operations, batch: BATCH, waiting: WAITING, salt };
        run.runtime.block_on(drive(&app, world, task, load, run.reporter))
    };
    let measured: anyhow::Result<Vec<Measured>> = (0..rounds).map(round).collect();
    run.reporter.end();
    app.close();
    drop(app);
    std::fs::remove_dir_all(folder)?;
    let figure = figure(&measured?, world);
    Ok(vec![held_against(figure, format!("raw append, {} a write", grouped(BATCH)), raw, TARGET, 40)])
}

fn figure(rounds: &[Measured], world: World) -> Figure {
    let mut latency = histogram();
    for round in rounds {
        // The histograms grow by themselves, so that one takes in another.
        let _ = latency.add(&round.latency);
    }
    let sum = |of: fn(&Measured) -> u64| rounds.iter().map(of).sum::<u64>();
    let (operations, commits, overloads) = (sum(|r| r.operations), sum(|r| r.commits), sum(|r| r.overloads));
    let each: Vec<String> = rounds.iter().map(|round| grouped(round.rate().number())).collect();
    let parameters = format!(
        "{} customers of one distributor, {} a request, {WAITING} requests waiting, {} a commit, turned away {overloads} times, rounds at {} /s",
        grouped(world.customers),
        grouped(BATCH),
        grouped(operations / commits.max(1)),
        each.join(", "),
    );
    let time = rounds.iter().map(|round| round.time).sum();
    let figure = Figure::new("settle usage in process", parameters, operations, time);
    Figure { latency: Some(Latency::of(&latency)), ..figure }
}
