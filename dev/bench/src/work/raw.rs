//! The yardstick: the very bytes that a commit of so many authorizations appends, written to a file and flushed, with
//! nothing else in the way.

use super::Run;
use crate::fixture::{payload, usage_payload};
use crate::place::raw_append;
use crate::report::{Figure, grouped};
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

/// Measures the yardstick at one batch size and keeps it for the others.
pub(super) fn rate(run: &mut Run<'_>, batch: u64) -> anyhow::Result<Figure> {
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
pub(super) fn usage_rate(run: &Run<'_>, batch: u64) -> anyhow::Result<Figure> {
    let payload = usage_payload(batch)?;
    let time = Duration::from_millis(run.options.size(50, 2_000));
    let (times, took) = raw_append(run.folder.path(), &payload, |_, past| past < time)?;
    let parameters = format!("{} usage records, {} bytes a write", grouped(batch), grouped(payload.len() as u64));
    Ok(Figure::new("raw append + fdatasync", parameters, times * batch, took))
}
