//! The figures, and how they are shown: a table for people, JSON for programs. A figure carries what it was measured
//! with, its yardstick, and whether it reaches what it must.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::time::Duration;

/// A measured quantity, in the unit that its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Operations a second.
    PerSecond(u64),
    /// Bytes.
    Bytes(u64),
    /// Microseconds.
    Micros(u64),
    /// Nanoseconds, for what takes few microseconds.
    Nanos(u64),
    /// Thousandths of one: a ratio.
    PerMille(u64),
    /// How many times as much.
    Times(u64),
}

impl Quantity {
    /// The rate of `count` operations in `time`.
    pub fn rate(count: u64, time: Duration) -> Quantity {
        let rate = u128::from(count) * 1_000_000_000 / time.as_nanos().max(1);
        Quantity::PerSecond(u64::try_from(rate).unwrap_or(u64::MAX))
    }

    /// A time that may be short.
    pub(crate) fn nanos(time: Duration) -> Quantity {
        Quantity::Nanos(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
    }

    /// The bare number, for comparing quantities of one unit.
    pub fn number(self) -> u64 {
        match self {
            Quantity::PerSecond(n)
            | Quantity::Bytes(n)
            | Quantity::Micros(n)
            | Quantity::Nanos(n)
            | Quantity::PerMille(n)
            | Quantity::Times(n) => n,
        }
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Quantity::PerSecond(n) => write!(f, "{} /s", grouped(n)),
            Quantity::Bytes(n) => write!(f, "{} B", grouped(n)),
            Quantity::Micros(n) if n >= 1_000_000 => write!(f, "{}.{:02} s", n / 1_000_000, n % 1_000_000 / 10_000),
            Quantity::Micros(n) => write!(f, "{}.{:02} ms", n / 1_000, n % 1_000 / 10),
            Quantity::Nanos(n) if n >= 1_000_000 => Quantity::Micros(n / 1_000).fmt(f),
            Quantity::Nanos(n) => write!(f, "{}.{:02} us", n / 1_000, n % 1_000 / 10),
            Quantity::PerMille(n) => write!(f, "{}.{} %", n / 10, n % 10),
            Quantity::Times(n) => write!(f, "{} times", grouped(n)),
        }
    }
}

/// Writes 1234567 as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|part| str::from_utf8(part).ok()).collect();
    groups.join(",")
}

/// How long requests took, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are quantiles by their usual names")]
pub struct Latency {
    pub p50: u64,
    pub p99: u64,
    pub p999: u64,
    pub max: u64,
}

impl Latency {
    /// The quantiles of a histogram of microseconds.
    pub fn of(histogram: &Histogram<u64>) -> Latency {
        Latency {
            p50: histogram.value_at_quantile(0.5),
            p99: histogram.value_at_quantile(0.99),
            p999: histogram.value_at_quantile(0.999),
            max: histogram.max(),
        }
    }
}

/// What an operation cost, on average.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Processor time in nanoseconds, of all threads of the process: a thousandth of it is the seconds that a million take.
    pub processor_nanos: u64,
    /// Bytes that the folder grew by.
    pub disk_bytes: u64,
}

impl Cost {
    /// What so many operations cost between two looks at a process and its folder.
    pub(crate) fn since(before: (Duration, u64), after: (Duration, u64), operations: u64) -> Cost {
        let (spent, count) = (after.0.saturating_sub(before.0), operations.max(1));
        let nanos = spent.as_nanos() / u128::from(count);
        Cost {
            processor_nanos: u64::try_from(nanos).unwrap_or(u64::MAX),
            disk_bytes: after.1.saturating_sub(before.1) / count,
        }
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.processor_nanos / 1_000, self.processor_nanos % 1_000 / 10);
        write!(f, "{whole}.{part:02} s, {} B", grouped(self.disk_bytes))
    }
}

/// A histogram for latencies of 1 us to 60 s, to 2 digits, which costs some 30 kB.
pub(crate) fn histogram() -> Histogram<u64> {
    let mut histogram = Histogram::new_with_max(60_000_000, 2).expect("the bounds are a valid pair");
    histogram.auto(true);
    histogram
}

/// Columns of the table where the output is no terminal that says its width.
const WIDTH: u16 = 160;

/// What a figure comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "what")]
pub enum Verdict {
    /// It must reach nothing; it is there to compare with.
    NoTarget,
    /// It reaches what is said here.
    Reached(String),
    /// It does not.
    NotReached(String),
    /// It was not measured, for this reason.
    Skipped(String),
}

impl Verdict {
    /// Holds a figure against what it must reach.
    pub(crate) fn of(reached: bool, target: String) -> Verdict {
        if reached { Verdict::Reached(target) } else { Verdict::NotReached(target) }
    }
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was done.
    pub work: &'static str,
    /// With which parameters.
    pub parameters: String,
    /// How many operations were measured.
    pub operations: u64,
    /// How long that took.
    pub micros: u64,
    /// The figure; absent when it was not measured.
    pub measured: Option<Quantity>,
    /// How long single requests took.
    pub latency: Option<Latency>,
    /// What an operation cost.
    pub cost: Option<Cost>,
    /// What it stands beside, and that one's figure.
    pub yardstick: Option<(String, Quantity)>,
    /// Whether it reaches what it must.
    pub verdict: Verdict,
}

