//! Postpaid resources and metering (R57, R62, R65-R73, R77-R86, R94).

use super::arithmetic::{ONE, Units, at_rate, up_to_cents};
use super::bills::{Posting, mode_of};
use super::facts::{Buyer, Means, Product, Resource};
use super::range::fits;
use super::{Auditor, Judged, Refusal, refuse, units, zone};
use credere_core::book::metering;
use credere_core::channel::{ActionType, FreezeModel, PayMode, ResourceName, Settlement, Uin};
use credere_core::ledger::Moment;

const DAY: i64 = 86_400;

/// What usage is called where the record does not say (R81).
fn metered_as(settlement: Settlement) -> ActionType {
    match settlement {
        Settlement::Hourly => ActionType::PostpayDeductH,
        Settlement::Daily => ActionType::PostpayDeductD,
        Settlement::Monthly => ActionType::PostpayDeductM,
    }
}

/// What a resource freezes when it begins, at one side's rate (R67-R68).
fn at_start(product: &Product, unit_price: Units, quantity: Units, rate: Units) -> Result<Units, Refusal> {
    in_range(match product.model {
        FreezeModel::None | FreezeModel::ReEstimate => Some(0),
        FreezeModel::Coefficient => up_to_cents(unit_price, [product.coefficient, quantity, rate]),
        FreezeModel::Fixed => Some(at_rate(product.amount, rate)).filter(|frozen| fits(*frozen)),
        FreezeModel::MinimumFee => up_to_cents(product.amount, [rate, ONE, ONE]),
    })
}

/// What it freezes once a cycle whose usage came to `list` is over; `None` where nothing changes (R67 F3, F4, R70).
fn after_cycle(product: &Product, list: Units, rate: Units) -> Result<Option<Units>, Refusal> {
    match product.model {
        FreezeModel::None | FreezeModel::Coefficient | FreezeModel::Fixed => Ok(None),
        FreezeModel::ReEstimate => in_range(up_to_cents(list, [product.coefficient, rate, ONE])).map(Some),
        FreezeModel::MinimumFee => in_range(up_to_cents(product.amount, [rate, ONE, ONE])).map(Some),
    }
}

fn in_range(frozen: Option<Units>) -> Result<Units, Refusal> {
    frozen.map_or_else(|| refuse("amount_overflow"), Ok)
}

impl Auditor {
    /// What a resource of this size freezes on both sides at today's terms and rates (R72), with this account's offers where its
    /// own are not to count.
    pub(super) fn freezes(
        &self,
        buyer: &Buyer,
        number: u32,
        size: (Units, Units),
        heir_of: Option<Uin>,
    ) -> Result<(Units, Units), Refusal> {
        let product = &self.products[number as usize];
        let (customer_rate, partner_rate) = self.rates(buyer, number, heir_of);
        let customer = if self.has_payers_side(buyer) { at_start(product, size.0, size.1, customer_rate)? } else { 0 };
        Ok((customer, at_start(product, size.0, size.1, partner_rate)?))
    }

    pub(super) fn activate(&mut self, seq: u64, new: &metering::ActivateResource) -> Judged {
        let buyer = self.buyer(new.account)?;
        let product = self.product(&new.product)?;
        if self.resources.contains_key(&new.name) {
            return refuse("resource_exists");
        }
        self.must_be_free(&buyer)?;
        let (unit_price, quantity) = (units(new.unit_price), Units::from(new.quantity.units()));
        size_is_valid(unit_price, quantity)?;
        let (frozen, partner_frozen) =
            self.freezes(&buyer, product, (unit_price, quantity), self.heir_now(new.account))?;
        self.check(&buyer, frozen, partner_frozen, false)?;
        self.set_aside(&buyer, [0, frozen], [0, partner_frozen]);
        let resource = Resource {
            id: seq,
            account: new.account,
            product,
            unit_price,
            quantity,
            frozen,
            partner_frozen,
            stopped: false,
            since: self.now,
            activated_at: self.now,
            cycle_ended_at: None,
        };
        self.keep_resource(&new.name, resource);
        self.note_purchase(&buyer);
        Ok(())
    }

