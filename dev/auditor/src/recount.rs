//! The auditor audits itself: once a day every figure that it keeps step by step is made anew from the single lines,
//! holds, freezes, totals and pools that it should be the sum of (R13, R24-R27, R46).

use super::arithmetic::Units;
use super::facts::{Bound, Order, PrepaidResource, Spend};
use super::{Auditor, Difference};

use credere_core::channel::{OrderState, Uin};
use std::collections::BTreeMap;

impl Auditor {
    /// Every kept figure that is not the sum of its parts, and every law that does not hold.
    pub fn recount(&self) -> Vec<Difference> {
        let mut all = Vec::new();
        let mut expect = |what: String, kept: Units, computed: Units| {
            if kept != computed {
                all.push(Difference { what, expected: computed.to_string(), found: kept.to_string() });
            }
        };
        let mut sides: BTreeMap<Uin, [Units; 3]> = BTreeMap::new();
        let mut spends: BTreeMap<Uin, [Units; 2]> = BTreeMap::new();
        for (account, places) in &self.unpaid {
            let current = self.line_of(*account).map(Bound::tie);
            let theirs = places.iter().map(|at| &self.lines[*at]).filter(|line| line.tie.is_some());
            let used: Units = theirs.filter(|line| line.tie == current).map(|line| line.amount()).sum();
            sides.entry(*account).or_default()[0] += used;
        }
        let processing = self.open_orders.iter().filter_map(|id| self.orders.get(id));
        for order in processing.filter(|order| order.state == OrderState::Processing) {
            if order.tie.is_some() {
                sides.entry(order.account).or_default()[1] += order.paid();
            }
            spends.entry(order.partner).or_default()[0] += order.partner_paid();
        }
        for open in self.authorizations.values() {
            if open.bound {
                sides.entry(open.account).or_default()[1] += open.price.customer;
            }
            spends.entry(open.partner).or_default()[0] += open.price.partner;
        }
        for resource in self.resources.values() {
            sides.entry(resource.account).or_default()[2] += resource.frozen;
            if let Ok(buyer) = self.buyer(resource.account) {
                spends.entry(buyer.partner).or_default()[1] += resource.partner_frozen;
            }
        }
        let mut paid: BTreeMap<PrepaidResource, (Units, Units)> = BTreeMap::new();
        let charged = |order: &&Order| matches!(order.state, OrderState::Delivered | OrderState::Refunded);
        for order in self.orders.values().filter(charged) {
            let Some(what) = order.prepaid() else { continue };
            let sum = paid.entry(what).or_default();
            sum.0 += order.paid() - order.refunded;
            sum.1 += order.partner_paid() - order.partner_refunded;
        }
        for (what, sum) in paid {
            let kept = self.paid.get(&what).copied().unwrap_or_default();
            let (account, _, resource) = what;
            expect(format!("prepaid resource {resource} of {account}: what its account has paid"), kept.0, sum.0);
            expect(format!("prepaid resource {resource} of {account}: what its partner has paid"), kept.1, sum.1);
            let over = (sum.0.min(0), sum.1.min(0));
            expect(
                format!("prepaid resource {resource} of {account}: it gives back what was paid"),
                over.0 + over.1,
                0,
            );
        }
        let mut handed_out: BTreeMap<Uin, Units> = BTreeMap::new();
        for (uin, account) in &self.accounts {
            let Some(bound) = &account.bound else { continue };
            let [used, held, frozen] = sides.remove(uin).unwrap_or_default();
            expect(format!("account {uin}: used is the sum of its unpaid lines"), bound.used, used);
            expect(format!("account {uin}: prepay frozen is the sum of its holds"), bound.held, held);
            expect(format!("account {uin}: postpay frozen is the sum of its freezes"), bound.frozen, frozen);
            expect(format!("account {uin}: its total is not below zero"), bound.total.min(0), 0);
            *handed_out.entry(bound.partner).or_default() += bound.total;
        }
        for partner in self.partners.values() {
            if let Some(above) = partner.above {
                *handed_out.entry(above).or_default() += partner.quota;
            }
        }
        for (uin, partner) in &self.partners {
            let sum = handed_out.remove(uin).unwrap_or_default();
            expect(format!("partner {uin}: allocated is the sum of what it handed out"), partner.allocated, sum);
            expect(format!("partner {uin}: nothing above the quota"), (partner.allocated - partner.quota).max(0), 0);
            let Spend { held, frozen, .. } = partner.spend.unwrap_or_default();
            let [holds, freezes] = spends.remove(uin).unwrap_or_default();
            expect(format!("partner {uin}: held is the sum of its holds"), held, holds);
            expect(format!("partner {uin}: frozen is the sum of its freezes"), frozen, freezes);
        }
        all
    }
}