impl Figure {
    /// A figure without yardstick and target.
    pub(crate) fn new(work: &'static str, parameters: String, operations: u64, time: Duration) -> Figure {
        Figure {
            work,
            parameters,
            operations,
            micros: u64::try_from(time.as_micros()).unwrap_or(u64::MAX),
            measured: Some(Quantity::rate(operations, time)),
            latency: None,
            cost: None,
            yardstick: None,
            verdict: Verdict::NoTarget,
        }
    }

    /// Work that could not be measured.
    pub(crate) fn skipped(work: &'static str, parameters: String, reason: String) -> Figure {
        let none = Figure::new(work, parameters, 0, Duration::ZERO);
        Figure { measured: None, verdict: Verdict::Skipped(reason), ..none }
    }
}

/// What it was measured on.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor.
    pub processor: String,
    /// Cores that this process may use.
    pub cores: u64,
    /// Memory in bytes.
    pub memory: u64,
    /// The kernel.
    pub kernel: String,
    /// Whether everything was run small.
    pub quick: bool,
}

impl Machine {
    /// Asks the system.
    pub(crate) fn here(quick: bool) -> Machine {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let memory = field(&read("/proc/meminfo"), "MemTotal");
        let kib: u64 = memory.split(' ').next().and_then(|kib| kib.parse().ok()).unwrap_or(0);
        Machine {
            processor: field(&read("/proc/cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(0, |cores| cores.get() as u64),
            memory: kib * 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            quick,
        }
    }
}

/// All figures of one run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What it was measured on.
    pub machine: Machine,
    /// The figures, in the order of the work.
    pub figures: Vec<Figure>,
}

impl Report {
    /// Whether every figure that must reach something does.
    pub fn reached(&self) -> bool {
        !self.figures.iter().any(|figure| matches!(figure.verdict, Verdict::NotReached(_)))
    }

    /// The report as JSON.
    ///
    /// # Errors
    /// None that occur: everything in it is text and numbers.
    pub fn json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// The report as a table, with the machine above it.
    pub fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        if table.width().is_none() {
            table.set_width(WIDTH);
        }
        table.set_header([
            "Work",
            "With",
            "Measured",
            "p50 / p99 / p99.9",
            "CPU a million, disk each",
            "Yardstick",
            "Must reach",
            "Reached",
        ]);
        for figure in &self.figures {
            let (target, reached) = match &figure.verdict {
                Verdict::NoTarget => (String::new(), String::new()),
                Verdict::Reached(target) => (target.clone(), "yes".to_owned()),
                Verdict::NotReached(target) => (target.clone(), "NO".to_owned()),
                Verdict::Skipped(reason) => (String::new(), format!("skipped: {reason}")),
            };
            let latency = |latency: Latency| {
                [latency.p50, latency.p99, latency.p999].map(|at| Quantity::Micros(at).to_string()).join(" / ")
            };
            table.add_row([
                figure.work.to_owned(),
                figure.parameters.clone(),
                figure.measured.map(|quantity| quantity.to_string()).unwrap_or_default(),
                figure.latency.map(latency).unwrap_or_default(),
                figure.cost.map(|cost| cost.to_string()).unwrap_or_default(),
                figure.yardstick.as_ref().map(|(name, quantity)| format!("{name}: {quantity}")).unwrap_or_default(),
                target,
                reached,
            ]);
        }
        if let Some(column) = table.column_mut(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let Machine { processor, cores, memory, kernel, quick } = &self.machine;
        let gib = memory >> 30;
        let small = if *quick { "\nrun small: the figures mean nothing" } else { "" };
        format!("{processor}, {cores} cores, {gib} GiB, Linux {kernel}{small}\n{table}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_well() {
        assert_eq!(Quantity::rate(1_500, Duration::from_millis(500)).to_string(), "3,000 /s");
        assert_eq!(Quantity::PerSecond(999).to_string(), "999 /s");
        assert_eq!(Quantity::Micros(4_560).to_string(), "4.56 ms");
        assert_eq!(Quantity::Micros(4_567_000).to_string(), "4.56 s");
        assert_eq!(Quantity::Nanos(4_567).to_string(), "4.56 us");
        assert_eq!(Quantity::Nanos(4_567_000).to_string(), "4.56 ms");
        assert_eq!(Quantity::PerMille(987).to_string(), "98.7 %");
        assert_eq!(Quantity::Times(1_234).to_string(), "1,234 times");
    }

    #[test]
    fn a_report_is_reached_when_nothing_misses() {
        let figure = |verdict| Figure { verdict, ..Figure::new("a", String::new(), 1, Duration::from_secs(1)) };
        let report = |verdicts: Vec<Verdict>| Report {
            machine: Machine::here(true),
            figures: verdicts.into_iter().map(figure).collect(),
        };
        assert!(report(vec![Verdict::NoTarget, Verdict::of(true, "1".into()), Verdict::Skipped("x".into())]).reached());
        let missed = report(vec![Verdict::of(true, "1".into()), Verdict::of(false, "300,000 /s".into())]);
        assert!(!missed.reached());
        assert!(missed.table().contains("300,000 /s") && missed.table().contains("NO"));
        assert!(missed.json().unwrap().contains("\"not_reached\""));
    }
}