    pub(super) fn resize(&mut self, name: &ResourceName, unit_price: Option<Units>, quantity: Option<Units>) -> Judged {
        let resource = self.running(name)?;
        let buyer = self.buyer(resource.account)?;
        if resource.stopped {
            return refuse("resource_not_active");
        }
        let (unit_price, quantity) = (unit_price.unwrap_or(resource.unit_price), quantity.unwrap_or(resource.quantity));
        let grows = unit_price * quantity > resource.unit_price * resource.quantity;
        if grows {
            self.must_be_free(&buyer)?;
        }
        size_is_valid(unit_price, quantity)?;
        let (frozen, partner_frozen) = match self.products[resource.product as usize].model {
            FreezeModel::ReEstimate => (resource.frozen, resource.partner_frozen),
            _ => {
                let heir_of = self.heir_now(resource.account);
                self.freezes(&buyer, resource.product, (unit_price, quantity), heir_of)?
            }
        };
        let more = (frozen - resource.frozen, partner_frozen - resource.partner_frozen);
        // What does not grow may always change, also when today's terms freeze more for it.
        if grows {
            self.check(&buyer, more.0.max(0), more.1.max(0), false)?;
        }
        self.set_aside(&buyer, [0, more.0], [0, more.1]);
        self.keep_resource(name, Resource { unit_price, quantity, frozen, partner_frozen, ..resource });
        self.note_purchase(&buyer);
        Ok(())
    }

    /// The last settlement and the release in one step (R71).
    pub(super) fn terminate(&mut self, seq: u64, name: &ResourceName, last: Option<Units>) -> Judged {
        let resource = self.running(name)?;
        if last.is_some_and(|list| list < 0) {
            return refuse("amount_negative");
        }
        let buyer = self.buyer(resource.account)?;
        if let Some(list) = last {
            let product = resource.product;
            let begun = zone::cycle_start(self.products[product as usize].settlement, self.now);
            let price = self.price_of_usage(&buyer, product, list, begun)?;
            let uses = self.uses(&buyer, &price, PayMode::PostPay, product);
            for uses in uses.sides() {
                self.use_vouchers(uses, |remaining, reserved, amount| (remaining - amount, reserved));
            }
            self.post(Posting {
                seq,
                buyer,
                month: zone::month(self.now),
                action: metered_as(self.products[product as usize].settlement),
                product,
                price,
                uses,
                back: None,
                paid_as_at: Some(self.now),
            });
        }
        self.last_release = (resource.frozen, resource.partner_frozen);
        self.end_resource(name, "terminated");
        self.note_purchase(&buyer);
        Ok(())
    }

    /// Takes a resource off, and its freeze with it.
    pub(super) fn end_resource(&mut self, name: &ResourceName, state: &'static str) {
        let Some(resource) = self.resources.remove(name) else { return };
        if let Ok(buyer) = self.buyer(resource.account) {
            self.set_aside(&buyer, [0, -resource.frozen], [0, -resource.partner_frozen]);
        }
        self.touched_resources.insert(name.clone());
        self.ended_names.insert(name.clone());
        self.ended_resources.push((name.clone(), resource.id, state));
    }

    /// A resource that runs or is stopped. One that has ended is told from one that never was.
    fn running(&self, name: &ResourceName) -> Result<Resource, Refusal> {
        match self.resources.get(name) {
            Some(resource) => Ok(resource.clone()),
            None if self.ended_names.contains(name) => refuse("resource_not_active"),
            None => refuse("resource_not_found"),
        }
    }

    pub(super) fn keep_resource(&mut self, name: &ResourceName, resource: Resource) {
        self.touched_resources.insert(name.clone());
        self.resources.insert(name.clone(), resource);
    }

