//! What is asked of one bill with a million lines, whose lines have regions, days, resources, tags and types: pages of its
//! sums by resource and by tag, the sum of a day, pages of lines of one type. Every question is another one: the places
//! are spread over the bill.

use super::raw;
use super::run::Run;
use crate::load::micros;
use crate::place::open_app_by;
use crate::report::{Figure, Latency, Quantity, Verdict, grouped, histogram};
use crate::spread::{key_use, mixed};
use crate::usage::settled;
use crate::world::{REGIONS, World};
use anyhow::{Context, ensure};
use credere_app::bills::{Bill, LineQuery};
use credere_app::clock::Clock;
use credere_app::metering::UsageRequest;
use credere_app::{App, Failure};
use credere_core::book::metering;
use credere_core::channel::{ActionType, ProductCode, ResourceName};
use credere_core::ledger::{Calendar, Moment};
use credere_core::money::Amount;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// In microseconds, the 99th percentile of each question.
const TARGET: u64 = 20_000;
const BATCH: u64 = 1_000;
const WAITING: u64 = 4;
/// Things on a page, and one more to know that there are others.
const PAGE: usize = 51;
/// Days of the month that lines are spread over.
const DAYS: u64 = 28;
/// One line of so many is of the rare type.
const RARE: u64 = 97;
/// Values of the tag that few lines have in common, to a line.
const JOBS_PER_MILLE: u64 = 100;
/// Resources to a line.
const RESOURCES_PER_MILLE: u64 = 250;

/// The bill, and how it was filled.
#[derive(Debug, Clone, Copy)]
struct Filled {
    bill: Bill,
    lines: u64,
}

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let raw = raw::usage_yardstick(run)?;
    let lines = run.options.size(20_000, 1_000_000);
    let asked = run.options.size(20, 1_000);
    let folder = run.path("bill-sums");
    let app = open_app_by(&folder, Clock::Test)?;
    let world = World { customers: 10 };
    run.runtime.block_on(world.build(&app, run.reporter))?;
    run.reporter.begin(&format!("settling a bill of {} lines", grouped(lines)), lines + QUESTIONS.len() as u64);
    let measured = run.runtime.block_on(async {
        let (filled, took) = fill(&app, lines).await?;
        run.reporter.advance(lines);
        let parameters = format!("{} lines of one customer with resources and tags, {BATCH} a request", grouped(lines));
        let filling = Figure::new("settle usage with tags", parameters, lines, took);
        let mut figures = vec![filling];
        for question in QUESTIONS {
            figures.push(ask(&app, filled, question, asked).await?);
            run.reporter.advance(1);
        }
        anyhow::Ok(figures)
    });
    run.reporter.end();
    app.close();
    drop(app);
    let mut figures = measured?;
    for figure in &mut figures {
        figure.yardstick = Some((format!("raw append, {} a write", grouped(BATCH)), raw));
    }
    std::fs::remove_dir_all(folder)?;
    Ok(figures)
}

