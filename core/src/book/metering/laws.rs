//! The laws of resources: each is listed, and what falls due for it is scheduled.

use crate::book::Book;
use crate::book::law::{Laws, units};
use crate::channel::{Uin, next_step};
use crate::ledger::Moment;
use std::collections::BTreeMap;

/// Checks them, and adds up what is frozen on each line.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    let mut resources: BTreeMap<Uin, usize> = BTreeMap::new();
    for resource in book.metering.resources.values() {
        *resources.entry(resource.account).or_default() += 1;
        match laws.of_payer(resource.paying, resource.binding) {
            Some(payer) => payer.frozen += units(resource.frozen.customer),
            None => laws.expect(resource.account, "a partner freezes on one side", units(resource.frozen.customer), 0),
        }
        match resource.paying.partner {
            Some(partner) => laws.on_spend.entry(partner).or_default().frozen += units(resource.frozen.partner),
            None => laws.expect(resource.account, "nothing is frozen for nobody", units(resource.frozen.partner), 0),
        }
    }
    let mut first: Option<Moment> = None;
    for (account, there) in resources {
        laws.expect(account, "resources are listed", book.resources_of(account).count() as i128, there as i128);
        // Of a partner's own use nothing falls due.
        let Some(spending) = book.runs_under(account) else { continue };
        let due = book.resources_of(account).filter_map(|resource| {
            let product = book.product_numbered(resource.product)?;
            next_step(resource, product, &spending, book.now).map(|(at, _)| at)
        });
        let computed = due.min();
        first = first.into_iter().chain(computed).min();
        let kept = book.step_of_account(account, book.now).map(|(at, ..)| at);
        laws.expect(account, "what falls due is scheduled", timed(kept), timed(computed));
    }
    // Of no account.
    let kept = book.first_step(book.now).map(|(at, ..)| at);
    laws.expect(Uin::LOWEST, "what falls due first is scheduled", timed(kept), timed(first));
}

/// A moment as a figure; nothing is before everything.
fn timed(at: Option<Moment>) -> i128 {
    at.map_or(i128::MIN, |at| i128::from(at.micros()))
}
