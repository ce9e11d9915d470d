//! What must come of orders, authorizations, resources and usage: one price, one check, vouchers first.

use super::calendar::{DAY, issued_at, month_of, months_before};
use super::facts::{Bill, Cycle, Fact, Hold, Uses};
use super::figures::Resource;
use super::judge::{Judged, fits, refuse, units};
use super::rules::{share, up_to_cents};
use super::things::{Order, running};
use super::{Model, Refused};
use credere_core::book::{Rules, buying, metering};
use credere_core::channel::{ActionType, FreezeModel, OrderKind, OrderState, PayMode, ResourceState, Settlement};
use credere_core::ledger::Month;

/// One, as a rate or a factor.
const ONE: i128 = 100_000_000;

impl Model {
    pub(super) fn hold(
        &self,
        buyer: u64,
        (payer, bound_at): (u64, Option<u64>),
        product: &str,
        list: i128,
        now: i64,
    ) -> Result<Hold, Refused> {
        let partner_rate = self.rate(payer, true, [payer, payer], product, now);
        let customer_rate = match bound_at.and_then(|bound_at| self.bound_to(bound_at)) {
            Some(managing) => self.rate(buyer, false, [managing, payer], product, now),
            None => partner_rate,
        };
        let hold = Hold { buyer, bound_at, payer, product: product.to_owned(), list, customer_rate, partner_rate };
        if fits(hold.prices()) { Ok(hold) } else { refuse("amount_overflow") }
    }

    /// What vouchers pay of it: the customer's own of its side, the paying partner's of the partner's (R112, R56).
    fn uses(&self, hold: &Hold, prices: (i128, i128), mode: PayMode, now: i64) -> Uses {
        if hold.bound_at.is_none() {
            return Uses::default();
        }
        Uses {
            customer: self.draw(prices.0, hold, mode, now, false),
            partner: self.draw(prices.1, hold, mode, now, true),
        }
    }

    /// Whoever is suspended by force or not verified buys nothing new (R58).
    fn free_to_buy(&self, buyer: u64, bound_at: Option<u64>) -> Result<(), Refused> {
        let Some(bound_at) = bound_at else { return Ok(()) };
        if self.standing(buyer, bound_at).1.is_some() {
            return refuse("account_suspended");
        }
        if self.verified(buyer) { Ok(()) } else { refuse("account_unverified") }
    }

    /// The check of both sides (R54-R60): the customer first, then whoever pays the platform.
    fn check(&self, hold: &Hold, needs: (i128, i128), skip_customer: bool) -> Result<(), Refused> {
        let short = |side, account, required, available| Refused {
            side: Some(side),
            ..Refused::about("insufficient_credit", account, [("required", required), ("available", available)])
        };
        if hold.bound_at.is_some() && !skip_customer {
            let available = self.customer(hold.buyer)?.available;
            if needs.0 > available {
                return Err(short("customer", hold.buyer, needs.0, available));
            }
        }
        let available = match self.partner_or(hold.payer, "no_credit")?.spend {
            Some(spend) => spend.available,
            None => return refuse("no_credit"),
        };
        if needs.1 > available {
            return Err(short("partner", hold.payer, needs.1, available));
        }
        Ok(())
    }

    fn bill(&self, hold: &Hold, action: ActionType, month: Month, prices: (i128, i128), uses: Uses) -> Bill {
        let Hold { buyer, bound_at, payer, .. } = *hold;
        Bill { buyer, bound_at, payer, action, month, prices, uses }
    }

