//! Holding an event against the auditor's account: what was charged, to whom, at which price and with which vouchers; what
//! came back, what was released, and how far an order is.

use super::facts::{Price, Tie, Uses};
use super::{Auditor, Difference, Units, expect_equal, units};
use credere_core::book::{Event, bills, buying, metering};
use credere_core::channel::{ActionType, Charge, Order, Uin, VoucherUse};
use credere_core::ledger::Month;
use credere_core::money::Rate;

/// Everything that a charge says, in the auditor's words.
#[derive(Debug, PartialEq, Eq)]
struct Charged {
    account: Uin,
    tie: Option<Tie>,
    payer: Uin,
    partner: Option<Uin>,
    month: Month,
    action: ActionType,
    product: u32,
    price: Price,
    uses: Uses,
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
            Event::Buying(buying::Event::OrderChanged(fact)) => self.check_order(&fact.order, &mut all),
            Event::Buying(buying::Event::OrderRefunded(fact)) => self.check_order(&fact.order, &mut all),
            Event::Buying(buying::Event::AuthorizationOpened(opened)) => {
                let expected = self.buyer(opened.account).ok().map(|buyer| (buyer.payer, Some(buyer.partner)));
                expect_equal(&mut all, "who pays", &expected, &Some((opened.paying.payer, opened.paying.partner)));
            }
            _ => {}
        }
        let line = self.lines.last().filter(|line| line.seq == seq);
        let expected = line.map(|line| Charged {
            account: line.account,
            tie: line.tie,
            payer: line.payer,
            partner: Some(line.partner),
            month: line.month,
            action: line.action,
            product: line.product,
            price: line.price,
            uses: line.uses.clone(),
        });
        expect_equal(&mut all, "what is charged", &expected, &event.charge().map(charged));
        all
    }

    fn check_order(&self, order: &Order, all: &mut Vec<Difference>) {
        let pays = (order.paying.payer, order.paying.partner);
        let found = (order.state, pays, units(order.refunded), units(order.partner_refunded));
        let kept = self.orders.get(&order.id.0);
        let expected =
            kept.map(|kept| (kept.state, (kept.payer, Some(kept.partner)), kept.refunded, kept.partner_refunded));
        expect_equal(all, &format!("order {}", order.id.0), &expected, &Some(found));
    }
}

fn charged(charge: &Charge) -> Charged {
    let rate = |rate: Rate| Units::from(rate.units());
    let uses = |uses: &[VoucherUse]| uses.iter().map(|one| (one.voucher.0, units(one.amount))).collect();
    Charged {
        account: charge.account,
        tie: charge.binding.map(|binding| (binding.partner, binding.seq)),
        payer: charge.paying.payer,
        partner: charge.paying.partner,
        month: charge.month,
        action: charge.action,
        product: charge.product,
        price: Price {
            list: units(charge.price.list),
            customer_rate: rate(charge.price.customer_rate),
            partner_rate: rate(charge.price.partner_rate),
            customer: units(charge.price.customer),
            partner: units(charge.price.partner),
        },
        uses: Uses { customer: uses(&charge.vouchers), partner: uses(&charge.partner_vouchers) },
    }
}
