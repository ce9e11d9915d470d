//! Whether the number of customers matters: a million, or as many as are asked for, against ten thousand, in turns, so that a disturbance of the
//! machine meets both.

use super::authorize::median;
use super::run::Run;
use crate::load::{Load, Measured, authorize};
use crate::place::open_app;
use crate::report::{Figure, Quantity, Verdict, grouped};
use crate::world::World;

const BATCH: u64 = 1_000;
const WAITING: u64 = 8;
/// Within 25 %: the larger reaches at least 75 % of the smaller.
const AT_LEAST_PER_MILLE: u64 = 750;

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let (few, many) = (World { customers: run.options.size(100, 10_000) }, run.many());
    let (rounds, operations) = (run.options.size(1, 5), run.options.size(10_000, 500_000));
    let (few_folder, many_folder) = (run.path("few"), run.copy_of_many("size")?);
    run.build(&few_folder, few)?;
    let apps = [(few, open_app(&few_folder)?), (many, open_app(&many_folder)?)];
    run.reporter.begin(&format!("{} against {} customers", grouped(many.customers), grouped(few.customers)), {
        2 * (rounds + 1) * operations
    });
    let measured = (|| {
        let mut measured: [Vec<Measured>; 2] = [Vec::new(), Vec::new()];
        // Round 0 warms up and does not count.
        for salt in 0..=rounds {
            for ((world, app), kept) in apps.iter().zip(&mut measured) {
                let load = Load { operations, batch: BATCH, waiting: WAITING, salt };
                let round = run.runtime.block_on(authorize(app, *world, load, run.reporter))?;
                if salt > 0 {
                    kept.push(round);
                }
            }
        }
        anyhow::Ok(measured)
    })();
    run.reporter.end();
    for (_, app) in &apps {
        app.close();
    }
    drop(apps);
    for folder in [few_folder, many_folder] {
        std::fs::remove_dir_all(folder)?;
    }
    let [with_few, with_many] = measured?;
    let (few_rate, many_rate) = (median(&with_few), median(&with_many));
    let ratio = many_rate.number() * 1_000 / few_rate.number().max(1);
    let parameters = format!(
        "{} customers at {many_rate}, {} at {few_rate}, batches of {}, medians of {rounds} rounds in turns",
        grouped(many.customers),
        grouped(few.customers),
        grouped(BATCH),
    );
    let time = with_few.iter().chain(&with_many).map(|round| round.time).sum();
    Ok(vec![Figure {
        measured: Some(Quantity::PerMille(ratio)),
        yardstick: Some((format!("{} customers", grouped(few.customers)), few_rate)),
        verdict: Verdict::of(ratio >= AT_LEAST_PER_MILLE, "at least 75 %".to_owned()),
        ..Figure::new("many customers against few", parameters, 2 * rounds * operations, time)
    }])
}
