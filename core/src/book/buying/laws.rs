//! The laws of orders and authorizations: what is open is counted, and given back at most what was paid.

use crate::book::Book;
use crate::book::law::{Laws, units};
use crate::channel::{OrderState, Uin, sum};
use std::collections::BTreeMap;

/// What is open for an account.
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
        if let Some(payer) = laws.of_payer(open.paying, open.binding) {
            payer.held += units(open.price.customer);
            open_for.entry(open.account).or_default().authorizations += 1;
        }
    }
    for order in book.buying.orders.values() {
        let frozen = order.state == OrderState::Processing;
        if let (true, Some(partner)) = (frozen, order.paying.partner) {
            let vouchers = sum(&order.partner_vouchers).map_or(0, units);
            laws.on_spend.entry(partner).or_default().held += units(order.price.partner) - vouchers;
        }
        let Some(payer) = laws.of_payer(order.paying, order.binding) else { continue };
        let open = open_for.entry(order.account).or_default();
        if frozen {
            payer.held += units(order.price.customer) - sum(&order.vouchers).map_or(0, units);
            open.processing += 1;
        } else {
            open.parked += 1;
        }
    }
    for account in book.accounts() {
        let (uin, spending) = (account.uin, account.spender().spending);
        let open = open_for.remove(&uin).unwrap_or_default();
        let authorizations = i128::from(spending.open_authorizations);
        laws.expect(uin, "open authorizations are counted", authorizations, open.authorizations);
        laws.expect(uin, "open orders are counted", i128::from(spending.processing_orders), open.processing);
        laws.expect(uin, "parked orders are counted", i128::from(spending.parked_orders), open.parked);
    }
    for (what, paid) in book.buying.paid.iter() {
        let cash = paid.customer - paid.granted - paid.credit;
        let parts = [paid.customer, paid.partner, paid.granted, paid.credit, cash];
        let left = parts.into_iter().all(|part| part >= 0) && paid.customer.max(paid.partner) > 0;
        laws.must(what.account, "a resource gives back at most what was paid for it", left);
    }
}
