//! The yardstick: the very bytes that a commit of so many authorizations appends, written to a file and flushed, with
//! nothing else in the way.

use super::run::Run;
use crate::fixture::{payload, usage_payload};
use crate::place::raw_append;
use crate::report::{Figure, Quantity, grouped};
use std::time::Duration;

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    run.reporter.begin("raw append and fdatasync", 5);
    let figures = [1, 10, 100, 1_000, 5_000].into_iter().map(|batch| {
        let figure = rate(run, batch);
        run.reporter.advance(1);
        figure
    });
    let figures = figures.collect();
    run.reporter.end();
    figures
}

/// The yardstick at this batch size, measured once.
pub(super) fn yardstick(run: &mut Run<'_>, batch: u64) -> anyhow::Result<Quantity> {
    if let Some(known) = run.raw.get(&batch) {
        return Ok(*known);
    }
    Ok(rate(run, batch)?.measured.unwrap_or(Quantity::PerSecond(0)))
}

/// What raw append does at this batch size on a disk that is not slow that day, in operations a second.
pub(super) fn usual(batch: u64) -> u64 {
    match batch {
        0..=1 => 6_000,
        2..=10 => 6_000 + (batch - 1) * 44_000 / 9,
        11..=100 => 50_000 + (batch - 10) * 350_000 / 90,
        101..=1_000 => 400_000 + (batch - 100) * 1_600_000 / 900,
        1_001..=4_000 => 2_000_000 + (batch - 1_000) * 1_600_000 / 3_000,
        _ => 3_600_000,
    }
}

/// The yardstick for usage, a thousand records a write, measured once.
pub(super) fn usage_yardstick(run: &mut Run<'_>) -> anyhow::Result<Quantity> {
    if let Some(known) = run.raw_usage {
        return Ok(known);
    }
    let measured = usage_rate(run, 1_000)?.measured.unwrap_or(Quantity::PerSecond(0));
    Ok(*run.raw_usage.insert(measured))
}

/// Measures the yardstick at one batch size and keeps it for the others.
fn rate(run: &mut Run<'_>, batch: u64) -> anyhow::Result<Figure> {
    let payload = payload(batch)?;
    let time = Duration::from_millis(run.options.size(50, 2_000));
    let (times, took) = raw_append(run.folder.path(), &payload, |_, past| past < time)?;
    let parameters = format!("{} operations, {} bytes a write", grouped(batch), grouped(payload.len() as u64));
    let figure = Figure::new("raw append + fdatasync", parameters, times * batch, took);
    if let Some(rate) = figure.measured {
        run.raw.insert(batch, rate);
    }
    Ok(figure)
}

/// The yardstick for usage: a request's records of them.
fn usage_rate(run: &Run<'_>, batch: u64) -> anyhow::Result<Figure> {
    let payload = usage_payload(batch)?;
    let time = Duration::from_millis(run.options.size(50, 2_000));
    let (times, took) = raw_append(run.folder.path(), &payload, |_, past| past < time)?;
    let parameters = format!("{} usage records, {} bytes a write", grouped(batch), grouped(payload.len() as u64));
    Ok(Figure::new("raw append + fdatasync", parameters, times * batch, took))
}
