//! Applying an event: the only way a book changes. Events come from the journal as well as from a decision just made,
//! and what is read from disk is input: an event that does not fit the book is an [`Inconsistent`], never a panic.

use super::event::{Event, OrderChange};
use super::posting::forget;
use super::state::{Book, Refunds};
use crate::channel::{
    Account, Authorization, AuthorizationId, Charge, Customer, Discount, DiscountId, DiscountScope, FormerBinding,
    Order, OrderState, Paid, Partner, Product, Resource, ResourceId, Standing, Subscription, Uin, Verification,
    VoucherId, VoucherKind, Warned, WebhookId,
};
use crate::ledger::{Day, Line, Moment};
use crate::money::{Amount, Overflow};
use thiserror::Error;

/// An event does not fit the book: the journal is damaged, or belongs to another book.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("event {seq} ({event}) does not fit the book: {what}")]
pub struct Inconsistent {
    /// The event's journal position.
    pub seq: u64,
    /// Its name.
    pub event: &'static str,
    /// What does not fit.
    pub what: &'static str,
}

/// What the helpers below answer before the event's name is known.
pub(super) type Fit<T> = Result<T, &'static str>;

pub(super) const OUT_OF_RANGE: &str = "a figure is out of range";

impl From<Overflow> for Misfit {
    fn from(Overflow: Overflow) -> Misfit {
        Misfit(OUT_OF_RANGE)
    }
}

/// A reason for [`Inconsistent`], convertible from an overflow.
struct Misfit(&'static str);

impl From<&'static str> for Misfit {
    fn from(what: &'static str) -> Misfit {
        Misfit(what)
    }
}

impl Book {
    /// Applies the event at journal position `seq`, decided at `at`.
    ///
    /// # Errors
    /// [`Inconsistent`]; the book must then be thrown away.
    pub fn evolve(&mut self, seq: u64, at: Moment, event: &Event) -> Result<(), Inconsistent> {
        self.pass(seq, at)
            .and_then(|()| self.apply(seq, at, event).map_err(|Misfit(what)| what))
            .map(|()| self.begin(event))
            .map_err(|what| Inconsistent { seq, event: event.name(), what })
    }

    /// Moves past a record that changes nothing (a refusal).
    ///
    /// # Errors
    /// [`Inconsistent`] when it is not the next one.
    pub fn skip(&mut self, seq: u64, at: Moment) -> Result<(), Inconsistent> {
        self.pass(seq, at).map_err(|what| Inconsistent { seq, event: "refusal", what })
    }

    /// The first bills to be issued are those of the month in which the book begins, or of the one before. Setting the
    /// clock is no beginning: a test clock starts at nothing.
    fn begin(&mut self, event: &Event) {
        if self.issued.is_none() && !matches!(event, Event::ClockAdvanced { .. }) {
            self.issued = Some(self.calendar.last_issued(self.now));
        }
    }

    fn pass(&mut self, seq: u64, at: Moment) -> Fit<()> {
        if seq != self.seq + 1 {
            return Err("it is not the next in order");
        }
        self.seq = seq;
        self.now = self.now.max(at);
        Ok(())
    }

