//! The benchmarks, one a file, and their order. What several of them need (the yardstick, a folder with a million
//! customers, our own rate for the comparison) is made once and kept in [`Run`].

mod authorize;
mod http;
mod memory;
mod month_close;
mod naive;
mod raw;
mod reads;
mod size;
mod start;
mod usage;
mod usage_http;
mod warnings;

use crate::options::{Options, Work};
use crate::place;
use crate::report::{Figure, Machine, Quantity, Report};
use crate::reporter::Reporter;
use crate::world::World;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Runs the benchmarks that are asked for, one after the other. Blocks; not to be called on a thread of an asynchronous
/// runtime.
///
/// # Errors
/// When the work cannot be done at all. What only this machine lacks is skipped, and the report says why.
pub fn run(options: &Options, reporter: &dyn Reporter) -> anyhow::Result<Report> {
    let mut run = Run::new(options, reporter)?;
    let mut figures = Vec::new();
    for work in Work::ALL.into_iter().filter(|work| options.wants(*work)) {
        figures.extend(match work {
            Work::Raw => raw::measure(&mut run)?,
            Work::Authorize => authorize::measure(&mut run)?,
            Work::Http => http::measure(&mut run)?,
            Work::Naive => naive::measure(&mut run)?,
            Work::Size => size::measure(&mut run)?,
            Work::Memory => memory::measure(&mut run)?,
            Work::Start => start::measure(&mut run)?,
            Work::Usage => usage::measure(&mut run)?,
            Work::UsageHttp => usage_http::measure(&mut run)?,
            Work::MonthClose => month_close::measure(&mut run)?,
            Work::Reads => reads::measure(&mut run)?,
            Work::WarningsArmed => warnings::measure(&mut run)?,
        });
    }
    Ok(Report { machine: Machine::here(options.quick), figures })
}

/// One run of the benchmarks and what they share.
struct Run<'a> {
    options: &'a Options,
    reporter: &'a dyn Reporter,
    runtime: Runtime,
    folder: TempDir,
    /// Raw appends a second, in operations, by batch size.
    raw: BTreeMap<u64, Quantity>,
    /// The same of usage records, a thousand a write.
    raw_usage: Option<Quantity>,
    /// Our own rate in process.
    ours: Option<Quantity>,
    /// A closed data folder with many customers, to be copied.
    many: Option<PathBuf>,
}

impl<'a> Run<'a> {
    fn new(options: &'a Options, reporter: &'a dyn Reporter) -> anyhow::Result<Run<'a>> {
        Ok(Run {
            options,
            reporter,
            runtime: Runtime::new()?,
            folder: place::folder(options.data.as_deref())?,
            raw: BTreeMap::new(),
            raw_usage: None,
            ours: None,
            many: None,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The yardstick at this batch size.
    fn raw(&mut self, batch: u64) -> anyhow::Result<Quantity> {
        if let Some(known) = self.raw.get(&batch) {
            return Ok(*known);
        }
        let measured = raw::rate(self, batch)?;
        Ok(measured.measured.unwrap_or(Quantity::PerSecond(0)))
    }

    /// The yardstick for usage, a thousand records a write.
    fn raw_usage(&mut self) -> anyhow::Result<Quantity> {
        if let Some(known) = self.raw_usage {
            return Ok(known);
        }
        let measured = raw::usage_rate(self, 1_000)?.measured.unwrap_or(Quantity::PerSecond(0));
        Ok(*self.raw_usage.insert(measured))
    }

    /// Our own rate in process, for work that is held against it.
    fn ours(&mut self) -> anyhow::Result<Quantity> {
        if self.ours.is_none() {
            authorize::measure(self)?;
        }
        Ok(self.ours.unwrap_or(Quantity::PerSecond(0)))
    }

    /// The world of many customers: a million, or few when run small.
    fn many(&self) -> World {
        World { customers: self.options.size(2_000, 1_000_000) }
    }

    /// A fresh copy of a data folder with that world, which nobody has worked on yet.
    fn copy_of_many(&mut self, name: &str) -> anyhow::Result<PathBuf> {
        let origin = match &self.many {
            Some(origin) => origin.clone(),
            None => {
                let origin = self.path("many");
                self.build(&origin, self.many())?;
                self.many.insert(origin).clone()
            }
        };
        let copy = self.path(name);
        place::copy(&origin, &copy)?;
        Ok(copy)
    }

    /// Makes a data folder with this world and closes it.
    fn build(&self, folder: &Path, world: World) -> anyhow::Result<()> {
        let app = place::open_app(folder)?;
        let built = self.runtime.block_on(world.build(&app, self.reporter));
        app.close();
        built
    }
}

/// The share of the yardstick that suffices where the disk is slow: 40 % in process, 20 % over HTTP.
fn due(target: u64, yardstick: Quantity, percent: u64) -> (u64, String) {
    let share = yardstick.number() / 100 * percent;
    if share < target {
        (share, format!("{} ({percent} % of raw)", Quantity::PerSecond(share)))
    } else {
        (target, Quantity::PerSecond(target).to_string())
    }
}

/// Holds a rate against what it must reach beside its yardstick.
fn held_against(figure: Figure, name: String, yardstick: Quantity, target: u64, percent: u64) -> Figure {
    let (due, text) = due(target, yardstick, percent);
    let reached = figure.measured.is_some_and(|rate| rate.number() >= due);
    Figure { yardstick: Some((name, yardstick)), verdict: crate::report::Verdict::of(reached, text), ..figure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_disk_lowers_what_must_be_reached() {
        assert_eq!(due(300_000, Quantity::PerSecond(2_000_000), 40).0, 300_000);
        assert_eq!(due(300_000, Quantity::PerSecond(500_000), 40), (200_000, "200,000 /s (40 % of raw)".to_owned()));
    }
}
