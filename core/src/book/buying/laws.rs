//! The laws of orders and authorizations: what is open is counted, and given back at most what was paid.

use crate::book::Book;
use crate::book::law::{Laws, customers, units};
use crate::channel::{OrderState, Uin, sum};
use std::collections::BTreeMap;

/// What is open for a customer.
#[derive(Default)]
struct Open {
    authorizations: i128,
    processing: i128,
    parked: i128,
}

/// Checks them, and adds up what is held on each line.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    let mut open_for: BTreeMap<Uin, Open> = BTreeMap::new();
    for (number, open) in book.buying.authorizations.iter() {
        let scheduled = book.buying.expiries.contains(open.expires_at, *number);
        laws.must(open.account, "an open authorization is scheduled to expire", scheduled);
        if let Some(partner) = open.paying.partner {
            laws.on_spend.entry(partner).or_default().held += units(open.price.partner);
        }
        if open.binding.is_some() {
            laws.on_credit.entry(open.paying.payer).or_default().held += units(open.price.customer);
            open_for.entry(open.account).or_default().authorizations += 1;
        }
    }
    for order in book.buying.orders.values() {
        let frozen = order.state == OrderState::Processing;
        if let (true, Some(partner)) = (frozen, order.paying.partner) {
            let vouchers = sum(&order.partner_vouchers).map_or(0, units);
            laws.on_spend.entry(partner).or_default().held += units(order.price.partner) - vouchers;
        }
        match (order.own_use(), frozen) {
            (true, _) => {}
            (false, true) => {
                let vouchers = sum(&order.vouchers).map_or(0, units);
                laws.on_credit.entry(order.paying.payer).or_default().held += units(order.price.customer) - vouchers;
                open_for.entry(order.account).or_default().processing += 1;
            }
            (false, false) => open_for.entry(order.account).or_default().parked += 1,
        }
    }
    for (uin, customer) in customers(book) {
        let open = open_for.remove(&uin).unwrap_or_default();
        let authorizations = i128::from(customer.spending.open_authorizations);
        laws.expect(uin, "open authorizations are counted", authorizations, open.authorizations);
        laws.expect(uin, "open orders are counted", i128::from(customer.spending.processing_orders), open.processing);
        laws.expect(uin, "parked orders are counted", i128::from(customer.spending.parked_orders), open.parked);
    }
    for (uin, _) in open_for {
        laws.must(uin, "only a customer holds", false);
    }
    for (what, paid) in book.buying.paid.iter() {
        let left = paid.customer.min(paid.partner) >= 0 && paid.customer.max(paid.partner) > 0;
        laws.must(what.account, "a resource gives back at most what was paid for it", left);
    }
}
