//! The auditor audits itself: once a day every figure that it keeps step by step is made anew from the single lines,
//! holds, freezes, totals, pools and top-ups that it should be the sum of (R13, R24-R27, R46, O3).

use super::arithmetic::Units;
use super::facts::{Account, Bound, Buyer, Means, Order, Own, Paid, Parts, PrepaidResource, Share, Spend};
use super::refunds::purse_of;
use super::{Auditor, Difference};

use credere_core::channel::{OrderKind, OrderState, RefundScope, TopUpKind, Uin};
use std::collections::BTreeMap;

/// What kept figures are held against.
#[derive(Default)]
struct Recount {
    differences: Vec<Difference>,
    /// What is held and what is frozen on each account's credit, of its own money, and on each partner's spend line.
    on_credit: BTreeMap<Uin, [Units; 2]>,
    of_money: BTreeMap<Uin, [Units; 2]>,
    on_spend_line: BTreeMap<Uin, [Units; 2]>,
    /// How many orders of each account are processing, how many parked, and how many authorizations are open.
    open: BTreeMap<Uin, [u32; 3]>,
}

impl Recount {
    fn expect(&mut self, what: String, kept: Units, computed: Units) {
        if kept != computed {
            self.differences.push(Difference { what, expected: computed.to_string(), found: kept.to_string() });
        }
    }

    /// Adds what is held and what is frozen for this buyer, on both sides.
    fn set_aside(&mut self, buyer: &Buyer, payers: [Units; 2], partners: [Units; 2]) {
        let payer = match buyer.means {
            Means::Credit(_) => Some(self.on_credit.entry(buyer.payer).or_default()),
            Means::Money => Some(self.of_money.entry(buyer.payer).or_default()),
            Means::SpendLine => None,
        };
        payer.into_iter().for_each(|sums| add(sums, payers));
        let partner = buyer.partner.map(|partner| self.on_spend_line.entry(partner).or_default());
        partner.into_iter().for_each(|sums| add(sums, partners));
    }

    /// Counts one more thing that is open.
    fn count(&mut self, buyer: &Buyer, which: usize) {
        if buyer.means != Means::SpendLine {
            self.open.entry(buyer.account).or_default()[which] += 1;
        }
    }
}