    /// One usage record: never refused for lack of credit (R62).
    pub(super) fn settle(&mut self, seq: u64, record: &metering::SettleUsage) -> Judged {
        if !self.accounts.contains_key(&record.account) {
            return refuse("account_not_found");
        }
        let ended = record.period_end.min(self.now);
        let product = self.product(&record.product)?;
        // Who pays is whoever does when the cycle ends in which the period does, or now where that is earlier (O80).
        let cycle = zone::cycle_end(self.products[product as usize].settlement, record.period_end);
        // The cycle's last moment, so that who begins or ceases with the next one did not in this one.
        let settled = Moment::from_micros(cycle.micros() - 1).min(self.now);
        let buyer = self.user_at(record.account, ended, settled)?;
        let running = record.resource.as_ref().and_then(|name| Some((name, self.resources.get(name)?.clone())));
        let running = match running {
            Some((_, resource)) if resource.account != record.account => {
                // Whoever began later than the period only has the name.
                if record.period_start >= resource.activated_at {
                    return refuse("resource_of_other_account");
                }
                None
            }
            // Its own one used nothing of what was over when it began.
            Some((_, resource))
                if resource.activated_at > record.period_end
                    || (resource.activated_at == record.period_end && record.period_start != record.period_end) =>
            {
                None
            }
            running => running,
        };
        if record.period_end < record.period_start {
            return refuse("empty_period");
        }
        if record.period_start < zone::eighteen_months_before(self.now) {
            return refuse("period_too_old");
        }
        if record.period_start > self.now.plus_seconds(31 * DAY) {
            return refuse("period_too_early");
        }
        let action = record.action.unwrap_or(metered_as(self.products[product as usize].settlement));
        if matches!(
            action,
            ActionType::PrepayPurchase | ActionType::PrepayRenew | ActionType::PrepayModify | ActionType::PrepayReturn
        ) {
            return refuse("action_type_not_metered");
        }
        if units(record.amount) < 0 {
            return refuse("amount_negative");
        }
        let gives_back = action == ActionType::ReconIncrease;
        let (left, packs) = self.covered(record, product, action)?;
        let begun = zone::cycle_start(self.products[product as usize].settlement, record.period_end);
        let price = self.price_of_usage(&buyer, product, if gives_back { -left } else { left }, begun)?;
        // What else it used is another product's, and no cycle of its own; nor is what comes late for an earlier one.
        let pays_now = self.payer_of(record.account).unwrap_or(record.account);
        let closes = |resource: &Resource| {
            !gives_back
                && buyer.payer == pays_now
                && (buyer.means == Means::SpendLine || self.has_payers_side(&buyer))
                && resource.product == product
                && resource.cycle_ended_at.is_none_or(|last| last <= ended)
        };
        let refrozen = match running.filter(|(_, resource)| closes(resource)) {
            Some((name, resource)) => {
                let terms = &self.products[resource.product as usize];
                let customer = after_cycle(terms, price.list, price.customer_rate)?;
                let partner = after_cycle(terms, price.list, price.partner_rate)?;
                customer.zip(partner).map(|(customer, partner_frozen)| {
                    let frozen = if self.has_payers_side(&buyer) { customer } else { 0 };
                    let more = (frozen - resource.frozen, partner_frozen - resource.partner_frozen);
                    (name, more, Resource { frozen, partner_frozen, cycle_ended_at: Some(ended), ..resource })
                })
            }
            None => None,
        };
        let uses = if gives_back { Default::default() } else { self.uses(&buyer, &price, mode_of(action), product) };
        for uses in uses.sides() {
            self.use_vouchers(uses, |remaining, reserved, amount| (remaining - amount, reserved));
        }
        self.use_packs(packs);
        let month = zone::month(record.period_start);
        self.post(Posting {
            seq,
            buyer,
            // An issued bill never changes (R94).
            month: if zone::is_issued(month, self.now) { zone::month(self.now) } else { month },
            action,
            product,
            price,
            uses,
            back: None,
            paid_as_at: Some(settled),
        });
        if let Some((name, more, resource)) = refrozen {
            self.set_aside(&buyer, [0, more.0], [0, more.1]);
            self.keep_resource(name, resource);
        }
        self.note_purchase(&buyer);
        Ok(())
    }
}

fn size_is_valid(unit_price: Units, quantity: Units) -> Judged {
    if unit_price < 0 {
        refuse("amount_negative")
    } else if quantity <= 0 {
        refuse("quantity_not_positive")
    } else {
        Ok(())
    }
}
