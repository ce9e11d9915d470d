//! The laws of resources: each is listed, and what falls due for it is scheduled.

use crate::book::Book;
use crate::book::deadlines::Moments;
use crate::book::law::{Laws, customers, units};
use crate::channel::Uin;
use crate::ledger::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// Checks them, and adds up what is frozen on each line.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    let mut resources: BTreeMap<Uin, usize> = BTreeMap::new();
    for resource in book.metering.resources.values() {
        *resources.entry(resource.account).or_default() += 1;
        laws.on_credit.entry(resource.paying.payer).or_default().frozen += units(resource.frozen.customer);
        match resource.paying.partner {
            Some(partner) => laws.on_spend.entry(partner).or_default().frozen += units(resource.frozen.partner),
            None => laws.expect(resource.account, "nothing is frozen for nobody", units(resource.frozen.partner), 0),
        }
    }
    for (account, there) in resources {
        let listed = book.metering.resources_of.get(&account).map_or(0, BTreeSet::len);
        laws.expect(account, "resources are listed", listed as i128, there as i128);
    }
    // Looking at once is of no harm when it is too late for what it was for.
    let timed =
        |moments: Moments| -> i64 { moments.iter().filter(|at| **at != Moment::default()).map(|at| at.micros()).sum() };
    for (uin, _) in customers(book) {
        for resource in book.resources_of(uin) {
            let (kept, computed) = (timed(book.metering.deadlines.of(resource.id)), timed(book.moments(resource.id)));
            laws.expect(uin, "what falls due is scheduled", i128::from(kept), i128::from(computed));
        }
    }
}
