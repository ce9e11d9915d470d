//! Customers that are low and were warned today, as many as there are.

use super::grown::{Grown, PLATFORM, RICH, customer, uin};
use super::metering::usage;
use super::shape::{Asked, Shape, platform};
use credere_core::book::{Command, standing};
use credere_core::channel::{NonStopChange, Uin};
use credere_core::money::Amount;

/// All but a fifth of what each was given.
const USED_UP: Amount = Amount::whole(80);

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    for place in 0..grown.size {
        grown.obey(usage(grown.now, customer(place), USED_UP))?;
    }
    Ok(())
}

fn level(customer: Uin, level: u8) -> Command {
    Command::from(standing::ChangeCustomer {
        customer,
        non_stop: NonStopChange::default(),
        special_suspension: None,
        partner_warning: Some(Some(level)),
        own_warning: None,
    })
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("change how a customer is warned", |_, round| {
            Ok(Asked::Command(PLATFORM, level(uin(RICH), u8::try_from(round % 100)?)))
        }),
        Shape::of("change how a low customer is warned", |_, round| platform(level(customer(round), 30))),
        Shape::of("what follows for a low customer", |grown, round| {
            grown.act(PLATFORM, &level(customer(20 + round), 31))?;
            Ok(Asked::Consequence(customer(20 + round)))
        }),
    ]
}
