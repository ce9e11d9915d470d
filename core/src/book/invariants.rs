//! The laws that hold in every book at every moment, checked from scratch: every sum is computed anew from its parts.
//! For tests, the simulator and `credere verify`; never on the way of a request.

use super::state::Book;
use crate::channel::{OrderState, PartnerKind, Uin};
use crate::ledger::Line;
use crate::money::Amount;
use std::collections::BTreeMap;
use thiserror::Error;

/// A law does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("law broken for {account}: {law}: kept {kept}, computed {computed} (in units of 10^-8)")]
pub struct BrokenLaw {
    /// Whose figures.
    pub account: Uin,
    /// Which law.
    pub law: &'static str,
    /// What the book says.
    pub kept: i128,
    /// What its parts come to.
    pub computed: i128,
}

#[derive(Default)]
struct Sums {
    handed_out: i128,
    customers_total: i128,
    customers_available: i128,
    customers: usize,
    held: i128,
}

/// Checks all laws.
///
/// # Errors
/// Every [`BrokenLaw`], in no particular order.
pub fn check_laws(book: &Book) -> Result<(), Vec<BrokenLaw>> {
    let mut broken = Vec::new();
    let mut expect = |account: Uin, law: &'static str, kept: i128, computed: i128| {
        if kept != computed {
            broken.push(BrokenLaw { account, law, kept, computed });
        }
    };
    let units = |amount: Amount| i128::from(amount.units());
    let mut partners: BTreeMap<Uin, Sums> = BTreeMap::new();
    let mut held_by: BTreeMap<Uin, (i128, i128, i128)> = BTreeMap::new();

    for open in book.authorizations.values() {
        partners.entry(open.paying_partner).or_default().held += units(open.price.partner);
        if !open.own_use {
            let held = held_by.entry(open.account).or_default();
            *held = (held.0 + units(open.price.customer), held.1 + 1, held.2);
        }
    }
    for order in book.orders.values() {
        let frozen = order.state == OrderState::Processing;
        if frozen {
            partners.entry(order.paying_partner).or_default().held += units(order.price.partner);
        }
        if !order.own_use {
            let held = held_by.entry(order.account).or_default();
            *held = (held.0 + if frozen { units(order.price.customer) } else { 0 }, held.1, held.2 + 1);
        }
    }
    for account in book.accounts() {
        let held = held_by.remove(&account.uin).unwrap_or_default();
        let Some(customer) = &account.customer else {
            expect(account.uin, "only a customer holds", 0, held.0 + held.1 + held.2);
            continue;
        };
        let line = &customer.line;
        let sums = partners.entry(customer.partner).or_default();
        sums.handed_out += units(line.limit());
        sums.customers_total += units(line.limit());
        sums.customers_available += available(line);
        sums.customers += 1;
        expect(account.uin, "what is held is the sum of open holds", units(line.prepay_frozen()), held.0);
        expect(account.uin, "open authorizations are counted", i128::from(customer.open_authorizations), held.1);
        expect(account.uin, "open orders are counted", i128::from(customer.open_orders), held.2);
        expect(account.uin, "a total is not below zero", units(line.limit().min(Amount::ZERO)), 0);
        expect(account.uin, "a customer's partner exists", i128::from(book.partner(customer.partner).is_some()), 1);
    }
    for partner in book.partners.values() {
        if let Some(above) = partner.distributor {
            partners.entry(above).or_default().handed_out += units(partner.allocation_quota);
        }
    }
    for partner in book.partners.values() {
        let sums = partners.remove(&partner.uin).unwrap_or_default();
        expect(partner.uin, "allocated is the sum of what was handed down", units(partner.allocated), sums.handed_out);
        expect(partner.uin, "customers' totals sum up", units(partner.customers_total), sums.customers_total);
        expect(partner.uin, "customers' available sums up", partner.customers_available, sums.customers_available);
        expect(partner.uin, "customers are listed", partner.customers.len() as i128, sums.customers as i128);
        let over = (units(partner.allocated) - units(partner.allocation_quota)).max(0);
        expect(partner.uin, "allocated is within the quota", over, 0);
        let held = partner.spend.as_ref().map_or(0, |line| units(line.prepay_frozen()));
        expect(partner.uin, "what is held is the sum of open holds", held, sums.held);
        let has_distributor = partner.kind == PartnerKind::SecondLevelReseller;
        expect(
            partner.uin,
            "a second-level reseller, and nobody else, has a distributor",
            i128::from(partner.distributor.is_some()),
            i128::from(has_distributor),
        );
    }
    for (uin, _) in partners {
        expect(uin, "whoever hands out or pays is a partner", 1, 0);
    }
    if broken.is_empty() { Ok(()) } else { Err(broken) }
}

fn available(line: &Line) -> i128 {
    let [limit, used, prepay, postpay] =
        [line.limit(), line.used(), line.prepay_frozen(), line.postpay_frozen()].map(|part| i128::from(part.units()));
    limit - used - prepay - postpay
}
