//! The auditor holds on many worlds, and on those that once did not. One test a block of seeds, so that all processors
//! work; a block's failure says the seed and how to run it again.

use credere_sim::{Nobody, Plan, Size, run};
use libtest_mimic::{Arguments, Failed, Trial};

/// Seeds in a block.
const BLOCK: u64 = 10;
/// Worlds of the default size, for a quarter of a year each.
const SEEDS: u64 = 200;
const DAYS: u32 = 90;

/// Worlds that have failed once: seed, days, partners, customers, acts a day.
const KEPT: [(u64, u32, Size); 0] = [];

fn hold(seed: u64, days: u32, size: Size) -> Result<(), Failed> {
    let plan = Plan { seed, days, size, thorough: false };
    run(&plan, None, &Nobody).map(|_| ()).map_err(|failure| Failed::from(failure.to_string()))
}

fn main() {
    let arguments = Arguments::from_args();
    let blocks = (0..SEEDS / BLOCK).map(|block| {
        let seeds = block * BLOCK..(block + 1) * BLOCK;
        Trial::test(format!("seeds {} to {}", seeds.start, seeds.end - 1), move || {
            seeds.into_iter().try_for_each(|seed| hold(seed, DAYS, Size::default()))
        })
    });
    // A year in a small world, where everybody meets everybody, and a large one for a month.
    let small = Size { partners: 2, customers: 4, acts: 12 };
    let large = Size { partners: 9, customers: 300, acts: 60 };
    let others = [
        Trial::test("a year of small worlds", move || (1_000..1_010).try_for_each(|seed| hold(seed, 365, small))),
        Trial::test("a month of a large world", move || hold(2_000, 30, large)),
    ];
    let kept = KEPT.map(|(seed, days, size)| Trial::test(format!("kept seed {seed}"), move || hold(seed, days, size)));
    libtest_mimic::run(&arguments, blocks.chain(others).chain(kept).collect()).exit();
}
