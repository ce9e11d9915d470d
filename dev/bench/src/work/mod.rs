//! The benchmarks, one a file, and their order. What several of them need (the yardstick, a folder with a million
//! customers, our own rate for the comparison) is made once and kept in [`run::Run`].

mod authorize;
mod bill_sums;
mod due;
mod http;
mod memory;
mod month_close;
mod naive;
mod raw;
mod reads;
mod run;
mod search;
mod shapes;
mod size;
mod start;
mod sweep;
mod usage;
mod usage_http;
mod warnings;

use crate::options::{Options, Work};
use crate::report::{Machine, Report};
use crate::reporter::Reporter;
use run::Run;

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
            Work::Sweep => sweep::measure(&mut run)?,
            Work::Size => size::measure(&mut run)?,
            Work::Memory => memory::measure(&mut run)?,
            Work::Start => start::measure(&mut run)?,
            Work::Usage => usage::measure(&mut run)?,
            Work::UsageHttp => usage_http::measure(&mut run)?,
            Work::MonthClose => month_close::measure(&mut run)?,
            Work::BillSums => bill_sums::measure(&mut run)?,
            Work::Reads => reads::measure(&mut run)?,
            Work::WarningsArmed => warnings::measure(&mut run)?,
            Work::Shapes => shapes::measure(&mut run)?,
            Work::Search => search::measure(&mut run)?,
        });
    }
    Ok(Report { machine: Machine::here(options.quick), figures })
}
