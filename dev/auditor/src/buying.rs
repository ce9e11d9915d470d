//! Prepaid orders and authorizations (R54-R61, R81, R112-R114, R128-R132, A5). What comes back is in `refunds`.

use super::arithmetic::Units;
use super::bills::Posting;
use super::facts::{Authorization, Buyer, DueNotice, Means, Order, Paid, Parts, Spending, Use, Uses};
use super::price::priced;
use super::refusal::refuse_for;
use super::vouchers::total;
use super::{Auditor, Judged, refuse, units, zone};
use credere_core::access::Actor;
use credere_core::book::buying;
use credere_core::channel::{
    ActionType, AuthorizationId, NoticeKind, OrderKind, OrderState, PayMode, ProductCode, Uin, VoucherStatus,
};
use credere_core::ledger::Moment;

const DAY: i64 = 86_400;

/// What a delivered order is called on the bill (R81).
pub(super) fn action(kind: OrderKind) -> ActionType {
    match kind {
        OrderKind::Purchase => ActionType::PrepayPurchase,
        OrderKind::Renew => ActionType::PrepayRenew,
        OrderKind::Upgrade | OrderKind::Downgrade => ActionType::PrepayModify,
        OrderKind::Refund => ActionType::PrepayReturn,
    }
}

impl Auditor {
    pub(super) fn place_order(&mut self, seq: u64, new: &buying::PlaceOrder) -> Judged {
        let buyer = self.buyer(new.account)?;
        let product = self.product(&new.product)?;
        let downgrade = new.kind == OrderKind::Downgrade;
        if new.kind == OrderKind::Refund {
            return refuse("order_not_found");
        }
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
        let price = self.price(&buyer, product, if downgrade { -asked } else { asked })?;
        if let (true, Some(resource)) = (downgrade, new.resource.clone()) {
            return self.downgrade(seq, new, resource, (buyer, product, price));
        }
        let uses = self.uses(&buyer, &price, PayMode::PrePay, product);
        let (customer, partner) = (price.customer - total(&uses.customer), price.partner - total(&uses.partner));
        let (state, uses) = match self.check(&buyer, customer, partner, false) {
            Ok(()) if new.capture => (OrderState::Delivered, uses),
            Ok(()) => (OrderState::Processing, uses),
            // What its payer has not is for it to pay or to cancel (O74).
            Err(_) if new.park || buyer.is_paid_for() => (OrderState::ToBePaid, Uses::default()),
            Err(refusal) => return Err(refusal),
        };
        let order = Order {
            buyer,
            product,
            kind: new.kind,
            capture: new.capture,
            state,
            price,
            uses,
            refunded: 0,
            partner_refunded: 0,
            promised: 0,
            partner_promised: 0,
            parts: None,
            returned: Parts::default(),
            resource: new.resource.clone(),
            shares: Vec::new(),
            refund: None,
        };
        self.order_paid(seq, seq, order);
        if state == OrderState::ToBePaid {
            self.tell_payer(new.account, NoticeKind::OrderToBePaid);
        }
        Ok(())
    }

    /// Whoever pays on behalf of an order's account is asked to pay it, once an hour (O83).
    pub(super) fn request_payment(&mut self, id: u64) -> Judged {
        let account = self.order_in(id, OrderState::ToBePaid, "order_not_payable")?.buyer.account;
        if self.payer_of(account).is_none() {
            return refuse("nobody_else_pays");
        }
        if self.requests.get(&id).is_some_and(|last| self.now < last.plus_seconds(3_600)) {
            return refuse("payment_requested_lately");
        }
        self.requests.insert(id, self.now);
        self.tell_payer(account, NoticeKind::PaymentRequested);
        Ok(())
    }

    /// Who pays on behalf of an account is told of an order of its.
    fn tell_payer(&mut self, customer: Uin, kind: NoticeKind) {
        let told = self.payer_of(customer).map(|recipient| DueNotice { recipient, customer, kind, level: None });
        self.due_notices.extend(told);
    }

