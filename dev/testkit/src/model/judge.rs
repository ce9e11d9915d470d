//! What must come of each command: existence first, then state, then numbers.

use super::facts::{Credit, Fact, Hold, Partner};
use super::{Model, Refused};
use credere_core::access::KeyAccess;
use credere_core::book::{Command, NewOrder, PayBy, Rules};
use credere_core::channel::{DiscountScope, OrderKind, OrderState, PartnerKind, Uin, Verification};
use credere_core::money::Amount;

const DAY: i64 = 86_400 * 1_000_000;
/// A million, the most that one pool grant may be (R49).
const POOL_MAX: i128 = 1_000_000 * 100_000_000;
/// The first number that the server gives out.
const FIRST_UIN: u64 = 100_000_000_001;

type Judged = Result<Fact, Refused>;

fn refuse<T>(code: &'static str) -> Result<T, Refused> {
    Err(Refused::plain(code))
}

fn units(amount: Amount) -> i128 {
    i128::from(amount.units())
}

fn fits(amounts: (i128, i128)) -> bool {
    i64::try_from(amounts.0).is_ok() && i64::try_from(amounts.1).is_ok()
}

impl Model {
    pub(super) fn decide(&self, command: &Command, now: i64, rules: &Rules) -> Judged {
        match command {
            Command::OpenAccount { uin, verification, .. } => self.open(*uin, *verification),
            Command::ChangeAccount { uin, verification, .. } => {
                self.must_exist(*uin)?;
                Ok(verification.map_or(Fact::Nothing, |now| Fact::Verification {
                    uin: uin.number(),
                    verified: now != Verification::None,
                }))
            }
            Command::RegisterPartner {
                uin, kind, distributor, allocation_quota, spend_line, voucher_quota, ..
            } => {
                let [quota, vouchers] = [*allocation_quota, *voucher_quota].map(units);
                self.make_partner(*uin, *kind, *distributor, quota, spend_line.map(units), vouchers)
            }
            Command::ChangePartner { uin, allocation_quota, spend_line, voucher_quota, .. } => {
                let [quota, spend, vouchers] = [*allocation_quota, *spend_line, *voucher_quota].map(|a| a.map(units));
                self.set_limits(*uin, quota, spend, vouchers)
            }
            Command::AllocatePool { second_level, amount, .. } => self.feed_pool(*second_level, units(*amount), rules),
            Command::BindCustomer { customer, partner } => self.bind(*customer, *partner),
            Command::UnbindCustomer { customer } => self.unbind(customer.number()),
            Command::AllocateCredit { customer, amount, .. } => self.allocate(customer.number(), units(*amount)),
            Command::NoteCustomer { customer } => self.customer(customer.number()).map(|_| Fact::Nothing),
            Command::AddProduct { code, .. } if self.has_product(code.as_str()) => refuse("product_exists"),
            Command::AddProduct { code, .. } => Ok(Fact::ProductAdded { code: code.as_str().to_owned() }),
            Command::ChangeProduct { code, .. } if self.has_product(code.as_str()) => Ok(Fact::Nothing),
            Command::ChangeProduct { .. } => refuse("product_not_found"),
            Command::SetDiscount(terms) => {
                let (party, for_partner) = match terms.scope {
                    DiscountScope::Partner(uin) => (uin.number(), true),
                    DiscountScope::Customer(uin) => (uin.number(), false),
                };
                let made = Fact::DiscountMade {
                    party,
                    for_partner,
                    product: terms.product.as_ref().map(|code| code.as_str().to_owned()),
                    rate: i128::from(terms.rate.units()),
                    from: terms.starts_at.map(|at| at.micros()),
                    until: terms.ends_at.map(|at| at.micros()),
                };
                self.discount(made, terms.partner.number())
            }
            Command::EndDiscount { id } => match self.fact(id.0) {
                Some(Fact::DiscountMade { .. }) if !self.discount_over(id.0) => {
                    Ok(Fact::DiscountEnded { position: id.0 })
                }
                _ => refuse("discount_not_found"),
            },
            Command::PlaceOrder(order) => self.place(order, now),
            Command::PayOrder { order, by } => self.pay(order.0, *by, rules),
            Command::DeliverOrder { order } => match self.open_order(order.0)? {
                (_, _, OrderState::Processing) => {
                    Ok(Fact::OrderMoved { position: order.0, state: OrderState::Delivered })
                }
                _ => refuse("order_not_processing"),
            },
            Command::CancelOrder { order } => {
                self.open_order(order.0)?;
                Ok(Fact::OrderMoved { position: order.0, state: OrderState::Canceled })
            }
            Command::Authorize { account, product, amount, expires_at } => {
                let (buyer, product) = (account.number(), product.as_str());
                let until = expires_at.map(|at| at.micros());
                self.authorize(buyer, product, units(*amount), until, now)
            }
            Command::Capture { authorization, amount } => {
                let id = (authorization.account.number(), authorization.opened_seq);
                self.capture(id, amount.map(units), now)
            }
            Command::Release { authorization } => {
                let id = (authorization.account.number(), authorization.opened_seq);
                let (_, expires_at) = self.open_authorization(id)?;
                if now >= expires_at {
                    return refuse("authorization_not_open");
                }
                Ok(Fact::AuthorizationEnded { position: id.1, charged: None })
            }
            Command::Expire { authorization } => {
                let id = (authorization.account.number(), authorization.opened_seq);
                let (_, expires_at) = self.open_authorization(id)?;
                if now < expires_at {
                    return refuse("authorization_not_due");
                }
                Ok(Fact::AuthorizationEnded { position: id.1, charged: None })
            }
            Command::IssueCredential { uin, .. } | Command::RevokeCredential { uin, .. } => {
                self.must_exist(*uin).map(|()| Fact::Nothing)
            }
            Command::IssuePlatformKey { access } => {
                let made = self.facts().filter(|(_, fact)| matches!(fact, Fact::KeyMade { .. })).count();
                let key = u32::try_from(made + 1).unwrap_or(u32::MAX);
                Ok(Fact::KeyMade { key, full: *access == KeyAccess::Full })
            }
            Command::RevokePlatformKey { key } => {
                let keys = self.keys();
                let last_full = keys.iter().filter(|(_, full)| *full).count() == 1;
                match keys.iter().find(|(there, _)| there == key) {
                    None => refuse("key_not_found"),
                    Some((_, true)) if last_full => refuse("last_full_key"),
                    Some(_) => Ok(Fact::KeyRevoked { key: *key }),
                }
            }
            Command::AdvanceClock { to } if to.micros() < now => refuse("clock_goes_back"),
            Command::AdvanceClock { .. } => Ok(Fact::Nothing),
            _ => refuse("not_yet"),
        }
    }

