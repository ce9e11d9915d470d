//! The laws of orders and authorizations: what is open is counted, and given back at most what was paid.

use crate::book::Book;
use crate::book::law::{Laws, units};
use crate::channel::{OrderId, OrderKind, OrderState, RefundScope, Uin, sum};
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
    let mut promised: BTreeMap<OrderId, i128> = BTreeMap::new();
    for order in book.buying.orders.values() {
        let (frozen, kind) = (order.state == OrderState::Processing, order.kind);
        if let Some(refund) = order.refund.as_deref().filter(|refund| refund.scope == RefundScope::Order) {
            *promised.entry(refund.of.id).or_default() -= units(order.price.customer);
        }
        if kind == OrderKind::Refund {
            // Nothing is set aside for what gives money back.
            laws.must(order.account, "a promised refund says what it is of", order.refund.is_some() && frozen);
            if !order.paying.is_own_use(order.binding) {
                open_for.entry(order.account).or_default().processing += 1;
            }
            continue;
        }
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
    for (id, refunds) in book.buying.refunds.iter() {
        let whose = Uin::LOWEST;
        laws.expect(whose, "what is promised is", units(refunds.promised), promised.remove(id).unwrap_or_default());
        let covered = refunds.promised <= refunds.customer && refunds.partner_promised <= refunds.partner;
        laws.must(whose, "what is promised is not to be had again", covered);
    }
    laws.must_all("what is promised of an order is noted", promised.is_empty());
    laws.must_all("what is decided to go back has gone", book.buying.returning.is_empty());
    for (what, paid) in book.paid_resources() {
        let cash = paid.customer - paid.granted - paid.credit;
        let parts = [paid.customer, paid.partner, paid.granted, paid.credit, cash];
        let left = parts.into_iter().all(|part| part >= 0) && paid.customer.max(paid.partner) > 0;
        laws.must(what.account, "a resource gives back at most what was paid for it", left);
    }
}