    pub(super) fn place(&self, order: &buying::PlaceOrder, now: i64) -> Judged {
        let (buyer, product) = (order.account.number(), order.product.as_str());
        let payer = self.payer(buyer)?;
        if !self.has_product(product) {
            return refuse("product_not_found");
        }
        let back = order.kind == OrderKind::Downgrade;
        if !back {
            self.free_to_buy(buyer, payer.1)?;
        }
        let resource = order.resource.as_ref().map(|name| name.as_str().to_owned());
        if back && resource.is_none() {
            return refuse("resource_required");
        }
        if back && (order.park || !order.capture) {
            return refuse("downgrade_is_immediate");
        }
        let list = units(order.amount);
        if list <= 0 {
            return refuse("amount_not_positive");
        }
        let hold = self.hold(buyer, payer, product, if back { -list } else { list }, now)?;
        let mut prices = hold.prices();
        if let Some(resource) = resource.as_deref().filter(|_| back) {
            // Nobody gets back more than it has paid (R82).
            let paid = self.paid_for(buyer, payer.1, resource);
            if -prices.0 > paid.0 {
                return Err(Refused::about("exceeds_paid", buyer, [("requested", -prices.0), ("paid", paid.0)]));
            }
            prices.1 = prices.1.max(-paid.1);
        }
        let mut uses = if back { Uses::default() } else { self.uses(&hold, prices, PayMode::PrePay, now) };
        let paid = uses.sums();
        let paid_state = if order.capture { OrderState::Delivered } else { OrderState::Processing };
        let checked = if back { Ok(()) } else { self.check(&hold, (prices.0 - paid.0, prices.1 - paid.1), false) };
        let state = match checked {
            Ok(()) => paid_state,
            Err(refused) if order.park && refused.code == "insufficient_credit" => OrderState::ToBePaid,
            Err(refused) => return Err(refused),
        };
        if state == OrderState::ToBePaid {
            uses = Uses::default();
        }
        let action = match order.kind {
            OrderKind::Purchase => ActionType::PrepayPurchase,
            OrderKind::Renew => ActionType::PrepayRenew,
            OrderKind::Upgrade | OrderKind::Downgrade => ActionType::PrepayModify,
        };
        let bill =
            (state == OrderState::Delivered).then(|| self.bill(&hold, action, month_of(now).0, prices, uses.clone()));
        Ok(Fact::Ordered { hold, action, capture: order.capture, state, resource, uses, bill })
    }