    fn apply(&mut self, seq: u64, at: Moment, event: &Event) -> Result<(), Misfit> {
        match event {
            Event::AccountOpened { uin, class, verification, tier } => {
                let mut account = Account {
                    uin: *uin,
                    opened_at: at,
                    class: *class,
                    verification: Verification::None,
                    tier: *tier,
                    subscription: Subscription::default(),
                    customer: None,
                    verified_at: None,
                };
                account.verify(*verification, at);
                self.accounts.add(account).ok_or("the account is there already")?;
                if self.next_uin.map_or(Uin::FIRST_GIVEN, Uin::number) == uin.number() {
                    // Past this one and those that callers have named, so that no later search passes them again.
                    self.next_uin = self.next_uin();
                }
            }
            Event::AccountChanged { uin, class, verification, tier } => {
                let account = self.accounts.get_mut(*uin).ok_or("no such account")?;
                (account.class, account.tier) = (*class, *tier);
                account.verify(*verification, at);
            }
            Event::PartnerRegistered {
                uin,
                kind,
                distributor,
                allocation_quota,
                spend_line,
                voucher_quota,
                allowlist,
                distributor_allocated_after,
            } => {
                if let (Some(above), Some(after)) = (distributor, distributor_allocated_after) {
                    let above = self.partner_mut(*above)?;
                    above.allocated = *after;
                    above.second_levels.push(*uin);
                }
                let partner = Partner {
                    uin: *uin,
                    kind: *kind,
                    distributor: *distributor,
                    registered_at: at,
                    registered_seq: seq,
                    allocation_quota: *allocation_quota,
                    allocated: Amount::ZERO,
                    spend: spend_line.map(Line::with_limit),
                    voucher_quota: *voucher_quota,
                    vouchers_issued: Amount::ZERO,
                    vouchers_count: 0,
                    allowlist: allowlist.clone(),
                    customers: Vec::new(),
                    second_levels: Vec::new(),
                    customers_available: 0,
                    customers_total: Amount::ZERO,
                };
                if self.partners.insert(*uin, partner).is_some() {
                    return Err(Misfit("the partner is there already"));
                }
            }
            Event::PartnerChanged {
                uin,
                allocation_quota,
                spend_line,
                voucher_quota,
                allowlist,
                distributor_allocated_after,
            } => {
                let partner = self.partner_mut(*uin)?;
                partner.allocation_quota = *allocation_quota;
                partner.voucher_quota = *voucher_quota;
                partner.allowlist.clone_from(allowlist);
                if let (Some(line), Some(limit)) = (&mut partner.spend, spend_line) {
                    *line = line.raised(limit.minus(line.limit())?)?;
                }
                if let (Some(above), Some(after)) = (partner.distributor, distributor_allocated_after) {
                    self.partner_mut(above)?.allocated = *after;
                }
            }
            Event::PoolAllocated { second_level, distributor, total_after, distributor_allocated_after, .. } => {
                self.partner_mut(*second_level)?.allocation_quota = *total_after;
                self.partner_mut(*distributor)?.allocated = *distributor_allocated_after;
            }
            Event::CustomerBound { customer, partner } => {
                self.partner_mut(*partner)?.customers.push((seq, *customer));
                let account = self.accounts.get_mut(*customer).ok_or("no such account")?;
                account.customer = Some(Customer::bound(*partner, at, seq));
                self.reschedule(*customer);
            }
            Event::CustomerUnbound { customer, partner, partner_allocated_after, vouchers_after, .. } => {
                self.unbind(*customer, *partner, *partner_allocated_after, at)?;
                self.set_vouchers(vouchers_after)?;
                self.reschedule(*customer);
            }
            Event::CreditAllocated { customer, partner, total_after, partner_allocated_after, .. } => {
                let line = self.customer(*customer).ok_or("no such customer")?.line;
                self.set_customer_line(*customer, line.raised(total_after.minus(line.limit())?)?)?;
                self.partner_mut(*partner)?.allocated = *partner_allocated_after;
            }
            Event::CustomerNoted { .. } | Event::CredentialIssued { .. } | Event::CredentialRevoked { .. } => {}
            Event::ProductAdded { number, code, name, settlement, grace_hours, retention_days, freeze } => {
                if *number as usize != self.products.len() {
                    return Err(Misfit("the product is not the next in order"));
                }
                self.product_numbers.insert(code.clone(), *number);
                self.products.push(Product {
                    code: code.clone(),
                    name: name.clone(),
                    settlement: *settlement,
                    own_grace_hours: *grace_hours,
                    retention_days: *retention_days,
                    freeze: *freeze,
                });
            }
            Event::ProductChanged { number, code: _, name, settlement, grace_hours, retention_days, freeze } => {
                let product = self.products.get_mut(*number as usize).ok_or("no such product")?;
                product.name.clone_from(name);
                product.freeze = *freeze;
                let timing = (product.grace_hours(), product.retention_days);
                (product.settlement, product.own_grace_hours) = (*settlement, *grace_hours);
                product.retention_days = *retention_days;
                if (product.grace_hours(), product.retention_days) != timing {
                    let theirs = self.resources.values().filter(|resource| resource.product == *number);
                    for (account, id) in theirs.map(|resource| (resource.account, resource.id)).collect::<Vec<_>>() {
                        self.reschedule_resource(account, id);
                    }
                }
            }
            Event::DiscountSet { scope, partner, product, rate, starts_at, ends_at } => {
                self.index_discount(Discount {
                    id: DiscountId(seq),
                    scope: *scope,
                    partner: *partner,
                    product: *product,
                    rate: *rate,
                    starts_at: *starts_at,
                    ends_at: *ends_at,
                });
            }
            Event::DiscountEnded { id } => {
                let ended = self.discounts.remove(id).ok_or("no such discount")?;
                self.ended_discounts.insert(*id);
                self.drop_discount_of(party(ended.scope), *id);
            }
            Event::OrderChanged { change, order, charge, vouchers_after, customer_after, partner_after } => {
                self.change_order(*change, order)?;
                self.set_vouchers(vouchers_after)?;
                self.set_lines(order.account, *customer_after, order.paying_partner, *partner_after)?;
                if let Some(charge) = charge {
                    self.post(charge)?;
                    self.pay_for(order, charge)?;
                }
            }
            Event::OrderRefunded { order, charge, customer_after, partner_after } => {
                let refunds = Refunds {
                    customer: order.refunded,
                    partner: order.partner_refunded,
                    ended: order.state == OrderState::Refunded,
                };
                self.refunds.insert(order.id, refunds);
                self.set_lines(order.account, *customer_after, order.paying_partner, *partner_after)?;
                self.post(charge)?;
                self.pay_for(order, charge)?;
            }
            Event::AuthorizationOpened {
                account,
                paying_partner,
                binding,
                product,
                price,
                expires_at,
                customer_frozen_after,
                partner_frozen_after,
            } => {
                let open = Authorization {
                    account: *account,
                    paying_partner: *paying_partner,
                    binding: *binding,
                    product: *product,
                    price: *price,
                    opened_at: at,
                    expires_at: *expires_at,
                };
                if let Some(after) = customer_frozen_after {
                    let customer = self.customer_mut(*account)?;
                    customer.open_authorizations += 1;
                    let line = customer.line;
                    self.set_customer_line(*account, line.held(after.minus(line.prepay_frozen())?)?)?;
                }
                let spend = self.spend_mut(*paying_partner)?;
                *spend = spend.held(partner_frozen_after.minus(spend.prepay_frozen())?)?;
                self.index_authorization(seq, open);
            }
            Event::AuthorizationCaptured { id, charge, vouchers_after, customer_after, partner_after, .. } => {
                self.close_authorization(*id, *customer_after, *partner_after)?;
                self.set_vouchers(vouchers_after)?;
                self.post(charge)?;
            }
            Event::AuthorizationReleased { id, customer_after, partner_after, .. }
            | Event::AuthorizationExpired { id, customer_after, partner_after, .. } => {
                self.close_authorization(*id, *customer_after, *partner_after)?;
            }
            Event::ResourceActivated { resource, customer_after, paying_partner, partner_after } => {
                if resource.id != ResourceId(seq) || self.resource_names.contains_key(&resource.name) {
                    return Err(Misfit("the resource is there already"));
                }
                self.index_resource(Resource::clone(resource));
                self.set_lines(resource.account, *customer_after, *paying_partner, *partner_after)?;
                self.reschedule_resource(resource.account, resource.id);
            }
            Event::ResourceResized { resource, customer_after, paying_partner, partner_after } => {
                self.set_resource(resource)?;
                self.set_lines(resource.account, *customer_after, *paying_partner, *partner_after)?;
            }
            Event::ResourceTerminated {
                resource,
                charge,
                vouchers_after,
                customer_after,
                paying_partner,
                partner_after,
                ..
            } => {
                self.end_resource(resource)?;
                self.set_vouchers(vouchers_after)?;
                self.set_lines(resource.account, *customer_after, *paying_partner, *partner_after)?;
                if let Some(charge) = charge {
                    self.post(charge)?;
                }
            }
            Event::ResourceSuspended { resource } | Event::ResourceResumed { resource } => {
                self.set_resource(resource)?;
            }
            Event::ResourceDeleted { resource, customer_after, paying_partner, partner_after, .. } => {
                self.end_resource(resource)?;
                self.set_lines(resource.account, *customer_after, *paying_partner, *partner_after)?;
            }
            Event::UsageSettled { charge, resource, vouchers_after, customer_after, partner_after, .. } => {
                if let Some(resource) = resource {
                    self.set_resource(resource)?;
                }
                self.set_lines(charge.account, *customer_after, charge.paying_partner, *partner_after)?;
                self.set_vouchers(vouchers_after)?;
                self.post(charge)?;
            }
            Event::VoucherIssued { voucher, linked } => {
                if voucher.id != VoucherId::issued_at(seq) {
                    return Err(Misfit("the voucher's number is not its position"));
                }
                for voucher in std::iter::once(voucher).chain(linked) {
                    if let VoucherKind::Customer { issuer } = voucher.kind {
                        let issuer = self.partner_mut(issuer)?;
                        issuer.vouchers_issued = issuer.vouchers_issued.plus(voucher.amount)?;
                        issuer.vouchers_count += 1;
                    }
                    self.index_voucher(voucher.as_ref().clone());
                }
            }
            Event::VoucherInvalidated { voucher } | Event::VoucherExpired { voucher } => {
                self.set_vouchers(std::slice::from_ref(voucher))?;
            }
            Event::PlatformPaid { partner, partner_after, .. } => *self.spend_mut(*partner)? = *partner_after,
            Event::ReceiptConfirmed { customer, month, parts, named, customer_after, .. } => {
                self.confirm(*customer, *month, parts, named.as_deref())?;
                if let Some(line) = customer_after {
                    self.set_customer_line(*customer, *line)?;
                }
            }
            Event::CustomerChanged { customer: uin, non_stop, special_suspension, partner_warning, own_warning } => {
                let customer = self.customer_mut(*uin)?;
                (customer.non_stop, customer.special_suspension) = (*non_stop, *special_suspension);
                (customer.partner_warning, customer.own_warning) = (*partner_warning, *own_warning);
                self.note_low(*uin)?;
                self.reschedule(*uin);
            }
            Event::SuspensionForced { customer } => {
                self.customer_mut(*customer)?.forced_since.get_or_insert(at);
                self.reschedule(*customer);
            }
            Event::SuspensionLifted { customer } => {
                self.customer_mut(*customer)?.forced_since = None;
                self.reschedule(*customer);
            }
            Event::Subscribed { uin, subscription } => {
                self.accounts.get_mut(*uin).ok_or("no such account")?.subscription = *subscription;
            }
            Event::WebhookAdded { account, .. } => {
                self.webhooks.insert(WebhookId(seq), *account);
            }
            Event::WebhookSecretRotated { id } => {
                self.webhooks.get(id).ok_or("no such webhook")?;
            }
            Event::WebhookRemoved { id } => {
                self.webhooks.remove(id).ok_or("no such webhook")?;
                self.removed_webhooks.insert(*id);
            }
            Event::CustomerReviewed { customer: uin, day, overdue_since, notices, suspension, .. } => {
                self.review(*uin, *day, *overdue_since, *suspension)?;
                let warned = self.warned.entry(*uin).or_insert_with(|| Warned { day: *day, sent: Vec::new() });
                if warned.day != *day {
                    *warned = Warned { day: *day, sent: Vec::new() };
                }
                let sent = notices.iter().filter_map(|notice| Some((notice.recipient, notice.level?)));
                warned.sent.extend(sent);
                self.reschedule(*uin);
            }
            Event::BillsIssued { month } => {
                self.issued = Some(*month);
                // Slots of earlier days are of no use any more.
                let today = self.calendar.day(self.now);
                self.warned.retain(|_, warned| warned.day == today);
            }
            Event::PlatformKeyIssued { key, access } => {
                self.platform_keys.insert(*key, *access);
                self.next_platform_key = self.next_platform_key.max(key.saturating_add(1));
            }
            Event::PlatformKeyRevoked { key } => {
                self.platform_keys.remove(key).ok_or("no such platform key")?;
            }
            Event::ClockAdvanced { to } => self.now = self.now.max(*to),
            // The record's own time says when it is from then on.
            Event::ClockAccepted { .. } => {}
            // What was lost has never been in this book.
            Event::LossAccepted { .. } => {}
        }
        Ok(())
    }

