//! Whether anything slows down with what lies about: each kind of command, and what follows or falls due by itself, on books
//! in which each collection has a thousand members, then thirty thousand, then a million. On the bare book, in memory. A time
//! may grow as a logarithm does, and as memory does that no cache holds any more; whatever walks over a collection takes
//! hundreds of times as long on the largest book.

mod bills;
mod buying;
mod catalogue;
mod creating;
mod deployment;
mod due;
mod finance;
mod grown;
mod kinds;
mod members;
mod metering;
mod notices;
mod packs;
mod parties;
mod shape;
mod standing;
mod transfers;
mod vouchers;

use super::run::Run;
use crate::report::{Figure, Quantity, Verdict, grouped};
use crate::reporter::Reporter;
use anyhow::{Context as _, anyhow, ensure};
use credere_core::access::Actor;
use credere_core::book::{Context, Rules, decide};
use grown::Grown;
use shape::{Asked, Shape};
use std::time::{Duration, Instant};

/// How many members each collection has, in turns.
const SIZES: [u64; 3] = [1_000, 30_000, 1_000_000];
const QUICK_SIZES: [u64; 3] = [70, 100, 150];
/// How often each thing is done on each book; the median counts.
const ROUNDS: u64 = 15;
const QUICK_ROUNDS: u64 = 2;
/// How many times as long the largest book may take as the smallest: twice for the logarithm, and the rest for memory that
/// lies in no cache any more.
const TIMES_MAX: u32 = 8;
/// What it may take longer besides: a few lookups in memory, which is nothing beside a walk over a million members.
const BESIDES_MAX: Duration = Duration::from_micros(20);

/// Grows a book to a size.
fn grown(size: u64, reporter: &dyn Reporter) -> anyhow::Result<Grown> {
    let mut grown = Grown::of_size(size);
    let parts: [fn(&mut Grown) -> anyhow::Result<()>; 13] = [
        deployment::grow,
        catalogue::grow_products,
        parties::grow,
        catalogue::grow_discounts,
        metering::grow,
        vouchers::grow,
        buying::grow,
        notices::grow,
        standing::grow,
        packs::grow,
        members::grow,
        creating::grow,
        transfers::grow,
    ];
    reporter.begin(&format!("growing a book to {} of each", grouped(size)), parts.len() as u64);
    for part in parts {
        part(&mut grown)?;
        reporter.advance(1);
    }
    reporter.end();
    Ok(grown)
}

/// In the order in which they are done: what moves the clock comes last.
fn shapes() -> Vec<Shape> {
    let subjects = [
        parties::shapes(),
        catalogue::shapes(),
        buying::shapes(),
        vouchers::shapes(),
        metering::shapes(),
        standing::shapes(),
        notices::shapes(),
        finance::shapes(),
        packs::shapes(),
        members::shapes(),
        creating::shapes(),
        transfers::shapes(),
        deployment::shapes(),
        vouchers::begun(),
        bills::shapes(),
        due::shapes(),
        members::falls(),
    ];
    subjects.into_iter().flatten().collect()
}

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let (sizes, rounds) = if run.options.quick { (QUICK_SIZES, QUICK_ROUNDS) } else { (SIZES, ROUNDS) };
    let (mut times, mut missing) = (Vec::new(), Vec::new());
    for size in sizes {
        let mut grown = grown(size, run.reporter)?;
        let mut seen = kinds::Seen::default();
        run.reporter.begin(&format!("working on a book of {} of each", grouped(size)), shapes().len() as u64);
        let mut of_size = Vec::new();
        for shape in shapes() {
            let time = median(&shape, &mut grown, rounds, &mut seen);
            of_size.push(time.with_context(|| format!("`{}` with {size} of each", shape.name))?);
            run.reporter.advance(1);
        }
        run.reporter.end();
        missing = seen.missing();
        times.push(of_size);
    }
    ensure!(missing.is_empty(), "nothing is measured of {missing:?}");
    let figures = shapes().into_iter().enumerate().map(|(at, shape)| {
        let times: Vec<Duration> = times.iter().map(|of_size| of_size[at]).collect();
        figure(shape.name, sizes, &times, rounds, run.options.quick)
    });
    Ok(figures.collect())
}

fn figure(name: &'static str, sizes: [u64; 3], times: &[Duration], rounds: u64, quick: bool) -> Figure {
    let shown = |time: &Duration| Quantity::nanos(*time);
    let each = sizes.iter().zip(times).map(|(size, time)| format!("{} of each: {}", grouped(*size), shown(time)));
    let parameters = format!("{}; medians of {rounds}", each.collect::<Vec<_>>().join(", "));
    let (least, most) = (times.first().copied().unwrap_or_default(), times.last().copied().unwrap_or_default());
    let target = "no more than a logarithm".to_owned();
    Figure {
        measured: Some(shown(&most)),
        verdict: if quick { Verdict::NoTarget } else { Verdict::of(!grows(least, most), target) },
        ..Figure::new(name, parameters, rounds * sizes.len() as u64, times.iter().sum::<Duration>())
    }
}

/// Whether it takes longer on the largest book than what a logarithm and memory explain.
fn grows(least: Duration, most: Duration) -> bool {
    most > least * TIMES_MAX + BESIDES_MAX
}

fn median(shape: &Shape, grown: &mut Grown, rounds: u64, seen: &mut kinds::Seen) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for round in 0..rounds {
        let asked = (shape.ask)(grown, round)?;
        times.push(time(grown, &asked, seen)?);
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("it was not done at all")
}

fn time(grown: &mut Grown, asked: &Asked, seen: &mut kinds::Seen) -> anyhow::Result<Duration> {
    let (started, now) = (Instant::now(), grown.now);
    let (actor, command) = match asked {
        Asked::Command(actor, command) => (*actor, command.clone()),
        Asked::Refused(actor, command) => {
            let context = Context { now, actor: *actor, rules: &Rules::default() };
            let refused = decide(&grown.book, command, &context).is_err();
            let took = started.elapsed();
            ensure!(refused, "{command:?} goes through");
            return Ok(took);
        }
        Asked::Consequence(account) => {
            let next = grown.book.consequence(*account, now);
            (Actor::System, next.ok_or_else(|| anyhow!("nothing follows"))?)
        }
        Asked::Duty => (Actor::System, grown.book.duty(now).ok_or_else(|| anyhow!("nothing is due"))?),
    };
    let event = grown.act(actor, &command)?;
    for account in event.touches() {
        std::hint::black_box(grown.book.consequence(account, now));
    }
    std::hint::black_box((grown.book.next_due(), grown.book.next_stop()));
    let took = started.elapsed();
    seen.note(&command);
    Ok(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_is_told_from_a_lookup() {
        let micros = Duration::from_micros;
        assert!(!grows(micros(1), micros(28)), "memory that lies in no cache");
        assert!(!grows(micros(20), micros(100)));
        assert!(grows(micros(1), micros(29)));
        // A nanosecond for each of a thousand and of a million.
        assert!(grows(micros(1), micros(1_000)));
    }
}
