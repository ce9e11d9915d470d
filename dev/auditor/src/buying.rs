//! Prepaid orders and authorizations (R54-R61, R81-R82, R87-R88, R112-R114, R128-R132, A5).

use super::arithmetic::{Units, share};
use super::bills::Posting;
use super::facts::{Authorization, Order, Price, Use, Uses, total};
use super::price::{Buyer, priced};
use super::refusal::refuse_for;
use super::{Auditor, Judged, refuse, units, zone};
use credere_core::book::buying;
use credere_core::channel::{
    ActionType, AuthorizationId, OrderId, OrderKind, OrderState, PayMode, ProductCode, Uin, VoucherStatus,
};
use credere_core::ledger::Moment;

const DAY: i64 = 86_400;

/// What a delivered order is called on the bill (R81).
fn action(kind: OrderKind) -> ActionType {
    match kind {
        OrderKind::Purchase => ActionType::PrepayPurchase,
        OrderKind::Renew => ActionType::PrepayRenew,
        OrderKind::Upgrade | OrderKind::Downgrade => ActionType::PrepayModify,
    }
}

impl Auditor {
    pub(super) fn place_order(&mut self, seq: u64, new: &buying::PlaceOrder) -> Judged {
        let buyer = self.buyer(new.account)?;
        let product = self.product(&new.product)?;
        let downgrade = new.kind == OrderKind::Downgrade;
        if !downgrade {
            self.must_be_free(&buyer)?;
        } else if new.resource.is_none() {
            return refuse("resource_required");
        } else if !new.capture || new.park {
            return refuse("downgrade_is_immediate");
        }
        let asked = units(new.amount);
        if asked <= 0 {
            return refuse("amount_not_positive");
        }
        let mut price = self.price(&buyer, product, if downgrade { -asked } else { asked })?;
        let tie = self.line_of(new.account).map(|line| line.tie());
        if let (true, Some(resource)) = (downgrade, new.resource.clone()) {
            // Neither side gets back what it never paid; the account's decides (R82).
            let seq = tie.map_or(0, |(_, seq)| seq);
            let paid = self.paid.get(&(new.account, seq, resource)).copied().unwrap_or_default();
            if -price.customer > paid.0 {
                let figures = [("requested", -price.customer), ("paid", paid.0)];
                return refuse_for("exceeds_paid", Some(new.account), figures);
            }
            price.partner = price.partner.max(-paid.1);
        }
        let uses = if downgrade { Uses::default() } else { self.uses(&buyer, &price, PayMode::PrePay, product) };
        let (customer, partner) = (price.customer - total(&uses.customer), price.partner - total(&uses.partner));
        let checked = if downgrade { Ok(()) } else { self.check(&buyer, customer, partner, false) };
        let (state, uses) = match checked {
            Ok(()) if new.capture => (OrderState::Delivered, uses),
            Ok(()) => (OrderState::Processing, uses),
            Err(_) if new.park => (OrderState::ToBePaid, Uses::default()),
            Err(refusal) => return Err(refusal),
        };
        let order = Order {
            account: new.account,
            payer: buyer.payer,
            partner: buyer.partner,
            tie,
            product,
            kind: new.kind,
            capture: new.capture,
            state,
            price,
            uses,
            refunded: 0,
            partner_refunded: 0,
            resource: new.resource.clone(),
        };
        self.order_paid(seq, seq, &buyer, order);
        Ok(())
    }

    pub(super) fn pay_order(&mut self, seq: u64, id: u64, by: buying::PayBy) -> Judged {
        let order = self.order_in(id, OrderState::ToBePaid, "order_not_payable")?;
        let buyer = self.buyer(order.account)?;
        self.must_be_free(&buyer)?;
        let (uses, skip) = match by {
            buying::PayBy::Customer => (self.uses(&buyer, &order.price, PayMode::PrePay, order.product), false),
            // Vouchers do not pay what is paid on behalf (R114, R130).
            buying::PayBy::Partner => (Uses::default(), self.choices.pay_on_behalf_skips_customer_check),
        };
        let customer = order.price.customer - total(&uses.customer);
        self.check(&buyer, customer, order.price.partner - total(&uses.partner), skip)?;
        let state = if order.capture { OrderState::Delivered } else { OrderState::Processing };
        let order = Order { state, uses, ..order };
        self.order_paid(seq, id, &buyer, order);
        Ok(())
    }

