//! Purchases, what becomes of them, authorizations, vouchers, receipts and payments.

use super::{Chooser, DAY, HOUR};
use crate::act::{Act, Asked, PLATFORM, signer};
use credere_auditor::zone::{self, issued_at};
use credere_auditor::{Auditor, ONE, Step, Units, amount};
use credere_core::book::{Command, bills, buying, notices, vouchers};
use credere_core::channel::{
    ActionType, AuthorizationId, LineId, OrderId, OrderKind, OrderState, PartnerKind, PayMode, RefundScope, Uin,
    VoucherId, VoucherMode, VoucherUsage,
};
use credere_core::ledger::Month;

impl Chooser {
    pub(super) fn order(&mut self, world: &Auditor, account: Uin) -> buying::PlaceOrder {
        let kind = match self.dice.weighted(&[10, 3, 3, 2]) {
            0 => OrderKind::Purchase,
            1 => OrderKind::Renew,
            2 => OrderKind::Upgrade,
            _ => OrderKind::Downgrade,
        };
        let immediate = kind == OrderKind::Downgrade && !self.dice.chance(1, 10);
        let resource = (!self.dice.chance(1, 4)).then(|| self.prepaid_name(account)).flatten();
        let limit = match &resource {
            Some(resource) if kind == OrderKind::Downgrade => world.left_to_downgrade(account, resource),
            _ => self.available(world, account),
        };
        buying::PlaceOrder {
            account,
            product: self.product(),
            kind,
            amount: self.some_amount(limit),
            resource,
            capture: immediate || self.dice.chance(2, 3),
            park: !immediate && self.dice.chance(1, 4),
            details: self.details(),
        }
    }

    pub(super) fn purchase(&mut self, world: &Auditor) -> Act {
        let account = self.account();
        let order = self.order(world, account);
        self.asks(Command::from(order))
    }

    /// Pays, delivers or cancels an order, mostly one that is open.
    pub(super) fn on_open_order(&mut self, world: &Auditor) -> Act {
        let open: Vec<u64> = world.open_orders.iter().copied().collect();
        let some = if self.dice.chance(1, 12) { self.delivered(world) } else { self.dice.pick(&open).copied() };
        let Some(id) = some else { return self.purchase(world) };
        let parked = world.orders.get(&id).is_some_and(|order| order.state == OrderState::ToBePaid);
        let account = world.orders.get(&id).map(|order| order.buyer.account);
        let paid_for = account.is_some_and(|account| world.payer_of(account).is_some());
        let by = match self.dice.weighted(&[if paid_for { 30 } else { 1 }, 5, 10]) {
            0 => buying::PayBy::Payer,
            1 => buying::PayBy::Partner,
            _ => buying::PayBy::Customer,
        };
        let order = OrderId(id);
        let pay = Command::from(buying::PayOrder { order: order.into(), by });
        let command = match self.dice.weighted(&[5, 2, 1, if paid_for { 3 } else { 0 }]) {
            3 => Command::from(notices::RequestPayment { order: order.into() }),
            0 if parked => pay,
            0 => Command::from(buying::DeliverOrder { order: order.into() }),
            1 => Command::from(buying::CancelOrder { order: order.into() }),
            _ if parked => Command::from(buying::DeliverOrder { order: order.into() }),
            _ => pay,
        };
        self.asks(command)
    }

    /// Some order of lately that was charged, or ended otherwise.
    fn delivered(&mut self, world: &Auditor) -> Option<u64> {
        let skip = usize::try_from(self.dice.below(30)).unwrap_or(0);
        world.orders.keys().rev().nth(skip).copied()
    }

    pub(super) fn refund(&mut self, world: &Auditor) -> Act {
        let Some(id) = self.delivered(world) else { return self.purchase(world) };
        let order = world.orders.get(&id);
        let of_resource = self.dice.chance(1, 2);
        let left = match order.and_then(|order| Some((order.buyer.account, order.resource.as_ref()?))) {
            Some((account, resource)) if of_resource => world.unrefunded(account, resource),
            _ => order.map_or(ONE, |order| order.paid() - order.refunded),
        };
        // All that is left, which is nothing of an order that vouchers paid in full.
        let amount = if left == 0 || self.dice.chance(1, 3) { amount(left) } else { self.some_amount(left) };
        let scope = if of_resource { RefundScope::Resource } else { RefundScope::Order };
        let capture = self.dice.chance(3, 4);
        self.asks(Step::Refund { order: OrderId(id), amount, scope, capture })
    }

