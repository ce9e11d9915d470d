//! The auditor holds on many worlds, and on those that once did not. One test a block of seeds, so that all processors
//! work; a block's failure says the seed and how to run it again.

use credere_sim::{Nobody, Plan, Size, run};
use libtest_mimic::{Arguments, Failed, Trial};

/// Seeds in a block.
const BLOCK: u64 = 10;
/// Worlds of the default size, long enough for two months' bills to be issued.
const SEEDS: u64 = 200;
const DAYS: u32 = 65;

/// A world in which the same few accounts meet again and again.
const SMALL: Size = Size { partners: 3, customers: 6, acts: 12 };

/// Worlds that have failed once, and at what: seed, days, size.
const KEPT: [(&str, u64, u32, Size); 3] = [
    ("a distributor confirms old bills of a customer that one of its second-level resellers has now", 1_004, 41, SMALL),
    ("the same among more customers, by single lines", 19, 71, Size { partners: 3, customers: 50, acts: 20 }),
    ("whom the platform means when a customer of nobody paid", 1_008, 60, Size { partners: 2, customers: 4, acts: 12 }),
];

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
    let large = Size { partners: 9, customers: 300, acts: 60 };
    let others = [
        Trial::test("a year of small worlds", move || (1_000..1_008).try_for_each(|seed| hold(seed, 365, SMALL))),
        Trial::test("a month of a large world", move || hold(2_000, 30, large)),
    ];
    let kept =
        KEPT.map(|(what, seed, days, size)| Trial::test(format!("kept: {what}"), move || hold(seed, days, size)));
    libtest_mimic::run(&arguments, blocks.chain(others).chain(kept).collect()).exit();
}