    fn must_exist(&self, uin: Uin) -> Result<(), Refused> {
        if self.accounts().contains(&uin.number()) { Ok(()) } else { refuse("account_not_found") }
    }

    fn customer(&self, uin: u64) -> Result<Credit, Refused> {
        self.figures_of(uin).and_then(|figures| figures.credit).ok_or(Refused::plain("customer_not_found"))
    }

    fn partner_or(&self, uin: u64, code: &'static str) -> Result<Partner, Refused> {
        self.figures_of(uin).and_then(|figures| figures.partner).ok_or(Refused::plain(code))
    }

    fn open(&self, named: Option<Uin>, verification: Verification) -> Judged {
        let accounts = self.accounts();
        let uin = match named {
            Some(uin) if accounts.contains(&uin.number()) => return refuse("account_exists"),
            Some(uin) => uin.number(),
            None => {
                (FIRST_UIN..=Uin::MAX).find(|uin| !accounts.contains(uin)).ok_or(Refused::plain("amount_overflow"))?
            }
        };
        Ok(Fact::AccountOpened { uin, verified: verification != Verification::None })
    }

    fn make_partner(
        &self,
        uin: Uin,
        kind: PartnerKind,
        distributor: Option<Uin>,
        quota: i128,
        spend: Option<i128>,
        vouchers: i128,
    ) -> Judged {
        self.must_exist(uin)?;
        let above = match distributor.map(Uin::number) {
            Some(above) => {
                let partner = self.partner_or(above, "distributor_not_found")?;
                if partner.kind != PartnerKind::Distributor {
                    return refuse("distributor_not_found");
                }
                Some((above, partner))
            }
            None => None,
        };
        let uin = uin.number();
        if self.kind(uin).is_some() {
            return refuse("already_partner");
        }
        if self.binding(uin).is_some() {
            return refuse("already_bound");
        }
        let second_level = kind == PartnerKind::SecondLevelReseller;
        let owes = matches!(kind, PartnerKind::Reseller | PartnerKind::Distributor);
        if second_level && above.is_none() {
            return refuse("distributor_required");
        }
        if !second_level && above.is_some() || spend.is_some() && !owes {
            return refuse("wrong_partner_kind");
        }
        if quota < 0 || vouchers < 0 || spend.is_some_and(|line| line < 0) {
            return refuse("quota_negative");
        }
        if let Some((above, distributor)) = &above {
            can_hand_out(*above, distributor, quota)?;
        }
        let spend = if owes { Some(spend.unwrap_or(quota)) } else { None };
        Ok(Fact::PartnerMade { uin, kind, distributor: above.map(|(above, _)| above), quota, spend })
    }