    /// A batch of authorizations, captures and releases.
    pub(super) fn operations(&mut self, world: &Auditor) -> Act {
        let mut open: Vec<u64> = world.authorizations.keys().copied().collect();
        let many = 1 + self.dice.weighted(&[5, 2, 1, 1]);
        let steps = (0..many).map(|_| {
            let key = self.key();
            let at = usize::try_from(self.dice.below(open.len() as u64)).unwrap_or(0);
            let command = match self.dice.weighted(&[4, 3, 2]) {
                which @ (1 | 2) if !open.is_empty() => {
                    // At times one that an earlier step of this batch has closed.
                    let opened_seq = if self.dice.chance(1, 10) { open[at] } else { open.swap_remove(at) };
                    self.on_authorization(world, opened_seq, which == 1)
                }
                _ => self.authorization(world),
            };
            (key, Step::Command(command))
        });
        let steps = steps.collect();
        Act { actor: PLATFORM, asked: Asked::Batch(steps) }
    }

    fn authorization(&mut self, world: &Auditor) -> Command {
        let account = self.account();
        let limit = self.available(world, account);
        let expires_at = match self.dice.weighted(&[5, 4, 1]) {
            0 => None,
            1 => Some(world.now.plus_seconds(self.dice.between(HOUR, 30 * DAY))),
            _ => Some(world.now.plus_seconds(self.dice.between(-DAY, 31 * DAY))),
        };
        Command::from(buying::Authorize {
            account,
            product: self.product(),
            amount: self.some_amount(limit),
            expires_at,
        })
    }

    fn on_authorization(&mut self, world: &Auditor, opened_seq: u64, capture: bool) -> Command {
        let known = world.authorizations.get(&opened_seq);
        let other = self.dice.chance(1, 40);
        let account = if other { self.account() } else { known.map_or(super::uin(9_999), |open| open.buyer.account) };
        let authorization = AuthorizationId { account, opened_seq };
        if !capture {
            return Command::from(buying::Release { authorization });
        }
        let held = known.map_or(ONE, |open| open.price.list);
        let amount = (!self.dice.chance(1, 3)).then(|| match self.dice.below(4) {
            0 => amount(held + 1),
            _ => amount(held * Units::from(self.dice.between(0, 1_000)) / 1_000),
        });
        Command::from(buying::Capture { authorization, amount })
    }

    pub(super) fn voucher(&mut self, world: &Auditor) -> Act {
        if self.dice.chance(1, 5) {
            let skip = usize::try_from(self.dice.below(25)).unwrap_or(0);
            let id = world.vouchers.keys().rev().nth(skip).copied();
            if let Some(id) = id {
                return self.asks(Command::from(vouchers::InvalidateVoucher { voucher: VoucherId(id).into() }));
            }
        }
        let payers = self.pay_for_themselves(world);
        let own = self.dice.chance(1, 5).then(|| self.dice.pick(&payers).copied()).flatten();
        let customer = own.unwrap_or_else(|| self.customer());
        let partner = self.partner();
        let managing = self.manager_of(world, customer).unwrap_or(partner);
        let above = world.partners.get(&managing).and_then(|managing| managing.above).unwrap_or(managing);
        let (kind, owner) = match self.dice.weighted(&[5, 2, 2, 2, 1]) {
            0 => (vouchers::NewVoucherKind::Customer(None), customer),
            1 => (vouchers::NewVoucherKind::PartnerAll, partner),
            2 => (vouchers::NewVoucherKind::PartnerCustomer(customer), above),
            3 => (vouchers::NewVoucherKind::Customer(Some(above)), customer),
            _ => (vouchers::NewVoucherKind::PartnerCustomer(customer), partner),
        };
        let products = match self.dice.weighted(&[5, 3, 2]) {
            0 => vouchers::NewVoucherProducts::All,
            1 => vouchers::NewVoucherProducts::Only((0..2).map(|_| self.product()).collect()),
            _ => vouchers::NewVoucherProducts::Except((0..2).map(|_| self.product()).collect()),
        };
        let effective = world.now.plus_seconds(self.dice.between(-5 * DAY, 3 * DAY));
        let expires_at = match self.dice.weighted(&[8, 2, 1]) {
            0 => world.now.plus_seconds(self.dice.between(DAY, 90 * DAY)),
            // The same end for several, so that the order of drawing is decided by what follows.
            1 => issued_at(zone::month(world.now)),
            _ => effective.plus_seconds(self.dice.between(-DAY, DAY)),
        };
        let terms = vouchers::IssueVoucher {
            kind,
            owner,
            amount: self.voucher_amount(),
            usage: if self.dice.chance(1, 3) { VoucherUsage::ProductTrial } else { VoucherUsage::CustomerOffer },
            mode: match self.dice.below(4) {
                0 => VoucherMode::Prepaid,
                1 => VoucherMode::Postpaid,
                _ => VoucherMode::All,
            },
            products,
            effective_at: effective,
            expires_at,
        };
        self.asks(Command::from(terms))
    }