    fn open_order(&self, order: u64) -> Result<Order<'_>, Refused> {
        let found = self.orders().remove(&order).filter(|order| order.state.open());
        found.ok_or(Refused::plain("order_not_found"))
    }

    pub(super) fn pay(&self, position: u64, by: buying::PayBy, now: i64, rules: &Rules) -> Judged {
        let order = self.open_order(position)?;
        if order.state != OrderState::ToBePaid {
            return refuse("order_not_payable");
        }
        let hold = order.hold;
        self.free_to_buy(hold.buyer, hold.bound_at)?;
        let prices = hold.prices();
        let uses = match by {
            buying::PayBy::Customer => self.uses(hold, prices, PayMode::PrePay, now),
            buying::PayBy::Partner => Uses::default(),
        };
        let paid = uses.sums();
        let skips = by == buying::PayBy::Partner && rules.pay_on_behalf_skips_customer_check;
        self.check(hold, (prices.0 - paid.0, prices.1 - paid.1), skips)?;
        let state = if order.capture { OrderState::Delivered } else { OrderState::Processing };
        let bill = order.capture.then(|| self.bill(hold, order.action, month_of(now).0, prices, uses.clone()));
        Ok(Fact::OrderMoved { position, state, uses: Some(uses), bill })
    }

    pub(super) fn deliver(&self, position: u64, now: i64) -> Judged {
        let order = self.open_order(position)?;
        if order.state != OrderState::Processing {
            return refuse("order_not_processing");
        }
        let bill = self.bill(order.hold, order.action, month_of(now).0, order.hold.prices(), order.uses.clone());
        Ok(Fact::OrderMoved { position, state: OrderState::Delivered, uses: None, bill: Some(bill) })
    }

    pub(super) fn cancel(&self, position: u64) -> Judged {
        self.open_order(position)?;
        Ok(Fact::OrderMoved { position, state: OrderState::Canceled, uses: None, bill: None })
    }

    /// Money comes back in proportion on both sides, vouchers do not (R87-R88).
    pub(super) fn refund(&self, position: u64, amount: i128, now: i64) -> Judged {
        let order = self.orders().remove(&position).ok_or(Refused::plain("order_not_found"))?;
        let over = order.state == OrderState::Refunded;
        if !over && order.state != OrderState::Delivered {
            return refuse("order_not_delivered");
        }
        let (prices, vouchers) = (order.hold.prices(), order.uses.sums());
        let paid = (prices.0 - vouchers.0, prices.1 - vouchers.1);
        // What cost the customer nothing is closed once, by giving back nothing.
        let closes = amount == 0 && paid.0 == 0 && order.hold.list > 0;
        if closes && over {
            return refuse("order_not_delivered");
        }
        if amount <= 0 && !closes {
            return refuse("amount_not_positive");
        }
        let refunded = order.refunded;
        let left = order.resource.map(|name| self.paid_for(order.hold.buyer, order.hold.bound_at, name));
        let refundable = left.map_or(i128::MAX, |left| left.0).min(if over { 0 } else { paid.0 - refunded.0 });
        if amount > refundable {
            return Err(Refused {
                figures: [("requested", amount), ("refundable", refundable)].into(),
                ..Refused::plain("exceeds_refundable")
            });
        }
        let partner = if closes { paid.1 } else { share(paid.1, refunded.0 + amount, paid.0) - refunded.1 };
        let partner = left.map_or(partner, |left| partner.min(left.1));
        let (month, back) = (month_of(now).0, (amount, partner));
        let bill = self.bill(order.hold, ActionType::PrepayReturn, month, (-amount, -partner), Uses::default());
        let state = if amount < refundable { OrderState::Delivered } else { OrderState::Refunded };
        Ok(Fact::Refunded { position, back, state, bill })
    }

    pub(super) fn authorize(&self, buyer: u64, product: &str, list: i128, until: Option<i64>, now: i64) -> Judged {
        let payer = self.payer(buyer)?;
        if !self.has_product(product) {
            return refuse("product_not_found");
        }
        self.free_to_buy(buyer, payer.1)?;
        let expires_at = until.unwrap_or(now + 7 * DAY);
        if expires_at <= now || expires_at > now + 30 * DAY {
            return refuse("expiry_out_of_range");
        }
        if list <= 0 {
            return refuse("amount_not_positive");
        }
        let hold = self.hold(buyer, payer, product, list, now)?;
        self.check(&hold, hold.prices(), false)?;
        Ok(Fact::Authorized { hold, expires_at })
    }

    fn open_authorization(&self, (account, position): (u64, u64)) -> Result<(&Hold, i64), Refused> {
        match self.authorizations().remove(&position) {
            Some((hold, expires_at)) if hold.buyer == account => Ok((hold, expires_at)),
            _ if position > self.position() => refuse("authorization_not_found"),
            _ => refuse("authorization_not_open"),
        }
    }

    fn usable_authorization(&self, id: (u64, u64), now: i64) -> Result<&Hold, Refused> {
        let (hold, expires_at) = self.open_authorization(id)?;
        if now < expires_at { Ok(hold) } else { refuse("authorization_not_open") }
    }

    pub(super) fn capture(&self, id: (u64, u64), amount: Option<i128>, now: i64) -> Judged {
        let hold = self.usable_authorization(id, now)?;
        let list = amount.unwrap_or(hold.list);
        if list <= 0 {
            return refuse("amount_not_positive");
        }
        if list > hold.list {
            return Err(Refused {
                figures: [("requested", list), ("open", hold.list)].into(),
                ..Refused::plain("exceeds_authorization")
            });
        }
        let prices = hold.prices_of(list);
        let uses = self.uses(hold, prices, PayMode::PrePay, now);
        let bill = self.bill(hold, ActionType::PrepayPurchase, month_of(now).0, prices, uses);
        Ok(Fact::AuthorizationEnded { position: id.1, bill: Some(bill) })
    }

    pub(super) fn give_up(&self, id: (u64, u64), now: i64) -> Judged {
        self.usable_authorization(id, now)?;
        Ok(Fact::AuthorizationEnded { position: id.1, bill: None })
    }

    pub(super) fn expire(&self, id: (u64, u64), now: i64) -> Judged {
        let (_, expires_at) = self.open_authorization(id)?;
        if now < expires_at {
            return refuse("authorization_not_due");
        }
        Ok(Fact::AuthorizationEnded { position: id.1, bill: None })
    }

    fn running(&self, name: &str) -> Result<(u64, Resource), Refused> {
        let found = self.resources().into_iter().find(|(_, resource)| running(resource) && resource.name == name);
        found.ok_or(Refused::plain("resource_not_found"))
    }

    /// What a resource freezes on both sides when it is activated or resized (R67-R68).
    fn freeze(&self, hold: &Hold, unit_price: i128, quantity: u64) -> Result<(i128, i128), Refused> {
        let Some(terms) = self.terms(&hold.product) else { return refuse("product_not_found") };
        let (coefficient, fixed) = (i128::from(terms.freeze.coefficient.units()), units(terms.freeze.amount));
        let side = |rate: i128| match terms.freeze.model {
            FreezeModel::None | FreezeModel::ReEstimate => Some(0),
            FreezeModel::Coefficient => up_to_cents(unit_price, [coefficient, i128::from(quantity), rate]),
            FreezeModel::Fixed => Some(share(fixed, rate, ONE)).filter(|frozen| fits((*frozen, 0))),
            FreezeModel::MinimumFee => up_to_cents(fixed, [ONE, ONE, rate]),
        };
        let customer = if hold.bound_at.is_some() { side(hold.customer_rate) } else { Some(0) };
        customer.zip(side(hold.partner_rate)).ok_or(Refused::plain("amount_overflow"))
    }

    pub(super) fn activate(&self, new: &metering::ActivateResource, now: i64) -> Judged {
        let (account, product) = (new.account.number(), new.product.as_str());
        let payer = self.payer(account)?;
        if !self.has_product(product) {
            return refuse("product_not_found");
        }
        if self.running(new.name.as_str()).is_ok() {
            return refuse("resource_exists");
        }
        self.free_to_buy(account, payer.1)?;
        let (unit_price, quantity) = (units(new.unit_price), new.quantity.units());
        size_is_valid(unit_price, quantity)?;
        let hold = self.hold(account, payer, product, 0, now)?;
        let frozen = self.freeze(&hold, unit_price, quantity)?;
        self.check(&hold, frozen, false)?;
        let (name, product) = (new.name.as_str().to_owned(), product.to_owned());
        Ok(Fact::Activated { name, account, product, unit_price, quantity, frozen })
    }

    pub(super) fn resize(&self, name: &str, unit_price: Option<i128>, quantity: Option<u64>, now: i64) -> Judged {
        let (position, resource) = self.running(name)?;
        let payer = self.payer(resource.account)?;
        if resource.state != ResourceState::Active {
            return refuse("resource_not_active");
        }
        let (unit_price, quantity) = (unit_price.unwrap_or(resource.unit_price), quantity.unwrap_or(resource.quantity));
        let grows = unit_price * i128::from(quantity) > resource.unit_price * i128::from(resource.quantity);
        if grows {
            self.free_to_buy(resource.account, payer.1)?;
        }
        size_is_valid(unit_price, quantity)?;
        let hold = self.hold(resource.account, payer, &resource.product, 0, now)?;
        let re_estimates = self.terms(&resource.product).is_some_and(|it| it.freeze.model == FreezeModel::ReEstimate);
        let frozen = if re_estimates { resource.frozen } else { self.freeze(&hold, unit_price, quantity)? };
        let more = (frozen.0 - resource.frozen.0, frozen.1 - resource.frozen.1);
        if grows {
            self.check(&hold, (more.0.max(0), more.1.max(0)), false)?;
        }
        Ok(Fact::Resized { position, unit_price, quantity, frozen })
    }

    /// The last settlement and the release in one step (R71).
    pub(super) fn terminate(&self, name: &str, last: Option<i128>, now: i64) -> Judged {
        let (position, resource) = self.running(name)?;
        if last.is_some_and(|amount| amount < 0) {
            return refuse("amount_negative");
        }
        let payer = self.payer(resource.account)?;
        let bill = match last {
            None => None,
            Some(list) => {
                let hold = self.hold(resource.account, payer, &resource.product, list, now)?;
                let uses = self.uses(&hold, hold.prices(), PayMode::PostPay, now);
                let action = self.settlement_action(&resource.product);
                Some(self.bill(&hold, action, month_of(now).0, hold.prices(), uses))
            }
        };
        Ok(Fact::ResourceEnded { position, bill })
    }

    /// What usage of a product is called on the bill (R81).
    fn settlement_action(&self, product: &str) -> ActionType {
        match self.terms(product).map(|terms| terms.settlement) {
            Some(Settlement::Daily) => ActionType::PostpayDeductD,
            Some(Settlement::Monthly) => ActionType::PostpayDeductM,
            Some(Settlement::Hourly) | None => ActionType::PostpayDeductH,
        }
    }

    /// One usage record: never refused for lack of credit (R62).
    pub(super) fn settle(&self, record: &metering::SettleUsage, now: i64) -> Judged {
        let (account, product) = (record.account.number(), record.product.as_str());
        self.must_exist(record.account)?;
        let (start, end) = (record.period_start.micros(), record.period_end.micros());
        let ended = end.min(now);
        let payer = self.payer_at(account, ended)?;
        if !self.has_product(product) {
            return refuse("product_not_found");
        }
        let resource = record.resource.as_ref().and_then(|name| self.running(name.as_str()).ok());
        let others = |resource: &Resource| resource.account != account;
        if resource.as_ref().is_some_and(|(_, resource)| others(resource) && resource.activated_at <= start) {
            return refuse("resource_of_other_account");
        }
        // The period's end is outside, unless that is all there is of it.
        let within = |resource: &Resource| resource.activated_at < end.max(start + 1);
        let resource = resource.filter(|(_, resource)| !others(resource) && within(resource));
        if end < start {
            return refuse("empty_period");
        }
        if start < months_before(now, 18) {
            return refuse("period_too_old");
        }
        if start > now + 31 * DAY {
            return refuse("period_too_early");
        }
        let action = record.action.unwrap_or(self.settlement_action(product));
        let of_orders =
            [ActionType::PrepayPurchase, ActionType::PrepayRenew, ActionType::PrepayModify, ActionType::PrepayReturn];
        if of_orders.contains(&action) {
            return refuse("action_type_not_metered");
        }
        let amount = units(record.amount);
        if amount < 0 {
            return refuse("amount_negative");
        }
        let lowers = action == ActionType::ReconIncrease;
        let hold = self.hold(account, payer, product, if lowers { -amount } else { amount }, now)?;
        let mode = if action == ActionType::RipayPurchase { PayMode::PrePay } else { PayMode::PostPay };
        let uses = if lowers { Uses::default() } else { self.uses(&hold, hold.prices(), mode, now) };
        let cycle = match resource {
            Some((position, resource)) if !lowers && resource.product == product => {
                let late = resource.cycle_ended_at.is_some_and(|last| ended < last);
                let frozen = if late { None } else { self.cycle(&hold, &resource)? };
                frozen.map(|frozen| Cycle { position, frozen, ended })
            }
            _ => None,
        };
        // An issued bill never changes: what comes late goes on the current one (R94).
        let month = month_of(start).0;
        let month = if now >= issued_at(month) { month_of(now).0 } else { month };
        Ok(Fact::Used { bill: self.bill(&hold, action, month, hold.prices(), uses), cycle })
    }

    /// What a resource freezes once a cycle has closed; none where that stays as it is (R67 F3, F4).
    fn cycle(&self, hold: &Hold, resource: &Resource) -> Result<Option<(i128, i128)>, Refused> {
        let Some(terms) = self.terms(&resource.product) else { return Ok(None) };
        let coefficient = i128::from(terms.freeze.coefficient.units());
        let side = |rate: i128| match terms.freeze.model {
            FreezeModel::ReEstimate => up_to_cents(hold.list, [coefficient, ONE, rate]),
            _ => up_to_cents(units(terms.freeze.amount), [ONE, ONE, rate]),
        };
        if !matches!(terms.freeze.model, FreezeModel::ReEstimate | FreezeModel::MinimumFee) {
            return Ok(None);
        }
        let customer = if hold.bound_at.is_some() { side(hold.customer_rate) } else { Some(0) };
        customer.zip(side(hold.partner_rate)).map(Some).ok_or(Refused::plain("amount_overflow"))
    }
}

fn size_is_valid(unit_price: i128, quantity: u64) -> Result<(), Refused> {
    if unit_price < 0 {
        return refuse("amount_negative");
    }
    if quantity == 0 { refuse("quantity_not_positive") } else { Ok(()) }
}
