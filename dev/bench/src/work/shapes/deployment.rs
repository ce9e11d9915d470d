//! Platform keys, and the clock.

use super::grown::Grown;
use super::shape::{Shape, by_itself, platform};
use credere_core::access::KeyAccess;
use credere_core::book::deployment;

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    grown.obey(deployment::IssuePlatformKey { access: KeyAccess::Full })?;
    for _ in 0..grown.size {
        grown.obey(deployment::IssuePlatformKey { access: KeyAccess::Read })?;
    }
    Ok(())
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("issue a platform key", |_, _| platform(deployment::IssuePlatformKey { access: KeyAccess::Full })),
        Shape::of("revoke a platform key", |grown, _| {
            let key = grown.book.platform_keys().last_key_value().map_or(0, |(key, _)| *key);
            platform(deployment::RevokePlatformKey { key })
        }),
        Shape::of("reset a platform key", |_, _| by_itself(deployment::ResetPlatformKey)),
        Shape::of("accept the clock", |grown, _| {
            platform(deployment::AcceptClock { expected: grown.now, found: grown.now })
        }),
        Shape::of("accept a loss", |grown, _| {
            by_itself(deployment::AcceptLoss { from_seq: grown.book.seq() + 1, upto_seq: grown.book.seq() })
        }),
        Shape::of("advance the clock", |grown, _| {
            grown.now = grown.now.plus_seconds(1);
            platform(deployment::AdvanceClock { to: grown.now })
        }),
    ]
}