    fn voucher_amount(&mut self) -> credere_core::money::Amount {
        match self.dice.weighted(&[40, 4, 1, 1]) {
            0 => amount(Units::from(self.dice.between(1, 20_000)) * (ONE / 100)),
            1 => amount(Units::from(self.dice.between(1, 999_999_999))),
            2 => amount(1_000_000 * ONE + 1),
            _ => amount(-ONE),
        }
    }

    /// A receipt for a month, mostly one that is issued and has something open.
    pub(super) fn receipt(&mut self, world: &Auditor) -> Act {
        let customer = self.customer();
        let unpaid = world.unpaid.get(&customer).cloned().unwrap_or_default();
        let line = self.dice.pick(&unpaid).map(|at| world.lines[*at].clone());
        let this = zone::month(world.now);
        let month = match (&line, self.dice.weighted(&[12, 3, 1, 1])) {
            (Some(line), 0) => line.month,
            (_, 0 | 1) => this.previous(),
            (_, 2) => this,
            (_, _) => Month::from_number(this.number() - 20),
        };
        let actor = match &line {
            // Whoever the line is owed to, even after the binding's end (R141).
            Some(line) if self.dice.chance(1, 4) => line.buyer.tie().map_or(PLATFORM, |(partner, _)| signer(partner)),
            _ => self.seller_for(world, customer),
        };
        let step: Step = match self.dice.weighted(&[6, 2, 2, 3]) {
            0 => all(customer, month, None, None),
            1 => {
                let mode = if self.dice.chance(1, 2) { PayMode::PrePay } else { PayMode::PostPay };
                all(customer, month, Some(mode), None)
            }
            2 => {
                let action = line.as_ref().map_or(ActionType::PrepayPurchase, |line| line.action);
                all(customer, month, None, Some(action))
            }
            _ => {
                let of_month = world.bill_lines.get(&(customer, month)).cloned().unwrap_or_default();
                let named = (0..3).filter_map(|_| self.dice.pick(&of_month).copied());
                let mut lines: Vec<LineId> = named.map(|at| LineId(world.lines[at].seq)).collect();
                if lines.is_empty() || self.dice.chance(1, 15) {
                    lines.push(LineId(world.lines.first().map_or(1, |line| line.seq)));
                }
                Step::ConfirmLines { customer, month, lines }
            }
        };
        let key = (actor == PLATFORM && self.dice.chance(1, 4)).then(|| self.key());
        Act { actor, asked: Asked::One(key, step) }
    }

    pub(super) fn payment(&mut self, world: &Auditor) -> Act {
        let partner = self.partner();
        let used = world.partners.get(&partner).and_then(|it| it.spend).map_or(0, |spend| spend.used);
        let sells = self.kind_of(world, partner).is_some_and(|kind| kind != PartnerKind::Agent);
        let amount = if sells && self.dice.chance(3, 4) {
            amount((used * Units::from(self.dice.between(100, 1_000)) / 1_000).max(1))
        } else {
            self.some_amount(used)
        };
        self.asks(Command::from(bills::PayPlatform { partner, amount }))
    }
}

fn all(customer: Uin, month: Month, pay_mode: Option<PayMode>, action: Option<ActionType>) -> Step {
    Command::from(bills::ConfirmReceipt { customer, month, lines: bills::ReceiptLines::All { pay_mode, action } })
        .into()
}
