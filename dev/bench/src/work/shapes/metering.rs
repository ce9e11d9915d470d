//! Resources of one account, and usage of all.

use super::grown::{BOUGHT, DAY, FORMER, Grown, PLATFORM, RICH, VOUCHED, code, customer, nth, uin};
use super::shape::{Asked, Shape, by_itself, platform};
use anyhow::Context as _;
use credere_core::book::{Command, metering, standing};
use credere_core::channel::{ResourceId, Uin};
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Factor};

/// Usage of this moment, at list price.
pub(super) fn usage(now: Moment, account: Uin, amount: Amount) -> metering::SettleUsage {
    metering::SettleUsage {
        account,
        product: code(BOUGHT),
        amount,
        units: None,
        period_start: now,
        period_end: now,
        resource: None,
        action: None,
        details: "{}".to_owned(),
    }
}

fn activate(name: &str) -> anyhow::Result<metering::ActivateResource> {
    Ok(metering::ActivateResource {
        account: uin(RICH),
        name: name.parse()?,
        product: code(BOUGHT),
        unit_price: Amount::whole(1),
        quantity: Factor::ONE,
        details: "{}".to_owned(),
    })
}

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    for place in 0..grown.size {
        grown.obey(activate(&format!("ins-{place}"))?)?;
        if grown.keeps(place) {
            let id = ResourceId(grown.book.seq());
            grown.resources.push(id);
        }
    }
    Ok(())
}

/// Suspends the one with all the resources by force, or lifts that.
fn force(forced: bool) -> Command {
    standing::ForceSuspension { customer: uin(RICH), forced }.into()
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("activate a resource", |_, round| platform(activate(&format!("new-{round}"))?)),
        Shape::of("activate a resource that is there, which is refused", |_, round| {
            Ok(Asked::Refused(PLATFORM, activate(&format!("ins-{round}"))?.into()))
        }),
        Shape::of("resize a resource", |grown, round| {
            let (resource, unit_price) = (Some(nth(&grown.resources, round)?.into()), Some(Amount::whole(2)));
            platform(metering::ResizeResource { resource, unit_price, quantity: None })
        }),
        Shape::of("settle usage", |grown, round| platform(usage(grown.now, customer(round), Amount::from_units(1)))),
        Shape::of("settle usage of a resource", |grown, round| {
            let resource = Some(format!("ins-{round}").parse()?);
            platform(metering::SettleUsage { resource, ..usage(grown.now, uin(RICH), Amount::whole(1)) })
        }),
        Shape::of("settle usage that vouchers pay", |grown, _| {
            let product = code(VOUCHED);
            platform(metering::SettleUsage { product, ..usage(grown.now, uin(RICH), Amount::whole(3)) })
        }),
        Shape::of("settle usage under a former binding", |grown, round| {
            let former = grown.book.former_bindings(uin(FORMER)).get(usize::try_from(round)?);
            let then = former.context("it was not bound as often")?.from;
            platform(usage(then, uin(FORMER), Amount::whole(1)))
        }),
        Shape::of("terminate a resource", |grown, round| {
            grown.obey(activate(&format!("gone-{round}"))?)?;
            let resource = Some(ResourceId(grown.book.seq()).into());
            platform(metering::TerminateResource { resource, final_amount: Some(Amount::whole(1)) })
        }),
        Shape::of("suspend by force", |grown, _| {
            grown.act(PLATFORM, &force(false))?;
            Ok(Asked::Command(PLATFORM, force(true)))
        }),
        // The review, and then one resource after the other.
        Shape::of("what follows from force", |_, _| Ok(Asked::Consequence(uin(RICH)))),
        Shape::of("what is due for whoever is forced", |_, _| Ok(Asked::Duty)),
        Shape::of("suspend a resource", |grown, round| {
            by_itself(metering::SuspendResource { id: nth(&grown.resources, round)? })
        }),
        Shape::of("delete a resource that was stopped for too long", |grown, round| {
            if round == 0 {
                grown.now = grown.now.plus_seconds(15 * DAY);
            }
            by_itself(metering::DeleteResource { id: nth(&grown.resources, round)? })
        }),
        Shape::of("lift a forced suspension", |grown, _| {
            grown.act(PLATFORM, &force(true))?;
            Ok(Asked::Command(PLATFORM, force(false)))
        }),
        Shape::of("what follows from lifting it", |_, _| Ok(Asked::Consequence(uin(RICH)))),
    ]
}
