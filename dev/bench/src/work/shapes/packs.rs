//! Packs, as many of one account that are used up or over, and whose offers accounts have.

use super::grown::{BOUGHT, Grown, RICH, code, stranger, uin};
use super::metering::usage;
use super::shape::{Shape, platform};
use credere_core::book::{finance, metering, packs};
use credere_core::channel::Uin;
use credere_core::money::{Amount, Factor};

/// The first of those that inherit something here.
const HEIRS: u64 = 40;

fn pack(grown: &Grown, seconds: i64) -> packs::AddPack {
    let (account, expires_at) = (uin(RICH), grown.now.plus_seconds(seconds));
    packs::AddPack { account, product: code(BOUGHT), units: Factor::ONE, expires_at }
}

/// Usage in units.
fn used(grown: &Grown) -> metering::SettleUsage {
    metering::SettleUsage { units: Some(Factor::ONE), ..usage(grown.now, uin(RICH), Amount::whole(1)) }
}

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    for _ in 0..grown.size {
        // One that is used up, and one that will be over.
        grown.obey(pack(grown, 10))?;
        grown.obey(used(grown))?;
        grown.obey(pack(grown, 1))?;
    }
    grown.now = grown.now.plus_seconds(2);
    Ok(())
}

fn inherit(account: Uin) -> finance::InheritOffers {
    finance::InheritOffers { account, from: stranger(HEIRS - 1) }
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("add a pack", |grown, _| platform(pack(grown, 1_000_000))),
        Shape::of("settle usage that a pack covers", |grown, _| platform(used(grown))),
        Shape::of("inherit another account's offers", |_, round| platform(inherit(stranger(HEIRS + round)))),
        Shape::of("have one's own offers again", |grown, round| {
            let account = stranger(HEIRS + round);
            grown.obey(inherit(account))?;
            platform(finance::EndInheritance { account })
        }),
    ]
}