    pub(super) fn partner_mut(&mut self, uin: Uin) -> Fit<&mut Partner> {
        self.partners.get_mut(&uin).ok_or("no such partner")
    }

    pub(super) fn customer_mut(&mut self, uin: Uin) -> Fit<&mut Customer> {
        self.accounts.get_mut(uin).and_then(|account| account.customer.as_mut()).ok_or("no such customer")
    }

    fn set_resource(&mut self, resource: &Resource) -> Fit<()> {
        let kept = self.resources.get_mut(&resource.id).ok_or("no such resource")?;
        kept.clone_from(resource);
        self.reschedule_resource(resource.account, resource.id);
        Ok(())
    }

    fn end_resource(&mut self, resource: &Resource) -> Fit<()> {
        let ended = self.resources.remove(&resource.id).ok_or("no such resource")?;
        self.resource_names.remove(&ended.name);
        forget(&mut self.resources_of, ended.account, ended.id);
        self.reschedule_resource(ended.account, ended.id);
        Ok(())
    }

    /// Notes that a customer's recipients were told what they were due today.
    fn review(&mut self, uin: Uin, day: Day, overdue_since: Option<Moment>, suspension: Standing) -> Fit<()> {
        let customer = self.customer_mut(uin)?;
        (customer.overdue_since, customer.notified) = (overdue_since, suspension);
        if let Some(before) = customer.low_since
            && before < day
        {
            customer.low_since = Some(day);
            self.low.remove(&(before, uin));
            self.low.insert((day, uin));
        }
        Ok(())
    }

