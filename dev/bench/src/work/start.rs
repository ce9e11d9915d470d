//! How long a start takes with a million customers, or as many as are asked for, after a kill under load: a loaded process is killed (SIGKILL), and a
//! fresh one is timed from its first instruction until it is ready.

use super::run::Run;
use crate::child::Running;
use crate::options::ChildMode;
use crate::report::{Figure, Quantity, Verdict, grouped};
use std::time::{Duration, Instant};

/// In microseconds, with so many customers at most, and with more.
const TARGET: (u64, u64) = (5_000_000, 20_000_000);
const FEW: u64 = 1_000_000;

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let customers = run.many().customers;
    let folder = run.copy_of_many("start")?;
    let (rounds, load_for) = (run.options.size(1, 5), run.options.size(300, 8_000));
    run.reporter.begin("killing under load and starting again", rounds);
    let (mut starts, mut answered) = (Vec::new(), 0);
    for round in 0..rounds {
        // Another length each time, so that the kills do not all meet the same moment between two snapshots.
        let load_for = Duration::from_millis(load_for + round * 1_700);
        let mut loaded = Running::start(run.options, ChildMode::Load, &folder)?;
        let since = Instant::now();
        let mut last = 0;
        while since.elapsed() < load_for {
            last = loaded.answered()?;
        }
        loaded.kill()?;
        answered += last;
        let fresh = Running::start(run.options, ChildMode::Idle, &folder)?;
        starts.push(fresh.ready_after);
        fresh.kill()?;
        run.reporter.advance(1);
    }
    run.reporter.end();
    std::fs::remove_dir_all(folder)?;
    starts.sort_unstable();
    let longest = starts.last().copied().unwrap_or_default();
    let median = starts.get(starts.len() / 2).copied().unwrap_or_default();
    let micros = |time: Duration| Quantity::Micros(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    let target = if customers > FEW { TARGET.1 } else { TARGET.0 };
    let parameters = format!(
        "{} customers, the longest of {rounds} starts (median {}), {} operations answered before the kills",
        grouped(customers),
        micros(median),
        grouped(answered),
    );
    Ok(vec![Figure {
        measured: Some(micros(longest)),
        verdict: Verdict::of(micros(longest).number() < target, format!("under {}", Quantity::Micros(target))),
        ..Figure::new("start after a kill under load", parameters, rounds, starts.iter().sum())
    }])
}
