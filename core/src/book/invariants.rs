//! The laws that hold in every book at every moment, checked from scratch: every sum is computed anew from its parts.
//! For tests, the simulator and `credere verify`; never on the way of a request.

use crate::book::Book;
use crate::book::deadlines::Moments;
use crate::book::duties::is_low;
use crate::channel::{OrderState, PartnerKind, ResourceId, Uin, VoucherId, VoucherStatus, sum};
use crate::ledger::{Line, Moment};
use crate::money::Amount;
use std::collections::{BTreeMap, BTreeSet};
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

/// For laws that are about no account.
const NOBODY: Uin = Uin::LOWEST;

#[derive(Default)]
struct Sums {
    handed_out: i128,
    customers_total: i128,
    customers_available: i128,
    customers: usize,
    held: i128,
    frozen: i128,
}

/// What is open for a customer.
#[derive(Default)]
struct Held {
    amount: i128,
    authorizations: i128,
    processing: i128,
    parked: i128,
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
    let mut held_by: BTreeMap<Uin, Held> = BTreeMap::new();

    for open in book.buying.authorizations.values() {
        if let Some(partner) = open.paying.partner {
            partners.entry(partner).or_default().held += units(open.price.partner);
        }
        if open.binding.is_some() {
            held_by.entry(open.paying.payer).or_default().amount += units(open.price.customer);
            held_by.entry(open.account).or_default().authorizations += 1;
        }
    }
    let mut reserved: BTreeMap<VoucherId, i128> = BTreeMap::new();
    for order in book.buying.orders.values() {
        let frozen = order.state == OrderState::Processing;
        if frozen {
            let vouchers = sum(&order.partner_vouchers).map_or(0, units);
            if let Some(partner) = order.paying.partner {
                partners.entry(partner).or_default().held += units(order.price.partner) - vouchers;
            }
            for one in order.vouchers.iter().chain(&order.partner_vouchers) {
                *reserved.entry(one.voucher).or_default() += units(one.amount);
            }
        }
        if !order.own_use() {
            if frozen {
                let vouchers = sum(&order.vouchers).map_or(0, units);
                held_by.entry(order.paying.payer).or_default().amount += units(order.price.customer) - vouchers;
                held_by.entry(order.account).or_default().processing += 1;
            } else {
                held_by.entry(order.account).or_default().parked += 1;
            }
        }
    }
    for voucher in book.vouchers.all.values() {
        let kept = units(voucher.reserved);
        expect(voucher.owner, "what is set aside of a voucher is what open orders hold", kept, {
            reserved.remove(&voucher.id).unwrap_or_default()
        });
        let left = units(voucher.remaining) + kept;
        let within = voucher.remaining >= Amount::ZERO && left <= units(voucher.amount);
        expect(voucher.owner, "a voucher pays at most what it was issued over", i128::from(within), 1);
        let alive = voucher.status == VoucherStatus::Issued && left > 0 || kept > 0;
        expect(voucher.owner, "a voucher that pays nothing any more has left", i128::from(alive), 1);
        let scheduled = book.vouchers.expiries.contains(&(voucher.expires_at, voucher.id));
        let issued = voucher.status == VoucherStatus::Issued;
        expect(voucher.owner, "an issued voucher's end is scheduled", i128::from(scheduled), i128::from(issued));
    }
    expect(NOBODY, "what open orders set aside is in the book", 0, reserved.values().sum());
    for (what, paid) in &book.buying.paid {
        let left = paid.customer.min(paid.partner) >= 0 && paid.customer.max(paid.partner) > 0;
        expect(what.account, "a resource gives back at most what was paid for it", i128::from(left), 1);
    }
    for (account, former) in &book.parties.former {
        let current = book.customer(*account).map_or(book.now, |customer| customer.bound_at);
        let starts = former.iter().skip(1).map(|next| next.from).chain([current]);
        let apart = former.iter().zip(starts).all(|(one, next)| one.from <= one.until && one.until <= next);
        expect(*account, "one binding ends before the next begins", i128::from(apart), 1);
    }
    for (account, payers) in &book.parties.payers {
        let starts = payers.iter().skip(1).map(|next| next.from);
        let apart = payers.iter().zip(starts).all(|(one, next)| one.until.is_some_and(|until| until <= next));
        let others = payers.iter().all(|one| one.payer != *account);
        expect(*account, "one other account pays at a time", i128::from(apart && others), 1);
    }
    let mut frozen_for: BTreeMap<Uin, i128> = BTreeMap::new();
    let mut resources: BTreeMap<Uin, Vec<ResourceId>> = BTreeMap::new();
    for resource in book.metering.resources.values() {
        resources.entry(resource.account).or_default().push(resource.id);
        *frozen_for.entry(resource.paying.payer).or_default() += units(resource.frozen.customer);
        match resource.paying.partner {
            Some(partner) => partners.entry(partner).or_default().frozen += units(resource.frozen.partner),
            None => expect(resource.account, "nothing is frozen for nobody", units(resource.frozen.partner), 0),
        }
    }
    for (account, ids) in &resources {
        let listed = book.metering.resources_of.get(account).map_or(0, BTreeSet::len);
        expect(*account, "resources are listed", listed as i128, ids.len() as i128);
    }
    for account in book.accounts() {
        let held = held_by.remove(&account.uin).unwrap_or_default();
        let Some(customer) = &account.customer else {
            let open = held.amount + held.authorizations + held.processing + held.parked;
            expect(account.uin, "only a customer holds", 0, open);
            continue;
        };
        let line = &customer.line;
        let bills = book.open_bills(account.uin).iter().filter(|bill| bill.binding == customer.binding());
        let owed = bills.flat_map(|bill| &bill.parts).map(|part| units(part.amount)).sum();
        expect(account.uin, "used is the sum of what is not confirmed", units(line.used()), owed);
        let frozen = frozen_for.remove(&account.uin).unwrap_or_default();
        expect(account.uin, "what is frozen is the sum over resources", units(line.postpay_frozen()), frozen);
        let (overdue, noted) = (customer.overdue(), customer.overdue_since.is_some());
        expect(account.uin, "arrears are noted", i128::from(noted), i128::from(overdue));
        let noticed = customer.suspension() == customer.notified;
        expect(account.uin, "who is suspended was told so", i128::from(noticed), 1);
        let (low, listed) = (is_low(customer), customer.low_since);
        let swept = listed.is_some_and(|day| book.standing.low.contains(&(day, account.uin)));
        expect(account.uin, "the sweep finds whoever is low", i128::from(swept), i128::from(low));
        for resource in book.resources_of(account.uin) {
            // Looking at once is of no harm when it is too late for what it was for.
            let timed =
                |moments: Moments| moments.iter().filter(|at| **at != Moment::default()).map(|at| at.micros()).sum();
            let (kept, computed): (i64, i64) =
                (timed(book.metering.deadlines.of(resource.id)), timed(book.moments(resource.id)));
            expect(account.uin, "what falls due is scheduled", i128::from(kept), i128::from(computed));
        }
        let sums = partners.entry(customer.partner).or_default();
        sums.handed_out += units(line.limit());
        sums.customers_total += units(line.limit());
        sums.customers_available += available(line);
        sums.customers += 1;
        expect(account.uin, "what is held is the sum of open holds", units(line.prepay_frozen()), held.amount);
        let authorizations = i128::from(customer.open_authorizations);
        expect(account.uin, "open authorizations are counted", authorizations, held.authorizations);
        expect(account.uin, "open orders are counted", i128::from(customer.processing_orders), held.processing);
        expect(account.uin, "parked orders are counted", i128::from(customer.parked_orders), held.parked);
        expect(account.uin, "a total is not below zero", units(line.limit().min(Amount::ZERO)), 0);
        expect(account.uin, "a customer's partner exists", i128::from(book.partner(customer.partner).is_some()), 1);
    }
    for partner in book.parties.partners.values() {
        if let Some(above) = partner.distributor {
            partners.entry(above).or_default().handed_out += units(partner.allocation_quota);
        }
    }
    for partner in book.parties.partners.values() {
        let sums = partners.remove(&partner.uin).unwrap_or_default();
        expect(partner.uin, "allocated is the sum of what was handed down", units(partner.allocated), sums.handed_out);
        expect(partner.uin, "customers' totals sum up", units(partner.customers_total), sums.customers_total);
        expect(partner.uin, "customers' available sums up", partner.customers_available, sums.customers_available);
        expect(partner.uin, "customers are listed", partner.customers.len() as i128, sums.customers as i128);
        let over = (units(partner.allocated) - units(partner.allocation_quota)).max(0);
        expect(partner.uin, "allocated is within the quota", over, 0);
        let held = partner.spend.as_ref().map_or(0, |line| units(line.prepay_frozen()));
        expect(partner.uin, "what is held is the sum of open holds", held, sums.held);
        let frozen = partner.spend.as_ref().map_or(0, |line| units(line.postpay_frozen()));
        expect(partner.uin, "what is frozen is the sum over resources", frozen, sums.frozen);
        if partner.kind == PartnerKind::SecondLevelReseller {
            let over = (units(partner.vouchers_issued) - units(partner.voucher_quota)).max(0);
            expect(partner.uin, "vouchers are within the quota", over, 0);
        }
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