    pub(super) fn deliver_order(&mut self, seq: u64, id: u64) -> Judged {
        let mut order = self.order_in(id, OrderState::Processing, "order_not_processing")?;
        let buyer = self.buyer(order.account)?;
        order.state = OrderState::Delivered;
        let (customer, partner) = (order.paid(), order.partner_paid());
        self.shift(&buyer, [0, -customer, 0], [0, -partner, 0]);
        for uses in order.uses.sides() {
            self.use_vouchers(uses, |remaining, reserved, amount| (remaining, reserved - amount));
        }
        self.charge_order(seq, &buyer, &order);
        self.keep_order(id, order);
        Ok(())
    }

    pub(super) fn cancel_order(&mut self, id: u64) -> Judged {
        let Some(mut order) = self.orders.get(&id).cloned() else { return refuse("order_not_found") };
        match order.state {
            OrderState::ToBePaid => {}
            OrderState::Processing => {
                let buyer = self.buyer(order.account)?;
                self.shift(&buyer, [0, -order.paid(), 0], [0, -order.partner_paid(), 0]);
                for uses in order.uses.sides() {
                    self.use_vouchers(uses, |remaining, reserved, amount| (remaining + amount, reserved - amount));
                }
            }
            OrderState::Delivered | OrderState::Canceled | OrderState::Refunded => return refuse("order_not_open"),
        }
        order.state = OrderState::Canceled;
        let account = order.account;
        self.keep_order(id, order);
        self.note_change(account);
        Ok(())
    }

    /// Customer money back, the partner's in the same proportion; vouchers stay paid (R87-R88, R121).
    pub(super) fn refund(&mut self, seq: u64, id: OrderId, amount: Units) -> Judged {
        let Some(mut order) = self.orders.get(&id.0).cloned() else { return refuse("order_not_found") };
        if !matches!(order.state, OrderState::Delivered | OrderState::Refunded) {
            return refuse("order_not_delivered");
        }
        let paid = order.paid();
        let closes = amount == 0 && paid == 0 && order.price.list > 0;
        let over = order.state == OrderState::Refunded;
        if closes && over {
            return refuse("order_not_delivered");
        }
        if amount <= 0 && !closes {
            return refuse("amount_not_positive");
        }
        // What downgrades of the resource gave back is not there any more.
        let left = order.prepaid().map(|what| self.paid.get(&what).copied().unwrap_or_default());
        let own = if over { 0 } else { paid - order.refunded };
        let refundable = left.map_or(own, |(customer, _)| own.min(customer));
        if amount > refundable {
            return refuse_for("exceeds_refundable", None, [("requested", amount), ("refundable", refundable)]);
        }
        let before = order.refunded;
        order.refunded += amount;
        let partner_paid = order.partner_paid();
        let after = if closes { partner_paid } else { share(partner_paid, order.refunded, paid) };
        let due = after - order.partner_refunded;
        let partner = left.map_or(due, |(_, partner)| due.min(partner));
        order.partner_refunded += partner;
        self.pay_for(&order, (-amount, -partner));
        // At list price only what credit paid comes back, so that the line's price times its rate is its amount (R79).
        let at_list = |refunded| share(order.price.list, refunded, order.price.customer);
        let list = if closes { 0 } else { at_list(order.refunded) - at_list(before) };
        if amount == refundable {
            order.state = OrderState::Refunded;
        }
        self.post(Posting {
            seq,
            account: order.account,
            tie: order.tie,
            payer: order.payer,
            partner: order.partner,
            month: zone::month(self.now),
            action: ActionType::PrepayReturn,
            product: order.product,
            price: Price { list: -list, customer: -amount, partner: -partner, ..order.price },
            uses: Uses::default(),
        });
        let account = order.account;
        self.keep_order(id.0, order);
        self.note_change(account);
        Ok(())
    }

    fn order_in(&self, id: u64, wanted: OrderState, otherwise: &'static str) -> Result<Order, super::Refusal> {
        match self.orders.get(&id) {
            None => refuse("order_not_found"),
            Some(order) if order.state == wanted => Ok(order.clone()),
            Some(_) => refuse(otherwise),
        }
    }

