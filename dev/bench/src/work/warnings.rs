//! What armed warnings cost on the hot path: authorizations where every customer has levels of its own and of its
//! partner's, everybody is subscribed and nobody is below any level; and where everybody is below all of them and has been
//! told today already; against nobody to be warned at all. In turns, so that a disturbance of the machine meets all.

use super::authorize::median;
use super::run::Run;
use crate::load::{Load, Measured, authorize};
use crate::place::open_app;
use crate::report::{Figure, Quantity, Verdict, grouped};
use crate::spread::key_use;
use crate::usage::settled;
use crate::world::{CREDIT, World, patiently};
use anyhow::{bail, ensure};
use credere_app::clock::machine_now;
use credere_app::metering::UsageRequest;
use credere_app::{App, Failure};
use credere_core::book::{Command, metering, notices, standing};
use credere_core::channel::{NonStopChange, Subscription, Uin};
use credere_core::money::Amount;
use std::sync::Arc;
use std::time::Duration;

const BATCH: u64 = 1_000;
const WAITING: u64 = 8;
/// Within 10 %.
const AT_LEAST_PER_MILLE: u64 = 900;
/// The levels that everybody has beside the presets, in percent: the partner's and the customer's.
const LEVELS: (u8, u8) = (50, 40);
/// What is used up of each customer's credit where everybody is low: all but a hundredth.
const USED_UP: i64 = CREDIT / 100 * 99;

/// How the customers of one folder stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nobody is to be told of anything.
    Quiet,
    /// Everybody is to be warned, and is above every level.
    Armed,
    /// Everybody is below every level, and was told today.
    Warned,
}

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let world = World { customers: run.options.size(200, 100_000) };
    let (rounds, operations) = (run.options.size(1, 7), run.options.size(10_000, 500_000));
    let mut apps = Vec::new();
    for standing in [Standing::Quiet, Standing::Armed, Standing::Warned] {
        let folder = run.path(&format!("warnings-{standing:?}").to_lowercase());
        let app = open_app(&folder)?;
        run.runtime.block_on(async {
            world.build(&app, run.reporter).await?;
            arrange(run, &app, world, standing).await
        })?;
        apps.push((app, folder));
    }
    run.reporter.begin("authorizing with warnings armed, in turns", 3 * (rounds + 1) * operations);
    let measured = (|| {
        let mut measured: [Vec<Measured>; 3] = [const { Vec::new() }; 3];
        // Round 0 warms up and does not count.
        for salt in 0..=rounds {
            for ((app, _), kept) in apps.iter().zip(&mut measured) {
                let load = Load { operations, batch: BATCH, waiting: WAITING, salt };
                let round = run.runtime.block_on(authorize(app, world, load, run.reporter))?;
                if salt > 0 {
                    kept.push(round);
                }
            }
        }
        anyhow::Ok(measured)
    })();
    run.reporter.end();
    for (app, folder) in apps {
        app.close();
        drop(app);
        std::fs::remove_dir_all(folder)?;
    }
    let [quiet, armed, told] = measured?;
    let held = |work, with: &[Measured], how: &str| {
        let (rate, beside) = (median(with), median(&quiet));
        let ratio = rate.number() * 1_000 / beside.number().max(1);
        let parameters = format!(
            "{} customers, {how}: {rate}; none to be warned: {beside}; batches of {}, medians of {rounds} rounds in turns",
            grouped(world.customers),
            grouped(BATCH),
        );
        let time: Duration = with.iter().map(|round| round.time).sum();
        Figure {
            measured: Some(Quantity::PerMille(ratio)),
            yardstick: Some(("none to be warned".to_owned(), beside)),
            verdict: Verdict::of(ratio >= AT_LEAST_PER_MILLE, "at least 90 %".to_owned()),
            ..Figure::new(work, parameters, rounds * operations, time)
        }
    };
    let told = held("warnings told today", &told, "all of them below every level and told already");
    Ok(vec![
        held("warnings armed", &armed, "all of them with five levels, above each"),
        // It must reach nothing: the levels below are the ones that matter in days without trouble.
        Figure { verdict: Verdict::NoTarget, ..told },
    ])
}

/// Leaves everybody as the folder wants it.
async fn arrange(run: &Run<'_>, app: &Arc<App>, world: World, standing: Standing) -> anyhow::Result<()> {
    let subscription = Subscription {
        channel_service: standing != Standing::Quiet,
        message_center: true,
        email: standing != Standing::Quiet,
        webhook: standing != Standing::Quiet,
    };
    let subscribe = |uin: Uin| Command::from(notices::Subscribe { uin, subscription });
    app.command(World::caller(0), None, subscribe(World::distributor())).await?;
    match standing {
        Standing::Quiet => {
            let act = move |app: Arc<App>, place| async move {
                order(&app, place, Command::from(notices::Subscribe { uin: World::customer(place), subscription }))
                    .await
            };
            return world.for_each(app, "quieting", run.reporter, act).await;
        }
        Standing::Armed | Standing::Warned => {
            let act = move |app: Arc<App>, place| async move {
                let customer = World::customer(place);
                order(&app, place, Command::from(notices::Subscribe { uin: customer, subscription })).await?;
                let levels = Command::from(standing::ChangeCustomer {
                    customer,
                    non_stop: NonStopChange::default(),
                    special_suspension: None,
                    partner_warning: Some(Some(LEVELS.0)),
                    own_warning: Some(Some(LEVELS.1)),
                });
                order(&app, place, levels).await
            };
            world.for_each(app, "arming", run.reporter, act).await?;
        }
    }
    if standing == Standing::Warned {
        let act = |app: Arc<App>, place| async move { use_up(&app, place).await };
        world.for_each(app, "using up the credit of", run.reporter, act).await?;
        let last = World::customer(world.customers - 1);
        let told = app.read(|book| book.customer(last).is_some_and(|customer| customer.low_since.is_some())).await?;
        ensure!(told, "{last} is not low");
    }
    Ok(())
}

async fn order(app: &App, place: u64, command: Command) -> anyhow::Result<()> {
    patiently(|| app.command(World::caller(place), None, command.clone())).await?;
    Ok(())
}

/// Settles so much usage that hardly anything is left; the warnings go out with it.
async fn use_up(app: &App, place: u64) -> anyhow::Result<()> {
    let now = machine_now();
    let record = metering::SettleUsage {
        account: World::customer(place),
        product: World::product(),
        amount: Amount::whole(USED_UP),
        units: None,
        period_start: now,
        period_end: now,
        resource: None,
        action: None,
        details: "{}".to_owned(),
    };
    loop {
        let request = UsageRequest { key: key_use(u64::MAX - 1, place), record: record.clone() };
        match app.settle_usage(World::caller(place), vec![request]).await {
            Err(Failure::Overloaded) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(failure) => bail!("using up: {failure}"),
            Ok(answers) => return settled(answers),
        }
    }
}