    fn spend_mut(&mut self, uin: Uin) -> Fit<&mut Line> {
        self.partner_mut(uin)?.spend.as_mut().ok_or("the partner has no spend line")
    }

    /// The only place where a customer's line changes, so that its managing partner's sums follow.
    fn set_customer_line(&mut self, uin: Uin, line: Line) -> Fit<()> {
        let customer = self.customer_mut(uin)?;
        let before = std::mem::replace(&mut customer.line, line);
        let partner = customer.partner;
        self.note_low(uin)?;
        self.shift_sums(partner, Some(&before), Some(&line))
    }

    fn shift_sums(&mut self, partner: Uin, before: Option<&Line>, after: Option<&Line>) -> Fit<()> {
        let available = |line: Option<&Line>| line.map_or(0, |line| i128::from(line.available().units()));
        let total = |line: Option<&Line>| line.map_or(Amount::ZERO, Line::limit);
        let partner = self.partner_mut(partner)?;
        partner.customers_available += available(after) - available(before);
        partner.customers_total = partner
            .customers_total
            .minus(total(before))
            .and_then(|sum| sum.plus(total(after)))
            .map_err(|Overflow| OUT_OF_RANGE)?;
        Ok(())
    }

    fn set_lines(&mut self, account: Uin, customer: Option<Line>, paying: Uin, partner: Line) -> Fit<()> {
        if let Some(line) = customer {
            self.set_customer_line(account, line)?;
        }
        *self.spend_mut(paying)? = partner;
        Ok(())
    }

