//! Holding an event against the auditor's account: what was charged, to whom, at which price and with which vouchers; what
//! came back, what was released, and how far an order is.

use super::facts::{Buyer, Means, Parts, Price, Uses};
use super::{Auditor, Difference, Units, expect_equal, units};
use credere_core::book::{Event, bills, buying, metering};
use credere_core::channel::{
    ActionType, Binding, Charge, Order, Paying, Price as KeptPrice, RefundScope, Share, Uin, VoucherUse,
};
use credere_core::ledger::{Month, Parts as Paid};
use credere_core::money::Rate;

/// Everything that a charge says, in the auditor's words.
#[derive(Debug, PartialEq, Eq)]
struct Charged {
    buyer: Buyer,
    month: Month,
    action: ActionType,
    product: u32,
    price: Price,
    uses: Uses,
    parts: Option<Parts>,
}

impl Auditor {
    /// What differs between what the step at `seq` has just come to here, and the event that it became.
    pub fn check_event(&self, seq: u64, event: &Event) -> Vec<Difference> {
        let mut all = Vec::new();
        match event {
            Event::Bills(bills::Event::ReceiptConfirmed(receipt)) => {
                let (back, confirmed) = &self.last_receipt;
                let expected = (*back, confirmed.len() as u64);
                let found = (units(receipt.returned), u64::from(receipt.lines));
                expect_equal(&mut all, "what comes back", &expected, &found);
                if let Some(named) = &receipt.named {
                    let named: Vec<u64> = named.iter().map(|line| line.0).collect();
                    expect_equal(&mut all, "the lines that were confirmed", confirmed, &named);
                }
            }
            Event::Metering(metering::Event::ResourceTerminated(fact)) => {
                let released = (units(fact.released.customer), units(fact.released.partner));
                expect_equal(&mut all, "what is released", &self.last_release, &released);
            }
            Event::Metering(metering::Event::UsageSettled(fact)) => {
                let packs = fact.covered.iter().flat_map(|covered| &covered.packs);
                let found: Vec<_> = packs.map(|one| (one.pack.0, Units::from(one.units.units()))).collect();
                expect_equal(&mut all, "what packs cover", &self.last_covered, &found);
            }
            Event::Buying(buying::Event::OrderChanged(fact)) => {
                self.check_order(&fact.order, &mut all);
                if let Some(refund) = fact.order.refund.as_ref().filter(|refund| refund.scope == RefundScope::Order) {
                    // How it stands is told only where that changes.
                    if fact.change == buying::OrderChange::Delivered {
                        self.check_order(&refund.of, &mut all);
                    }
                }
                if fact.charge.is_some() {
                    self.check_shares(seq, &fact.order.shares, &mut all);
                }
            }
            Event::Buying(buying::Event::OrderRefunded(fact)) => {
                self.check_order(&fact.order, &mut all);
                self.check_shares(seq, &fact.shares, &mut all);
            }
            Event::Buying(buying::Event::AuthorizationOpened(opened)) => {
                let found = buyer(opened.account, opened.paying, opened.binding);
                expect_equal(&mut all, "who pays", &self.buyer(opened.account).map(Buyer::told).ok(), &Some(found));
            }
            _ => {}
        }
        // What goes back to others than the first has come right behind.
        let line = self.lines.iter().rev().take_while(|line| line.seq >= seq).find(|line| line.seq == seq);
        let expected = line.map(|line| Charged {
            buyer: line.buyer.told(),
            month: line.month,
            action: line.action,
            product: line.product,
            price: line.price,
            uses: line.uses.clone(),
            parts: line.parts,
        });
        expect_equal(&mut all, "what is charged", &expected, &event.charge().map(charged));
        all
    }

    /// What goes back to whom, line by line.
    fn check_shares(&self, seq: u64, shares: &[Share], all: &mut Vec<Difference>) {
        if shares.is_empty() {
            return;
        }
        let lines = self.lines.iter().rev().take_while(|line| line.seq >= seq);
        let mut expected: Vec<_> = lines.map(|line| (line.buyer.told(), line.price, line.parts)).collect();
        expected.reverse();
        let found: Vec<_> = shares
            .iter()
            .map(|share| {
                let price = price(&share.price);
                // Of the account only the lines tell, which are compared besides.
                let account = expected.first().map_or(share.paying.payer, |(buyer, ..)| buyer.account);
                (buyer(account, share.paying, share.binding), price, share.parts.map(parts))
            })
            .collect();
        expect_equal(all, "what goes back to whom", &expected, &found);
    }

    fn check_order(&self, order: &Order, all: &mut Vec<Difference>) {
        let pays = buyer(order.account, order.paying, order.binding);
        let returned = (units(order.refunded), units(order.partner_refunded));
        let found = (order.state, pays, order.parts.map(parts), returned);
        let kept = self.orders.get(&order.id.0);
        let expected =
            kept.map(|kept| (kept.state, kept.buyer.told(), kept.parts, (kept.refunded, kept.partner_refunded)));
        expect_equal(all, &format!("order {}", order.id.0), &expected, &Some(found));
    }
}

fn charged(charge: &Charge) -> Charged {
    let uses = |uses: &[VoucherUse]| uses.iter().map(|one| (one.voucher.0, units(one.amount))).collect();
    Charged {
        buyer: buyer(charge.account, charge.paying, charge.binding),
        month: charge.month,
        action: charge.action,
        product: charge.product,
        price: price(&charge.price),
        uses: Uses { customer: uses(&charge.vouchers), partner: uses(&charge.partner_vouchers) },
        parts: charge.parts.map(parts),
    }
}

fn price(price: &KeptPrice) -> Price {
    let rate = |rate: Rate| Units::from(rate.units());
    Price {
        list: units(price.list),
        customer_rate: rate(price.customer_rate),
        partner_rate: price.partner_rate.map_or(0, rate),
        customer: units(price.customer),
        partner: units(price.partner),
    }
}

fn buyer(account: Uin, paying: Paying, binding: Option<Binding>) -> Buyer {
    let means = match (binding, paying.partner) {
        (Some(Binding { partner, seq }), _) => Means::Credit((partner, seq)),
        (None, Some(_)) => Means::SpendLine,
        (None, None) => Means::Money,
    };
    Buyer { account, own: None, payer: paying.payer, means, partner: paying.partner }
}

fn parts(parts: Paid) -> Parts {
    Parts { granted: units(parts.granted), cash: units(parts.cash), credit: units(parts.credit) }
}
