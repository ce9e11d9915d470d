//! Everything behind `credere simulate`: the worlds of all seeds, several at a time, a progress bar where somebody looks,
//! the failures as they come and the figures at the end.

use crate::failure::Failure;
use crate::options::{Options, Plan};
use crate::run::run;
use crate::summary::{Summary, Watcher};
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What all worlds came to.
#[derive(Debug)]
pub struct Report {
    /// Worlds that were run to their end.
    pub worlds: u64,
    /// What they came to together.
    pub summary: Summary,
    /// The worlds that the auditor stopped, by seed.
    pub failures: Vec<Failure>,
    /// How long it took.
    pub took: Duration,
    /// Worlds at a time.
    pub jobs: usize,
    /// Whether to list every outcome.
    pub verbose: bool,
}

struct Watching<'a> {
    bar: &'a ProgressBar,
    verbose: bool,
}

impl Watcher for Watching<'_> {
    fn day(&self) {
        self.bar.inc(1);
    }

    fn act(&self, told: &dyn Fn() -> String) {
        if self.verbose {
            // Whoever reads may stop before the end.
            let _ = writeln!(std::io::stdout(), "{}", told());
        }
    }
}

/// Runs all worlds that are asked for. Failures are in the report.
pub fn command(options: &Options) -> Report {
    let seeds = options.seeds.as_ref().map_or(options.seed..options.seed.saturating_add(1), |seeds| seeds.0.clone());
    let many = seeds.end.saturating_sub(seeds.start);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.unwrap_or(processors).clamp(1, usize::try_from(many).unwrap_or(usize::MAX).max(1));
    let bar = bar(many.saturating_mul(u64::from(options.days)), options.verbose);
    let (next, began) = (AtomicU64::new(seeds.start), Instant::now());
    let results: Mutex<(u64, Summary, Vec<Failure>)> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let plan = Plan { seed, days: options.days, size: options.size, thorough: options.thorough };
                    let result = run(&plan, None, &Watching { bar: &bar, verbose: options.verbose });
                    let mut results = results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    match result {
                        Ok(summary) => {
                            results.0 += 1;
                            results.1.add(summary);
                        }
                        Err(failure) => {
                            bar.suspend(|| eprintln!("{failure}"));
                            results.2.push(*failure);
                        }
                    }
                }
            });
        }
    });
    bar.finish_and_clear();
    let (worlds, summary, mut failures) = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    failures.sort_by_key(|failure| failure.seed);
    Report { worlds, summary, failures, took: began.elapsed(), jobs, verbose: options.verbose }
}

/// Drawn only where somebody looks, and without colours.
fn bar(days: u64, verbose: bool) -> ProgressBar {
    if verbose || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(days);
    if let Ok(style) =
        ProgressStyle::with_template("simulating {wide_bar} {human_pos}/{human_len} days {per_sec} {eta:>4}")
    {
        bar.set_style(style);
    }
    bar
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { days, jumped, acts, crashes, bad_appends, notices, lines, refused_by_clock, outcomes } =
            &self.summary;
        if self.verbose {
            for ((step, outcome), times) in outcomes {
                writeln!(f, "{times:>8}  {step}: {outcome}")?;
            }
        }
        writeln!(
            f,
            "{} worlds hold, {} do not: {days} days and {jumped} that the clock jumped over, {acts} acts, {lines} bill \
             lines, {notices} notices, {crashes} crashes, {bad_appends} failed appends, {refused_by_clock} writes refused by a \
             clock that jumped",
            self.worlds,
            self.failures.len()
        )?;
        let seconds = self.took.as_millis().max(1);
        let rate = u128::from(*days) * 1_000 / seconds;
        write!(f, "{} ms, {rate} days a second, {} at a time", self.took.as_millis(), self.jobs)
    }
}