    /// A new or paid order: charged, held, or only kept.
    fn order_paid(&mut self, seq: u64, id: u64, buyer: &Buyer, order: Order) {
        match order.state {
            OrderState::Delivered => {
                for uses in order.uses.sides() {
                    self.use_vouchers(uses, |remaining, reserved, amount| (remaining - amount, reserved));
                }
                self.charge_order(seq, buyer, &order);
            }
            OrderState::Processing => {
                self.shift(buyer, [0, order.paid(), 0], [0, order.partner_paid(), 0]);
                for uses in order.uses.sides() {
                    self.use_vouchers(uses, |remaining, reserved, amount| (remaining - amount, reserved + amount));
                }
            }
            OrderState::ToBePaid | OrderState::Canceled | OrderState::Refunded => {}
        }
        let account = order.account;
        self.keep_order(id, order);
        self.note_change(account);
    }

    fn charge_order(&mut self, seq: u64, buyer: &Buyer, order: &Order) {
        self.post(Posting {
            seq,
            account: order.account,
            tie: order.tie,
            payer: buyer.payer,
            partner: buyer.partner,
            month: zone::month(self.now),
            action: action(order.kind),
            product: order.product,
            price: order.price,
            uses: order.uses.clone(),
        });
        self.pay_for(order, (order.paid(), order.partner_paid()));
        self.note_change(order.account);
    }

    /// Notes what an order has paid for the resource that it names, or given back of it.
    fn pay_for(&mut self, order: &Order, by: (Units, Units)) {
        let Some(what) = order.prepaid() else { return };
        let paid = self.paid.entry(what.clone()).or_default();
        *paid = (paid.0 + by.0, paid.1 + by.1);
        if *paid == (0, 0) {
            self.paid.remove(&what);
        }
    }

    fn keep_order(&mut self, id: u64, order: Order) {
        let (account, state) = (order.account, order.state);
        let before = self.orders.get(&id).map(|order| order.state);
        if let Some(line) = self.accounts.get_mut(&account).and_then(|account| account.bound.as_mut())
            && order.tie.is_some()
        {
            match before {
                Some(OrderState::ToBePaid) => line.parked -= 1,
                Some(OrderState::Processing) => line.processing -= 1,
                Some(_) | None => {}
            }
            match state {
                OrderState::ToBePaid => line.parked += 1,
                OrderState::Processing => line.processing += 1,
                OrderState::Delivered | OrderState::Canceled | OrderState::Refunded => {}
            }
        }
        if matches!(state, OrderState::ToBePaid | OrderState::Processing) {
            self.open_orders.insert(id);
        } else {
            self.open_orders.remove(&id);
        }
        self.touched.insert(account);
        self.changed_orders.insert(id);
        self.orders.insert(id, order);
    }

    /// Changes what is left of vouchers and what is set aside.
    pub(super) fn use_vouchers(&mut self, uses: &[Use], change: impl Fn(Units, Units, Units) -> (Units, Units)) {
        for (id, amount) in uses {
            let Some(voucher) = self.vouchers.get_mut(id) else { continue };
            let before = voucher.remaining;
            (voucher.remaining, voucher.reserved) = change(before, voucher.reserved, *amount);
            // What comes back to one that was taken back is its issuer's again.
            let given_up = if voucher.state == VoucherStatus::Invalidated { voucher.remaining - before } else { 0 };
            if let Some(issuer) = voucher.issuer.and_then(|issuer| self.partners.get_mut(&issuer)) {
                issuer.vouchers_issued -= given_up;
            }
            self.touched.extend(voucher.issuer.filter(|_| given_up != 0));
            if voucher.state == VoucherStatus::Issued && voucher.remaining == 0 && voucher.reserved == 0 {
                voucher.state = VoucherStatus::Used;
            }
            self.changed_vouchers.insert(*id);
            self.touched.insert(voucher.owner);
            self.retire_voucher(*id);
        }
    }

