//! Load in process: authorizations or usage records in batches, several batches waiting, each operation under a key of
//! its own, spread evenly over the customers. What is timed is what a caller sees: from handing a batch in until it is
//! durable.

use crate::report::{Quantity, histogram};
use crate::reporter::Reporter;
use crate::spread::{key_use, mixed};
use crate::usage::{Metering, settled};
use crate::world::World;
use anyhow::bail;
use credere_app::buying::{OperationRequest, OperationStatus};
use credere_app::{App, Failure};
use credere_core::book::{Command, buying};
use credere_core::channel::{AuthorizationId, ProductCode};
use credere_core::money::Amount;
use hdrhistogram::Histogram;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What each authorization holds: one cent.
pub(crate) const HELD: Amount = Amount::from_units(1_000_000);

/// How much is asked for, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Operations in all.
    pub operations: u64,
    /// Operations a request.
    pub batch: u64,
    /// Requests that wait at once.
    pub waiting: u64,
    /// Keeps the keys of one load apart from those of another on the same folder.
    pub salt: u64,
}

/// What a load came to.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Operations that went through: all of them.
    pub operations: u64,
    /// From the first request to the last answer.
    pub time: Duration,
    /// How long the requests took, in microseconds.
    pub latency: Histogram<u64>,
    /// How often a request was turned away as overloaded and came again.
    pub overloads: u64,
    /// Commits that it took.
    pub commits: u64,
}

impl Measured {
    /// Operations a second.
    pub fn rate(&self) -> Quantity {
        Quantity::rate(self.operations, self.time)
    }
}

/// What the operations of a load are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Authorizations of one cent each.
    Authorize,
    /// Usage records.
    Settle(Metering),
}

/// Authorizes on the world's customers.
///
/// # Errors
/// When anything is declined or fails: the world's credit is ample.
pub async fn authorize(app: &Arc<App>, world: World, load: Load, reporter: &dyn Reporter) -> anyhow::Result<Measured> {
    drive(app, world, Task::Authorize, load, reporter).await
}

/// Works a load off.
///
/// # Errors
/// When anything is refused or fails.
pub(crate) async fn drive(
    app: &Arc<App>,
    world: World,
    task: Task,
    load: Load,
    reporter: &dyn Reporter,
) -> anyhow::Result<Measured> {
    let next = Arc::new(AtomicU64::new(0));
    let commits_before = app.engine().gauges().commits;
    let mut callers = JoinSet::new();
    let started = Instant::now();
    for _ in 0..load.waiting {
        let (app, next) = (app.clone(), next.clone());
        callers.spawn(async move { call(&app, world, task, load, &next).await });
    }
    let (mut latency, mut overloads, mut shown) = (histogram(), 0, 0);
    let mut ended = started;
    loop {
        match tokio::time::timeout(Duration::from_millis(200), callers.join_next()).await {
            Ok(Some(part)) => {
                let (its_latency, its_overloads, its_end) = part??;
                latency.add(its_latency)?;
                overloads += its_overloads;
                ended = ended.max(its_end);
            }
            Ok(None) => break,
            Err(_) => {}
        }
        let now = next.load(Relaxed).min(load.operations);
        reporter.advance(now.saturating_sub(shown));
        shown = now;
    }
    reporter.advance(load.operations - shown);
    Ok(Measured {
        operations: load.operations,
        time: ended - started,
        latency,
        overloads,
        commits: app.engine().gauges().commits - commits_before,
    })
}

async fn call(
    app: &App,
    world: World,
    task: Task,
    load: Load,
    next: &AtomicU64,
) -> anyhow::Result<(Histogram<u64>, u64, Instant)> {
    let (mut latency, mut overloads) = (histogram(), 0);
    let products = World::products();
    loop {
        let from = next.fetch_add(load.batch, Relaxed);
        if from >= load.operations {
            return Ok((latency, overloads, Instant::now()));
        }
        let places = from..(from + load.batch).min(load.operations);
        let asked = Instant::now();
        loop {
            let answered = match task {
                Task::Authorize => {
                    let one = |at| authorization(world, &products[0], load.salt, at);
                    let answers = app.operate(World::caller(from), places.clone().map(one).collect()).await;
                    answers.map(|answers| approved(answers).map(drop))
                }
                Task::Settle(metering) => {
                    let one = |at| metering.record(world, &products, load.salt, at);
                    let answers = app.settle_usage(World::caller(from), places.clone().map(one).collect()).await;
                    answers.map(settled)
                }
            };
            match answered {
                Err(Failure::Overloaded) => {
                    overloads += 1;
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                answered => break answered??,
            }
        }
        latency.saturating_record(micros(asked.elapsed()));
    }
}

/// The operation at this place of a load.
pub(crate) fn authorization(world: World, product: &ProductCode, salt: u64, at: u64) -> OperationRequest {
    let customer = World::customer(mixed(at ^ salt.rotate_left(17)) % world.customers);
    let command = Command::from(buying::Authorize {
        account: customer,
        product: product.clone(),
        amount: HELD,
        expires_at: None,
    });
    OperationRequest { key: key_use(salt, at), command }
}

/// The authorizations that were opened.
///
/// # Errors
/// At the first answer that is not a fresh approval.
pub(crate) fn approved(answers: Vec<(OperationStatus, bool)>) -> anyhow::Result<Vec<AuthorizationId>> {
    let opened = answers.into_iter().map(|answer| match answer {
        (OperationStatus::Approved(id), false) => Ok(id),
        other => bail!("an authorization came to {other:?}"),
    });
    opened.collect()
}

pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