/// Settles the lines in the middle of a month, all of one customer.
async fn fill(app: &Arc<App>, lines: u64) -> anyhow::Result<(Filled, Duration)> {
    let calendar = app.read(|book| book.calendar()).await?;
    let month = calendar.month(app.now().await?).next();
    let now = calendar.start_of_month(month).plus_seconds(DAYS as i64 * 86_400);
    app.advance_clock(World::caller(0), None, now).await?;
    let (next, mut callers, started) = (Arc::new(AtomicU64::new(0)), JoinSet::new(), Instant::now());
    for _ in 0..WAITING {
        let (app, next) = (app.clone(), next.clone());
        callers.spawn(async move {
            let products = World::products();
            loop {
                let from = next.fetch_add(BATCH, Relaxed);
                if from >= lines {
                    return anyhow::Ok(());
                }
                let places = from..(from + BATCH).min(lines);
                loop {
                    let one = |place| record(&products, (calendar, now), lines, place);
                    let records = places.clone().map(one).collect::<anyhow::Result<_>>()?;
                    match app.settle_usage(World::caller(from), records).await {
                        Err(Failure::Overloaded) => tokio::time::sleep(Duration::from_millis(2)).await,
                        answers => break settled(answers?)?,
                    }
                }
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    let took = started.elapsed();
    let bill = Bill::paid(World::customer(0), month);
    let view = app.bill(World::caller(0), bill).await?;
    ensure!(view.total.lines == lines, "the bill has {} lines instead of {lines}", view.total.lines);
    Ok((Filled { bill, lines }, took))
}

/// The record at this place: from some day of the month until now, when its payer is a customer.
fn record(
    products: &[ProductCode],
    (calendar, now): (Calendar, Moment),
    lines: u64,
    place: u64,
) -> anyhow::Result<UsageRequest> {
    let drawn = mixed(place);
    let of = |shift: u32, count: u64| mixed(drawn ^ u64::from(shift)) % count;
    let day = of(1, DAYS) as i64;
    let tags = format!(
        r#"{{"env":"{}","job":"{}","team":"team-{}"}}"#,
        ["prod", "test", "lab"][of(2, 3) as usize],
        job(of(3, jobs(lines))),
        of(4, 20)
    );
    let record = metering::SettleUsage {
        account: World::customer(0),
        product: products[of(5, products.len() as u64) as usize].clone(),
        amount: Amount::from_units(1_000_000 * (1 + of(6, 99)) as i64),
        units: None,
        period_start: calendar.start_of_month(calendar.month(now)).plus_seconds(day * 86_400),
        period_end: now,
        resource: Some(resource(of(7, resources(lines))).parse::<ResourceName>().context("a resource's name")?),
        action: Some(if drawn.is_multiple_of(RARE) { ActionType::PostpayDeductS } else { ActionType::PostpayDeductH }),
        details: format!(r#"{{"region":"{}","tags":{tags}}}"#, REGIONS[of(8, REGIONS.len() as u64) as usize]),
    };
    Ok(UsageRequest { key: key_use(0, place), record })
}

fn jobs(lines: u64) -> u64 {
    (lines * JOBS_PER_MILLE / 1_000).max(1)
}

fn resources(lines: u64) -> u64 {
    (lines * RESOURCES_PER_MILLE / 1_000).max(1)
}

fn job(number: u64) -> String {
    format!("job-{number:07}")
}

fn resource(number: u64) -> String {
    format!("ins-{number:07}")
}

/// What is asked, again and again.
#[derive(Debug, Clone, Copy)]
enum Question {
    Total,
    Resources,
    FewValues,
    ManyValues,
    Day,
    LinesOfType,
    LinesOfTypeAfter,
    LinesOfDay,
}

const QUESTIONS: [Question; 8] = [
    Question::Total,
    Question::Resources,
    Question::FewValues,
    Question::ManyValues,
    Question::Day,
    Question::LinesOfType,
    Question::LinesOfTypeAfter,
    Question::LinesOfDay,
];

impl Question {
    fn work(self) -> &'static str {
        match self {
            Question::Total => "a large bill's total",
            Question::Resources => "a large bill by resource",
            Question::FewValues | Question::ManyValues => "a large bill by a tag",
            Question::Day => "a large bill's day",
            Question::LinesOfType | Question::LinesOfTypeAfter => "lines of one type",
            Question::LinesOfDay => "lines of one day",
        }
    }

    fn parameters(self, lines: u64) -> String {
        match self {
            Question::Total => "by all that it is grouped by".to_owned(),
            Question::Resources => format!("a page of 50 of {}, from any place on", grouped(resources(lines))),
            Question::FewValues => "all 20 values".to_owned(),
            Question::ManyValues => format!("a page of 50 of {}, from any place on", grouped(jobs(lines))),
            Question::Day => format!("one of {DAYS}"),
            Question::LinesOfType => format!("a page of 50 with their number, any many skipped, one line of {RARE}"),
            Question::LinesOfTypeAfter => "a page of 50 after any line, nearly all lines".to_owned(),
            Question::LinesOfDay => format!("a page of 50 after any line, one line of {DAYS}"),
        }
    }
}

/// Asks one question many times, of places that are spread over the bill.
async fn ask(app: &App, filled: Filled, question: Question, times: u64) -> anyhow::Result<Figure> {
    let Filled { bill, lines } = filled;
    let last = app.engine().gauges().durable_seq;
    let (mut latency, started) = (histogram(), Instant::now());
    for time in 0..times {
        let drawn = mixed(time);
        let of_type = |action| LineQuery { action: Some(action), ..LineQuery::default() };
        let caller = World::caller(time);
        let asked = Instant::now();
        match question {
            Question::Total => some(app.bill(caller, bill), |view| view.parts.len()).await?,
            Question::Resources => {
                let after = Some(resource(drawn % (resources(lines) - PAGE as u64)));
                some(app.bill_resources(caller, bill, after, PAGE), Vec::len).await?;
            }
            Question::FewValues => some(app.bill_tags(caller, bill, "team".into(), None, PAGE), Vec::len).await?,
            Question::ManyValues => {
                let after = Some(job(drawn % (jobs(lines) - PAGE as u64)));
                some(app.bill_tags(caller, bill, "job".into(), after, PAGE), Vec::len).await?;
            }
            Question::Day => {
                let filter = LineQuery { day: Some((1 + drawn % DAYS) as u8), ..LineQuery::default() };
                some(app.bill_sum(caller, bill, filter), |sum| sum.lines as usize).await?;
            }
            Question::LinesOfType => {
                let filter = of_type(ActionType::PostpayDeductS);
                let skip = drawn % (lines / RARE / 2);
                some(app.bill_lines_counted(caller, bill, filter, skip, PAGE), |(found, _)| found.len()).await?;
            }
            Question::LinesOfTypeAfter => {
                let after = Some(drawn % (last / 2));
                let filter = of_type(ActionType::PostpayDeductH);
                some(app.bill_lines(caller, bill, filter, after, PAGE), Vec::len).await?;
            }
            Question::LinesOfDay => {
                let filter = LineQuery { day: Some((1 + drawn % DAYS) as u8), ..LineQuery::default() };
                some(app.bill_lines(caller, bill, filter, Some(drawn % (last / 2)), PAGE), Vec::len).await?;
            }
        }
        latency.saturating_record(micros(asked.elapsed()));
    }
    let time = started.elapsed();
    let latency = Latency::of(&latency);
    Ok(Figure {
        measured: Some(Quantity::Micros(latency.p99)),
        latency: Some(latency),
        verdict: Verdict::of(latency.p99 < TARGET, format!("p99 under {}", Quantity::Micros(TARGET))),
        ..Figure::new(question.work(), question.parameters(lines), times, time)
    })
}

/// Waits for an answer, which must say something.
async fn some<T>(
    answer: impl Future<Output = Result<T, Failure>>,
    count: impl FnOnce(&T) -> usize,
) -> anyhow::Result<()> {
    let answer = answer.await?;
    ensure!(count(&answer) > 0, "there is nothing in an answer");
    Ok(())
}