fn add(sums: &mut [Units; 2], more: [Units; 2]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// What an order has paid for a resource, less what has come back of it alone or is to; below zero what it gives back itself.
fn of_prepaid(order: &Order) -> Vec<(PrepaidResource, Paid)> {
    let charged = matches!(order.state, OrderState::Delivered | OrderState::Refunded);
    let gives = |share: &Share, resource| (purse_of(share, resource), Paid::default().less(share.given()));
    match (order.kind, order.refund, &order.resource) {
        (OrderKind::Downgrade, _, Some(resource)) if charged => {
            order.shares.iter().map(|share| gives(share, resource)).collect()
        }
        // What is given back of one order is in what that has given back.
        (OrderKind::Refund, Some((_, RefundScope::Resource)), Some(resource))
            if order.state != OrderState::Canceled =>
        {
            order.shares.iter().map(|share| gives(share, resource)).collect()
        }
        (OrderKind::Purchase | OrderKind::Renew | OrderKind::Upgrade, ..) if charged => {
            let by = Paid {
                customer: order.paid() - order.refunded - order.promised,
                partner: order.partner_paid() - order.partner_refunded - order.partner_promised,
                parts: order.parts.unwrap_or_default().less(order.returned),
            };
            order.prepaid().map(|what| (what, by)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

impl Auditor {
    /// What is left on a pack is what it was bought with less what it has covered (O82).
    fn recount_packs(&self, all: &mut Recount) {
        let mut covered: BTreeMap<u64, Units> = BTreeMap::new();
        for (pack, units) in &self.pack_uses {
            *covered.entry(*pack).or_default() += units;
        }
        for (id, pack) in &self.packs {
            let left = pack.units - covered.remove(id).unwrap_or_default();
            all.expect(format!("what is left on pack {id}"), pack.remaining, left);
        }
    }

    /// Every kept figure that is not the sum of its parts, and every law that does not hold.
    pub fn recount(&self) -> Vec<Difference> {
        let mut all = Recount::default();
        self.recount_packs(&mut all);
        for order in self.open_orders.iter().filter_map(|id| self.orders.get(id)) {
            let processing = order.state == OrderState::Processing;
            // Nothing is set aside for what gives money back.
            if processing && order.kind != OrderKind::Refund {
                all.set_aside(&order.buyer, [order.paid(), 0], [order.partner_paid(), 0]);
            }
            all.count(&order.buyer, if processing { 0 } else { 1 });
        }
        for open in self.authorizations.values() {
            all.set_aside(&open.buyer, [open.price.customer, 0], [open.price.partner, 0]);
            all.count(&open.buyer, 2);
        }
        for resource in self.resources.values() {
            if let Ok(buyer) = self.buyer(resource.account) {
                all.set_aside(&buyer, [0, resource.frozen], [0, resource.partner_frozen]);
            }
        }
        self.recount_prepaid(&mut all);
        self.recount_accounts(&mut all);
        self.recount_partners(&mut all);
        self.recount_members(&mut all.differences);
        all.differences
    }

    fn recount_prepaid(&self, all: &mut Recount) {
        let mut paid: BTreeMap<PrepaidResource, Paid> = BTreeMap::new();
        for order in self.orders.values() {
            for (what, by) in of_prepaid(order) {
                let sum = paid.entry(what).or_default();
                *sum = sum.and(by);
            }
        }
        for (what, back) in &self.given_back {
            let sum = paid.entry(what.clone()).or_default();
            *sum = sum.less(*back);
        }
        for (what, sum) in paid {
            let kept = self.paid.get(&what).copied().unwrap_or_default();
            let of = format!("prepaid resource {} of {} paid for by {}", what.3, what.0, what.1);
            all.expect(format!("{of}: what its account has paid"), kept.customer, sum.customer);
            all.expect(format!("{of}: what its partner has paid"), kept.partner, sum.partner);
            let Parts { granted, cash, credit } = sum.parts;
            all.expect(format!("{of}: what gifts have paid"), kept.parts.granted, granted);
            all.expect(format!("{of}: what cash has paid"), kept.parts.cash, cash);
            all.expect(format!("{of}: what own credit has paid"), kept.parts.credit, credit);
            let over: Units =
                [sum.customer, sum.partner, granted, cash, credit].into_iter().map(|one| one.min(0)).sum();
            all.expect(format!("{of}: it gives back what was paid"), over, 0);
        }
    }

    fn recount_accounts(&self, all: &mut Recount) {
        let [paid_in, given] = self.topped_up();
        let mut charged: BTreeMap<Uin, Parts> = BTreeMap::new();
        for line in &self.lines {
            let sum = charged.entry(line.buyer.payer).or_default();
            *sum = sum.and(line.parts.unwrap_or_default());
        }
        for (uin, account) in &self.accounts {
            let Account { bound, own, .. } = account;
            let (spending, open) = (account.spending(), all.open.remove(uin).unwrap_or_default());
            let kept = [spending.processing, spending.parked, spending.authorizations];
            let names = ["processing orders", "parked orders", "open authorizations"];
            for (name, (kept, open)) in names.into_iter().zip(kept.into_iter().zip(open)) {
                all.expect(format!("account {uin}: {name} are counted"), kept.into(), open.into());
            }
            let [held, frozen] = all.of_money.remove(uin).unwrap_or_default();
            all.expect(format!("account {uin}: its money held is the sum of its holds"), own.held, held);
            all.expect(format!("account {uin}: its money frozen is the sum of its freezes"), own.frozen, frozen);
            let of = |sums: &BTreeMap<Uin, Units>| sums.get(uin).copied().unwrap_or_default();
            let Parts { granted, cash, credit } = charged.remove(uin).unwrap_or_default();
            all.expect(format!("account {uin}: what gifts have left"), own.granted, of(&given) - granted);
            // What is repaid was owed before and is cash, so that only both together are a sum.
            let cash = of(&paid_in) - cash - credit;
            all.expect(format!("account {uin}: what cash has left and is not owed"), own.cash - own.owed, cash);
            let Own { granted, limit, owed, .. } = own;
            let below: Units = [granted, limit, owed].into_iter().map(|one| one.min(&0)).sum();
            all.expect(format!("account {uin}: only its cash goes below zero"), below, 0);
            if let Some(bound) = bound {
                self.recount_bound(all, *uin, bound);
            }
        }
    }

    fn recount_bound(&self, all: &mut Recount, uin: Uin, bound: &Bound) {
        let open = self.unpaid.get(&uin).into_iter().flatten().map(|at| &self.lines[*at]);
        let used = open.filter(|line| line.buyer.tie() == Some(bound.tie())).map(|line| line.amount()).sum();
        let [held, frozen] = all.on_credit.remove(&uin).unwrap_or_default();
        all.expect(format!("account {uin}: used is the sum of its unpaid lines"), bound.used, used);
        all.expect(format!("account {uin}: prepay frozen is the sum of its holds"), bound.held, held);
        all.expect(format!("account {uin}: postpay frozen is the sum of its freezes"), bound.frozen, frozen);
        all.expect(format!("account {uin}: its total is not below zero"), bound.total.min(0), 0);
    }

    /// What each account was paid in, less what it handed over to others, and what it was given.
    fn topped_up(&self) -> [BTreeMap<Uin, Units>; 2] {
        let sums = |wanted: TopUpKind| {
            let mut sums = BTreeMap::new();
            for (uin, _, amount) in self.top_ups.iter().filter(|(_, kind, _)| *kind == wanted) {
                *sums.entry(*uin).or_default() += amount;
            }
            sums
        };
        let mut paid_in = sums(TopUpKind::Cash);
        self.handed_over(&mut paid_in);
        [paid_in, sums(TopUpKind::Granted)]
    }

    fn recount_partners(&self, all: &mut Recount) {
        let mut handed_out: BTreeMap<Uin, Units> = BTreeMap::new();
        for bound in self.accounts.values().filter_map(|account| account.bound.as_ref()) {
            *handed_out.entry(bound.partner).or_default() += bound.total;
        }
        for partner in self.partners.values() {
            if let Some(above) = partner.above {
                *handed_out.entry(above).or_default() += partner.quota;
            }
        }
        for (uin, partner) in &self.partners {
            let sum = handed_out.remove(uin).unwrap_or_default();
            all.expect(format!("partner {uin}: allocated is the sum of what it handed out"), partner.allocated, sum);
            all.expect(
                format!("partner {uin}: nothing above the quota"),
                (partner.allocated - partner.quota).max(0),
                0,
            );
            let Spend { held, frozen, .. } = partner.spend.unwrap_or_default();
            let [holds, freezes] = all.on_spend_line.remove(uin).unwrap_or_default();
            all.expect(format!("partner {uin}: held is the sum of its holds"), held, holds);
            all.expect(format!("partner {uin}: frozen is the sum of its freezes"), frozen, freezes);
        }
    }
}