    pub(super) fn pay_order(&mut self, seq: u64, actor: Actor, id: u64, by: buying::PayBy) -> Judged {
        self.must_be_its_own(actor, id, by)?;
        let order = self.order_in(id, OrderState::ToBePaid, "order_not_payable")?;
        let buyer = self.buyer(order.buyer.account)?;
        if buyer.is_paid_for() && by != buying::PayBy::Payer {
            return refuse("paid_on_behalf");
        }
        if by == buying::PayBy::Partner && buyer.partner.is_none() {
            return refuse("partner_not_found");
        }
        self.must_be_free(&buyer)?;
        let (uses, skip) = match by {
            buying::PayBy::Customer | buying::PayBy::Payer => {
                (self.uses(&buyer, &order.price, PayMode::PrePay, order.product), false)
            }
            // Vouchers do not pay what is paid on behalf (R114, R130).
            buying::PayBy::Partner => (Uses::default(), self.choices.pay_on_behalf_skips_customer_check),
        };
        let customer = order.price.customer - total(&uses.customer);
        self.check(&buyer, customer, order.price.partner - total(&uses.partner), skip)?;
        let state = if order.capture { OrderState::Delivered } else { OrderState::Processing };
        self.order_paid(seq, id, Order { buyer, state, uses, ..order });
        Ok(())
    }

    /// An account pays what it owes for itself or for a member that it pays for, a partner for its own customer (O75, R130). Of
    /// other orders it learns nothing, but that somebody else pays its own.
    fn must_be_its_own(&self, actor: Actor, id: u64, by: buying::PayBy) -> Judged {
        let (Actor::Account { uin: actor, .. }, Some(order)) = (actor, self.orders.get(&id)) else { return Ok(()) };
        if !self.open_orders.contains(&id) {
            return Ok(());
        }
        let owner = order.buyer.account;
        let payer = self.buyer(owner)?.payer;
        let managing = || self.binding_of(owner).map(|bound| bound.partner);
        let its_own = if by == buying::PayBy::Partner { managing() == Some(actor) } else { payer == actor };
        if its_own {
            Ok(())
        } else if owner == actor && payer != actor {
            refuse("paid_on_behalf")
        } else {
            refuse("order_not_found")
        }
    }

    pub(super) fn deliver_order(&mut self, seq: u64, id: u64) -> Judged {
        let mut order = self.order_in(id, OrderState::Processing, "order_not_processing")?;
        if order.kind == OrderKind::Refund {
            self.keep_promise(seq, id, order);
            return Ok(());
        }
        order.state = OrderState::Delivered;
        self.set_aside(&order.buyer, [-order.paid(), 0], [-order.partner_paid(), 0]);
        for uses in order.uses.sides() {
            self.use_vouchers(uses, |remaining, reserved, amount| (remaining, reserved - amount));
        }
        self.charge_order(seq, &mut order);
        self.keep_order(id, order);
        Ok(())
    }

