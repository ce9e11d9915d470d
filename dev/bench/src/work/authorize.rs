//! The main job in process: authorizations on one hot distributor, durable before the answer, with many requests
//! waiting. The figure is the median of several rounds on one growing book.

use super::due::held_against;
use super::raw;
use super::run::Run;
use crate::load::{Load, Measured, authorize};
use crate::place::open_app;
use crate::report::{Figure, Latency, Quantity, grouped, histogram};
use crate::world::World;

const TARGET: u64 = 300_000;
const BATCH: u64 = 1_000;
const WAITING: u64 = 8;

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let raw = raw::yardstick(run, BATCH)?;
    let world = World { customers: run.options.size(1_000, 100_000) };
    let (rounds, operations) = (run.options.size(1, 5), run.options.size(20_000, 1_000_000));
    let folder = run.path("authorize");
    let app = open_app(&folder)?;
    run.runtime.block_on(world.build(&app, run.reporter))?;
    let warm_up = Load { operations: operations / 5, batch: BATCH, waiting: WAITING, salt: u64::MAX };
    run.reporter.begin("authorizing in process", rounds * operations + warm_up.operations);
    let measured = (|| {
        run.runtime.block_on(authorize(&app, world, warm_up, run.reporter))?;
        let round = |salt| {
            let load = Load { operations, batch: BATCH, waiting: WAITING, salt };
            run.runtime.block_on(authorize(&app, world, load, run.reporter))
        };
        (0..rounds).map(round).collect::<anyhow::Result<Vec<Measured>>>()
    })();
    run.reporter.end();
    app.close();
    drop(app);
    std::fs::remove_dir_all(folder)?;
    let figure = figure(&measured?, world);
    run.ours = figure.measured;
    Ok(vec![held_against(figure, format!("raw append, {} a write", grouped(BATCH)), raw, TARGET, 40)])
}

/// This rate, measured once, for work that is held against it.
pub(super) fn ours(run: &mut Run<'_>) -> anyhow::Result<Quantity> {
    if run.ours.is_none() {
        measure(run)?;
    }
    Ok(run.ours.unwrap_or(Quantity::PerSecond(0)))
}

fn figure(rounds: &[Measured], world: World) -> Figure {
    let mut latency = histogram();
    for round in rounds {
        // The histograms grow by themselves, so that one takes in another.
        let _ = latency.add(&round.latency);
    }
    let sum = |of: fn(&Measured) -> u64| rounds.iter().map(of).sum::<u64>();
    let (operations, commits, overloads) = (sum(|r| r.operations), sum(|r| r.commits), sum(|r| r.overloads));
    let parameters = format!(
        "{} customers of one distributor, {} a request, {WAITING} requests waiting, {} a commit, turned away {overloads} times, median of {} rounds",
        grouped(world.customers),
        grouped(BATCH),
        grouped(operations / commits.max(1)),
        rounds.len(),
    );
    let time = rounds.iter().map(|round| round.time).sum();
    let figure = Figure::new("authorize in process", parameters, operations, time);
    Figure { measured: Some(median(rounds)), latency: Some(Latency::of(&latency)), ..figure }
}

/// The median of the rounds' rates.
pub(super) fn median(rounds: &[Measured]) -> Quantity {
    let mut rates: Vec<u64> = rounds.iter().map(|round| round.rate().number()).collect();
    rates.sort_unstable();
    Quantity::PerSecond(rates.get(rates.len() / 2).copied().unwrap_or(0))
}