    fn set_limits(&self, uin: Uin, quota: Option<i128>, spend: Option<i128>, vouchers: Option<i128>) -> Judged {
        let uin = uin.number();
        let partner = self.partner_or(uin, "partner_not_found")?;
        if spend.is_some() && partner.spend.is_none() {
            return refuse("wrong_partner_kind");
        }
        if [quota, spend, vouchers].into_iter().flatten().any(|limit| limit < 0) {
            return refuse("quota_negative");
        }
        if let Some(wanted) = quota {
            if wanted < partner.allocated {
                return Err(Refused {
                    figures: [("requested", wanted), ("allocated", partner.allocated)].into(),
                    ..Refused::plain("below_allocated")
                });
            }
            if let Some(above) = partner.distributor {
                let distributor = self.partner_or(above, "distributor_not_found")?;
                can_hand_out(above, &distributor, wanted - partner.quota)?;
            }
        }
        Ok(Fact::LimitsSet { uin, quota, spend })
    }

    fn feed_pool(&self, second_level: Uin, amount: i128, rules: &Rules) -> Judged {
        let second_level = second_level.number();
        let below = self.partner_or(second_level, "second_level_reseller_not_found")?;
        let Some(above) = below.distributor else { return refuse("wrong_partner_kind") };
        if amount == 0 {
            return refuse("amount_zero");
        }
        if amount.abs() > POOL_MAX || amount < 0 && !rules.pool_allow_negative {
            return Err(Refused {
                figures: [("limit", POOL_MAX)].into(),
                ..Refused::plain("pool_amount_out_of_range")
            });
        }
        let remaining = below.quota - below.allocated;
        if -amount > remaining {
            let figures = [("requested", -amount), ("remaining", remaining)];
            return Err(Refused::about("exceeds_pool", second_level, figures));
        }
        can_hand_out(above, &self.partner_or(above, "distributor_not_found")?, amount)?;
        Ok(Fact::PoolFed { second_level, amount })
    }

    fn bind(&self, customer: Uin, partner: Uin) -> Judged {
        self.must_exist(customer)?;
        self.partner_or(partner.number(), "partner_not_found")?;
        let (customer, partner) = (customer.number(), partner.number());
        if self.kind(customer).is_some() {
            return refuse("already_partner");
        }
        if self.binding(customer).is_some() {
            return refuse("already_bound");
        }
        Ok(Fact::Bound { customer, partner })
    }

    fn unbind(&self, customer: u64) -> Judged {
        let credit = self.customer(customer)?;
        if credit.available < 0 {
            return Err(Refused {
                account: Some(customer),
                figures: [("available", credit.available)].into(),
                ..Refused::plain("overdue")
            });
        }
        if credit.open > 0 { refuse("has_open_holds") } else { Ok(Fact::Unbound { customer }) }
    }

    fn allocate(&self, customer: u64, amount: i128) -> Judged {
        let credit = self.customer(customer)?;
        let partner = self.partner_or(credit.partner, "partner_not_found")?;
        if partner.kind == PartnerKind::Agent {
            return refuse("wrong_partner_kind");
        }
        if amount == 0 {
            return refuse("amount_zero");
        }
        // Neither what is available nor the total may be brought below zero (R33, R16).
        let reclaimable = credit.available.min(credit.total);
        if amount < 0 && -amount > reclaimable {
            let figures = [("requested", -amount), ("available", reclaimable)];
            return Err(Refused::about("exceeds_available", customer, figures));
        }
        can_hand_out(credit.partner, &partner, amount)?;
        Ok(Fact::Allocated { customer, amount })
    }

    fn discount(&self, made: Fact, owner: u64) -> Judged {
        let Fact::DiscountMade { party, for_partner, product, from, until, .. } = &made else { return Ok(made) };
        let partner = self.partner_or(owner, "partner_not_found")?;
        if *for_partner {
            if *party != owner || partner.spend.is_none() {
                return refuse("wrong_partner_kind");
            }
        } else {
            let (_, managing) = self.binding(*party).ok_or(Refused::plain("customer_not_found"))?;
            let above = self.kind(managing).and_then(|(_, above)| above);
            if owner != managing && Some(owner) != above {
                return refuse("not_managed");
            }
        }
        if product.as_deref().is_some_and(|code| !self.has_product(code)) {
            return refuse("product_not_found");
        }
        if from.zip(*until).is_some_and(|(from, until)| until <= from) {
            return refuse("empty_period");
        }
        Ok(made)
    }

    fn hold(&self, buyer: u64, (payer, own_use): (u64, bool), product: &str, list: i128, now: i64) -> Hold {
        let partner_rate = self.rate(payer, true, product, now);
        let customer_rate = if own_use { partner_rate } else { self.rate(buyer, false, product, now) };
        Hold { buyer, own_use, payer, list, customer_rate, partner_rate }
    }