    pub(super) fn cancel_order(&mut self, id: u64) -> Judged {
        let Some(mut order) = self.orders.get(&id).cloned() else { return refuse("order_not_found") };
        match order.state {
            OrderState::ToBePaid => {}
            OrderState::Processing if order.kind == OrderKind::Refund => self.break_promise(&order),
            OrderState::Processing => {
                self.set_aside(&order.buyer, [-order.paid(), 0], [-order.partner_paid(), 0]);
                for uses in order.uses.sides() {
                    self.use_vouchers(uses, |remaining, reserved, amount| (remaining + amount, reserved - amount));
                }
            }
            OrderState::Delivered | OrderState::Canceled | OrderState::Refunded => return refuse("order_not_open"),
        }
        order.state = OrderState::Canceled;
        let buyer = order.buyer;
        self.keep_order(id, order);
        self.note_purchase(&buyer);
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
    fn order_paid(&mut self, seq: u64, id: u64, mut order: Order) {
        match order.state {
            OrderState::Delivered => {
                for uses in order.uses.sides() {
                    self.use_vouchers(uses, |remaining, reserved, amount| (remaining - amount, reserved));
                }
                self.charge_order(seq, &mut order);
            }
            OrderState::Processing => {
                self.set_aside(&order.buyer, [order.paid(), 0], [order.partner_paid(), 0]);
                for uses in order.uses.sides() {
                    self.use_vouchers(uses, |remaining, reserved, amount| (remaining - amount, reserved + amount));
                }
            }
            OrderState::ToBePaid | OrderState::Canceled | OrderState::Refunded => {}
        }
        let buyer = order.buyer;
        self.keep_order(id, order);
        self.note_purchase(&buyer);
    }

    fn charge_order(&mut self, seq: u64, order: &mut Order) {
        order.parts = self.post(Posting {
            seq,
            buyer: order.buyer,
            month: zone::month(self.now),
            action: action(order.kind),
            product: order.product,
            price: order.price,
            uses: order.uses.clone(),
            back: None,
            paid_as_at: Some(self.now),
        });
        let (customer, partner, parts) = (order.paid(), order.partner_paid(), order.parts.unwrap_or_default());
        self.pay_for(seq, order, Paid { customer, partner, parts });
        self.note_purchase(&order.buyer);
    }

    /// Notes what an order has paid for the resource that it names, and when.
    fn pay_for(&mut self, seq: u64, order: &Order, by: Paid) {
        let Some(what) = order.prepaid() else { return };
        self.payments.insert(what.clone(), (order.buyer, seq));
        let paid = self.paid.get(&what).copied().unwrap_or_default();
        self.set_paid(what, paid.and(by));
    }

    pub(super) fn keep_order(&mut self, id: u64, order: Order) {
        let (account, state) = (order.buyer.account, order.state);
        let before = self.orders.get(&id).map(|order| order.state);
        if let Some(spending) = self.spending_through(&order.buyer) {
            match before {
                Some(OrderState::ToBePaid) => spending.parked -= 1,
                Some(OrderState::Processing) => spending.processing -= 1,
                Some(_) | None => {}
            }
            match state {
                OrderState::ToBePaid => spending.parked += 1,
                OrderState::Processing => spending.processing += 1,
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

    /// Where the account's open things are counted; a partner's own use is not.
    fn spending_through(&mut self, buyer: &Buyer) -> Option<&mut Spending> {
        let account = self.accounts.get_mut(&buyer.account)?;
        match buyer.means {
            Means::SpendLine => None,
            Means::Credit(_) | Means::Money => Some(account.spending_mut()),
        }
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
        self.set_aside(&buyer, [price.customer, 0], [price.partner, 0]);
        if let Some(spending) = self.spending_through(&buyer) {
            spending.authorizations += 1;
        }
        self.expiries.insert((expires_at, seq));
        self.authorizations.insert(seq, Authorization { buyer, product, price, expires_at });
        self.note_purchase(&buyer);
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
        let price = priced(list, (open.price.customer_rate, open.price.partner_rate));
        let uses = self.uses(&open.buyer, &price, PayMode::PrePay, open.product);
        self.close_authorization(id, &open);
        for uses in uses.sides() {
            self.use_vouchers(uses, |remaining, reserved, amount| (remaining - amount, reserved));
        }
        self.post(Posting {
            seq,
            buyer: open.buyer,
            month: zone::month(self.now),
            action: ActionType::PrepayPurchase,
            product: open.product,
            price,
            uses,
            back: None,
            paid_as_at: Some(self.now),
        });
        self.note_purchase(&open.buyer);
        Ok(())
    }

    pub(super) fn release(&mut self, id: AuthorizationId) -> Judged {
        let open = self.open_authorization(id)?;
        self.close_authorization(id, &open);
        self.note_purchase(&open.buyer);
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
        let account = open.buyer.account;
        self.close_authorization(AuthorizationId { account, opened_seq }, &open);
        self.note_purchase(&open.buyer);
    }

    fn open_authorization(&self, id: AuthorizationId) -> Result<Authorization, super::Refusal> {
        match self.authorizations.get(&id.opened_seq) {
            Some(open) if open.buyer.account == id.account => Ok(open.clone()),
            // A number that the journal has not reached never was one.
            _ if id.opened_seq >= NEVER => refuse("authorization_not_found"),
            _ => refuse("authorization_not_open"),
        }
    }

    fn close_authorization(&mut self, id: AuthorizationId, open: &Authorization) {
        self.authorizations.remove(&id.opened_seq);
        self.expiries.remove(&(open.expires_at, id.opened_seq));
        self.set_aside(&open.buyer, [-open.price.customer, 0], [-open.price.partner, 0]);
        if let Some(spending) = self.spending_through(&open.buyer) {
            spending.authorizations -= 1;
        }
    }
}

/// A number that no journal of a world that is tested reaches.
pub const NEVER: u64 = 1 << 50;
