//! Measures what Credere promises, each figure beside its yardstick in the same run: raw append and fdatasync of the
//! same bytes for durable work, the design that everyone writes first for the comparison. `credere bench` and the
//! binary of this crate run it; nothing here is part of the server.
//!
//! Floats do not occur: rates, ratios and quantiles are whole numbers.

mod child;
pub mod fixture;
mod http;
mod load;
mod options;
mod place;
mod postgres;
mod report;
mod reporter;
mod server;
mod spread;
mod template;
mod usage;
mod work;
mod world;

pub use load::{Load, Measured, authorize};
pub use options::{ChildMode, Options, Program, Work};
pub use place::{open_app, raw_append};
pub use report::{Figure, Latency, Machine, Quantity, Report, Verdict};
pub use reporter::{Bars, Reporter, Silent};
pub use work::run;
pub use world::World;

/// Everything behind `credere bench`: the child's part where this process is one, else the work with progress bars and
/// the figures on standard output, as JSON where asked. Blocks; not to be called on a thread of an asynchronous runtime.
/// Answers whether every figure that must reach something does.
///
/// # Errors
/// When the work cannot be done at all; a figure that is not reached is no error.
pub fn command(options: &Options, json: bool) -> anyhow::Result<bool> {
    if let Some(mode) = options.child {
        child::play(mode, options)?;
        return Ok(true);
    }
    let report = run(options, &Bars::default())?;
    if json {
        println!("{}", report.json()?);
    } else {
        println!("{}", report.table());
    }
    Ok(report.reached())
}