    pub(super) fn authorize(
        &mut self,
        seq: u64,
        account: Uin,
        product: &ProductCode,
        amount: Units,
        expires_at: Option<Moment>,
    ) -> Judged {
        let buyer = self.buyer(account)?;
        let product = self.product(product)?;
        self.must_be_free(&buyer)?;
        let expires_at = expires_at.unwrap_or(self.now.plus_seconds(7 * DAY));
        if expires_at <= self.now || expires_at > self.now.plus_seconds(30 * DAY) {
            return refuse("expiry_out_of_range");
        }
        if amount <= 0 {
            return refuse("amount_not_positive");
        }
        let price = self.price(&buyer, product, amount)?;
        self.check(&buyer, price.customer, price.partner, false)?;
        self.shift(&buyer, [0, price.customer, 0], [0, price.partner, 0]);
        self.count_authorization(account, buyer.bound, true);
        let (partner, bound) = (buyer.partner, buyer.bound);
        self.expiries.insert((expires_at, seq));
        self.authorizations.insert(seq, Authorization { account, partner, bound, product, price, expires_at });
        self.note_change(account);
        Ok(())
    }

    /// Charged at the rates of the opening; vouchers pay first, and the rest of the hold is free again.
    pub(super) fn capture(&mut self, seq: u64, id: AuthorizationId, amount: Option<Units>) -> Judged {
        let open = self.open_authorization(id)?;
        let list = amount.unwrap_or(open.price.list);
        if list <= 0 {
            return refuse("amount_not_positive");
        }
        if list > open.price.list {
            let figures = [("requested", list), ("open", open.price.list)];
            return refuse_for("exceeds_authorization", None, figures);
        }
        let buyer = self.buyer(open.account)?;
        let price = priced(list, (open.price.customer_rate, open.price.partner_rate));
        let uses = self.uses(&buyer, &price, PayMode::PrePay, open.product);
        self.close_authorization(id, &open);
        for uses in uses.sides() {
            self.use_vouchers(uses, |remaining, reserved, amount| (remaining - amount, reserved));
        }
        self.post(Posting {
            seq,
            account: open.account,
            tie: self.line_of(open.account).map(|line| line.tie()),
            payer: buyer.payer,
            partner: open.partner,
            month: zone::month(self.now),
            action: ActionType::PrepayPurchase,
            product: open.product,
            price,
            uses,
        });
        self.note_change(open.account);
        Ok(())
    }

    pub(super) fn release(&mut self, id: AuthorizationId) -> Judged {
        let open = self.open_authorization(id)?;
        self.close_authorization(id, &open);
        self.note_change(open.account);
        Ok(())
    }

    /// An authorization that is to expire: its time must be over.
    pub(super) fn expire_now(&mut self, id: AuthorizationId) -> Judged {
        let open = self.open_authorization(id)?;
        if self.now < open.expires_at {
            return refuse("authorization_not_due");
        }
        self.expire(id.opened_seq);
        Ok(())
    }

    pub(super) fn expire(&mut self, opened_seq: u64) {
        let Some(open) = self.authorizations.get(&opened_seq).cloned() else { return };
        self.close_authorization(AuthorizationId { account: open.account, opened_seq }, &open);
        self.note_change(open.account);
    }

    fn open_authorization(&self, id: AuthorizationId) -> Result<Authorization, super::Refusal> {
        match self.authorizations.get(&id.opened_seq) {
            Some(open) if open.account == id.account => Ok(open.clone()),
            // A number that the journal has not reached never was one.
            _ if id.opened_seq >= NEVER => refuse("authorization_not_found"),
            _ => refuse("authorization_not_open"),
        }
    }

    fn close_authorization(&mut self, id: AuthorizationId, open: &Authorization) {
        self.authorizations.remove(&id.opened_seq);
        self.expiries.remove(&(open.expires_at, id.opened_seq));
        self.shift_customer(open.account, open.bound, [0, -open.price.customer, 0]);
        self.shift_partner(open.partner, [0, -open.price.partner, 0]);
        self.count_authorization(open.account, open.bound, false);
    }

    fn count_authorization(&mut self, account: Uin, bound: bool, more: bool) {
        let line = self.accounts.get_mut(&account).and_then(|account| account.bound.as_mut()).filter(|_| bound);
        if let Some(line) = line {
            line.authorizations = if more { line.authorizations + 1 } else { line.authorizations - 1 };
        }
    }
}

/// A number that no journal of a world that is tested reaches.
pub const NEVER: u64 = 1 << 50;