    fn unbind(&mut self, uin: Uin, partner: Uin, partner_allocated_after: Amount, at: Moment) -> Fit<()> {
        let account = self.accounts.get_mut(uin).ok_or("no such account")?;
        let customer = account.customer.take().ok_or("no such customer")?;
        if let Some(day) = customer.low_since {
            self.low.remove(&(day, uin));
        }
        let former = FormerBinding { binding: customer.binding(), from: customer.bound_at, until: at };
        self.former.entry(uin).or_default().push(former);
        self.shift_sums(partner, Some(&customer.line), None)?;
        let managing = self.partner_mut(partner)?;
        managing.allocated = partner_allocated_after;
        let place = managing
            .customers
            .binary_search_by_key(&customer.bound_seq, |(seq, _)| *seq)
            .map_err(|_| "the partner does not have the customer")?;
        managing.customers.remove(place);
        for id in self.discounts_of.get(&uin).cloned().unwrap_or_default() {
            if self.discounts.get(&id).is_some_and(|discount| discount.scope == DiscountScope::Customer(uin)) {
                self.discounts.remove(&id);
                self.ended_discounts.insert(id);
                self.drop_discount_of(uin, id);
            }
        }
        Ok(())
    }

    fn drop_discount_of(&mut self, uin: Uin, id: DiscountId) {
        if let Some(ids) = self.discounts_of.get_mut(&uin) {
            ids.retain(|kept| *kept != id);
            if ids.is_empty() {
                self.discounts_of.remove(&uin);
            }
        }
    }