    /// The purchase check (R54-R60): the customer first, then whoever pays the platform.
    fn check(&self, hold: &Hold, skip_customer: bool) -> Result<(), Refused> {
        let (customer_price, partner_price) = hold.prices();
        let short = |side, account, required, available| Refused {
            side: Some(side),
            ..Refused::about("insufficient_credit", account, [("required", required), ("available", available)])
        };
        if !hold.own_use && !skip_customer {
            let available = self.customer(hold.buyer)?.available;
            if customer_price > available {
                return Err(short("customer", hold.buyer, customer_price, available));
            }
        }
        let available = match self.partner_or(hold.payer, "no_credit")?.spend {
            Some(spend) => spend.available,
            None => return refuse("no_credit"),
        };
        if partner_price > available {
            return Err(short("partner", hold.payer, partner_price, available));
        }
        Ok(())
    }

    fn place(&self, order: &NewOrder, now: i64) -> Judged {
        let (buyer, product) = (order.account.number(), order.product.as_str());
        let payer = self.payer(buyer)?;
        if !self.has_product(product) {
            return refuse("product_not_found");
        }
        let back = order.kind == OrderKind::Downgrade;
        if !back && !payer.1 && !self.verified(buyer) {
            return refuse("account_unverified");
        }
        if back && (order.park || !order.capture) {
            return refuse("downgrade_is_immediate");
        }
        let list = units(order.amount);
        if list <= 0 {
            return refuse("amount_not_positive");
        }
        let hold = self.hold(buyer, payer, product, if back { -list } else { list }, now);
        if !fits(hold.prices()) {
            return refuse("amount_overflow");
        }
        let paid = if order.capture { OrderState::Delivered } else { OrderState::Processing };
        let state = match if back { Ok(()) } else { self.check(&hold, false) } {
            Ok(()) => paid,
            Err(refused) if order.park && refused.code == "insufficient_credit" => OrderState::ToBePaid,
            Err(refused) => return Err(refused),
        };
        Ok(Fact::Ordered { hold, capture: order.capture, state })
    }

    fn open_order(&self, order: u64) -> Result<(&Hold, bool, OrderState), Refused> {
        match (self.fact(order), self.order_state(order)) {
            (Some(Fact::Ordered { hold, capture, .. }), Some(state)) if state.open() => Ok((hold, *capture, state)),
            _ => refuse("order_not_found"),
        }
    }

    fn pay(&self, order: u64, by: PayBy, rules: &Rules) -> Judged {
        let (hold, capture, state) = self.open_order(order)?;
        if state != OrderState::ToBePaid {
            return refuse("order_not_payable");
        }
        if !hold.own_use && !self.verified(hold.buyer) {
            return refuse("account_unverified");
        }
        self.check(hold, by == PayBy::Partner && rules.pay_on_behalf_skips_customer_check)?;
        let state = if capture { OrderState::Delivered } else { OrderState::Processing };
        Ok(Fact::OrderMoved { position: order, state })
    }

    fn authorize(&self, buyer: u64, product: &str, list: i128, until: Option<i64>, now: i64) -> Judged {
        let payer = self.payer(buyer)?;
        if !self.has_product(product) {
            return refuse("product_not_found");
        }
        if !payer.1 && !self.verified(buyer) {
            return refuse("account_unverified");
        }
        let expires_at = until.unwrap_or(now + 7 * DAY);
        if expires_at <= now || expires_at > now + 30 * DAY {
            return refuse("expiry_out_of_range");
        }
        if list <= 0 {
            return refuse("amount_not_positive");
        }
        let hold = self.hold(buyer, payer, product, list, now);
        if !fits(hold.prices()) {
            return refuse("amount_overflow");
        }
        self.check(&hold, false)?;
        Ok(Fact::Authorized { hold, expires_at })
    }

    fn open_authorization(&self, (account, position): (u64, u64)) -> Result<(&Hold, i64), Refused> {
        match self.fact(position) {
            Some(Fact::Authorized { hold, expires_at })
                if hold.buyer == account && self.authorization_end(position).is_none() =>
            {
                Ok((hold, *expires_at))
            }
            _ if position > self.position() => refuse("authorization_not_found"),
            _ => refuse("authorization_not_open"),
        }
    }

    fn capture(&self, id: (u64, u64), amount: Option<i128>, now: i64) -> Judged {
        let (hold, expires_at) = self.open_authorization(id)?;
        if now >= expires_at {
            return refuse("authorization_not_open");
        }
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
        Ok(Fact::AuthorizationEnded { position: id.1, charged: Some(hold.prices_of(list)) })
    }
}

/// Nobody hands out more than is left of its quota (R32, R47).
fn can_hand_out(account: u64, partner: &Partner, amount: i128) -> Result<(), Refused> {
    let allocatable = partner.quota - partner.allocated;
    if amount > 0 && amount > allocatable {
        let figures = [("requested", amount), ("allocatable", allocatable)];
        return Err(Refused::about("exceeds_allocatable", account, figures));
    }
    Ok(())
}