    fn change_order(&mut self, change: OrderChange, order: &Order) -> Fit<()> {
        let before = match change {
            OrderChange::Placed => None,
            OrderChange::Paid | OrderChange::Delivered | OrderChange::Canceled => {
                Some(self.orders.remove(&order.id).ok_or("no such open order")?.state)
            }
        };
        if order.state.open() {
            self.orders.insert(order.id, order.clone());
        }
        if !order.own_use() {
            let customer = self.customer_mut(order.account)?;
            if let Some(count) = before.and_then(|state| orders_in(customer, state)) {
                *count = count.checked_sub(1).ok_or("the customer has no such open order")?;
            }
            if let Some(count) = orders_in(customer, order.state) {
                *count = count.checked_add(1).ok_or(OUT_OF_RANGE)?;
            }
        }
        Ok(())
    }

    /// Notes what an order that names a prepaid resource paid for it, or gave back.
    fn pay_for(&mut self, order: &Order, charge: &Charge) -> Fit<()> {
        let Some(key) = order.paid_for() else { return Ok(()) };
        let amounts = (charge.amount(), charge.partner_amount());
        let (Ok(customer), Ok(partner)) = amounts else { return Err(OUT_OF_RANGE) };
        let paid = self.paid.entry(key.clone()).or_default();
        paid.customer += i128::from(customer.units());
        paid.partner += i128::from(partner.units());
        if paid.customer < 0 || paid.partner < 0 {
            return Err("more is given back than was paid for the resource");
        }
        if *paid == Paid::default() {
            self.paid.remove(&key);
        }
        Ok(())
    }

    fn close_authorization(&mut self, id: AuthorizationId, customer: Option<Line>, partner: Line) -> Fit<()> {
        let open = self.authorizations.remove(&id.opened_seq).ok_or("no such open authorization")?;
        self.expiries.remove(&(open.expires_at, id.opened_seq));
        if open.binding.is_some() {
            let holder = self.customer_mut(id.account)?;
            holder.open_authorizations =
                holder.open_authorizations.checked_sub(1).ok_or("the customer has no open authorization")?;
        }
        self.set_lines(id.account, customer, open.paying_partner, partner)
    }
}

/// How many orders in this state a customer has, where such are counted.
fn orders_in(customer: &mut Customer, state: OrderState) -> Option<&mut u32> {
    match state {
        OrderState::ToBePaid => Some(&mut customer.parked_orders),
        OrderState::Processing => Some(&mut customer.processing_orders),
        OrderState::Delivered | OrderState::Canceled | OrderState::Refunded => None,
    }
}

fn party(scope: DiscountScope) -> Uin {
    match scope {
        DiscountScope::Partner(uin) | DiscountScope::Customer(uin) => uin,
    }
}
