//! What must come of each command: existence first, then state, then numbers.

use super::facts::{Fact, Terms};
use super::figures::{Credit, Partner};
use super::standing::Step;
use super::things::running;
use super::{Model, Refused};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{
    self, Command, Rules, bills, buying, catalogue, deployment, metering, notices, parties, vouchers,
};
use credere_core::channel::{AllowlistItem, DiscountScope, FreezeTerms, PartnerKind, Uin, Verification};
use credere_core::money::Amount;

/// A million, the most that one pool grant may be (R49).
const POOL_MAX: i128 = 1_000_000 * 100_000_000;
/// The first number that the server gives out.
const FIRST_UIN: u64 = 100_000_000_001;

pub(super) type Judged = Result<Fact, Refused>;

pub(super) fn refuse<T>(code: &'static str) -> Result<T, Refused> {
    Err(Refused::plain(code))
}

pub(super) fn units(amount: Amount) -> i128 {
    i128::from(amount.units())
}

pub(super) fn fits(amounts: (i128, i128)) -> bool {
    i64::try_from(amounts.0).is_ok() && i64::try_from(amounts.1).is_ok()
}

impl Model {
    pub(super) fn decide(&self, command: &Command, actor: Actor, now: i64, rules: &Rules) -> Judged {
        match command {
            Command::Parties(parties::Command::OpenAccount(parties::OpenAccount { uin, verification, .. })) => {
                self.open(*uin, *verification)
            }
            Command::Parties(parties::Command::ChangeAccount(parties::ChangeAccount { uin, verification, .. })) => {
                self.must_exist(*uin)?;
                Ok(verification.map_or(Fact::Nothing, |now| Fact::Verification {
                    uin: uin.number(),
                    verified: now != Verification::None,
                }))
            }
            Command::Parties(parties::Command::RegisterPartner(parties::RegisterPartner {
                uin,
                kind,
                distributor,
                allocation_quota,
                spend_line,
                voucher_quota,
                allowlist,
            })) => {
                let [quota, vouchers] = [*allocation_quota, *voucher_quota].map(units);
                let made = Fact::PartnerMade {
                    uin: uin.number(),
                    kind: *kind,
                    distributor: distributor.map(Uin::number),
                    quota,
                    spend: spend_line.map(units),
                    vouchers,
                    features: sorted(allowlist),
                };
                self.make_partner(made)
            }
            Command::Parties(parties::Command::ChangePartner(parties::ChangePartner {
                uin,
                allocation_quota,
                spend_line,
                voucher_quota,
                allowlist,
            })) => {
                let [quota, spend, vouchers] = [*allocation_quota, *spend_line, *voucher_quota].map(|a| a.map(units));
                self.set_limits(*uin, quota, spend, vouchers, allowlist.as_deref().map(sorted))
            }
            Command::Parties(parties::Command::AllocatePool(parties::AllocatePool {
                second_level, amount, ..
            })) => self.feed_pool(*second_level, units(*amount), rules),
            Command::Parties(parties::Command::BindCustomer(parties::BindCustomer { customer, partner })) => {
                self.bind(*customer, *partner)
            }
            Command::Parties(parties::Command::UnbindCustomer(parties::UnbindCustomer { customer })) => {
                self.unbind(customer.number())
            }
            Command::Parties(parties::Command::AllocateCredit(parties::AllocateCredit {
                customer, amount, ..
            })) => self.allocate(customer.number(), units(*amount)),
            Command::Parties(parties::Command::NoteCustomer(parties::NoteCustomer { customer })) => {
                self.customer(customer.number()).map(|_| Fact::Nothing)
            }
            Command::Catalogue(catalogue::Command::AddProduct(catalogue::AddProduct { code, .. }))
                if self.has_product(code.as_str()) =>
            {
                refuse("product_exists")
            }
            Command::Catalogue(catalogue::Command::AddProduct(catalogue::AddProduct {
                code,
                settlement,
                grace_hours,
                retention_days,
                freeze,
                ..
            })) => {
                // Fifteen days of data (R107).
                let (grace_hours, retention_days) = (*grace_hours, retention_days.unwrap_or(15));
                let terms = Terms { settlement: *settlement, grace_hours, retention_days, freeze: *freeze };
                set_product(code.as_str(), terms)
            }
            Command::Catalogue(catalogue::Command::ChangeProduct(catalogue::ChangeProduct {
                code,
                settlement,
                grace_hours,
                retention_days,
                freeze,
                ..
            })) => match self.terms(code.as_str()) {
                None => refuse("product_not_found"),
                Some(now) => {
                    let terms = Terms {
                        settlement: settlement.unwrap_or(now.settlement),
                        grace_hours: grace_hours.or(now.grace_hours),
                        retention_days: retention_days.unwrap_or(now.retention_days),
                        freeze: FreezeTerms {
                            model: freeze.model.unwrap_or(now.freeze.model),
                            coefficient: freeze.coefficient.unwrap_or(now.freeze.coefficient),
                            amount: freeze.amount.unwrap_or(now.freeze.amount),
                        },
                    };
                    set_product(code.as_str(), terms)
                }
            },
            Command::Catalogue(catalogue::Command::SetDiscount(terms)) => {
                let (party, for_partner) = match terms.scope {
                    DiscountScope::Partner(uin) => (uin.number(), true),
                    DiscountScope::Customer(uin) => (uin.number(), false),
                };
                let made = Fact::DiscountMade {
                    party,
                    for_partner,
                    by: terms.partner.number(),
                    product: terms.product.as_ref().map(|code| code.as_str().to_owned()),
                    rate: i128::from(terms.rate.units()),
                    from: terms.starts_at.map(|at| at.micros()),
                    until: terms.ends_at.map(|at| at.micros()),
                };
                self.discount(made, terms.partner.number())
            }
            Command::Catalogue(catalogue::Command::EndDiscount(catalogue::EndDiscount { id })) => match self.fact(id.0)
            {
                Some(Fact::DiscountMade { .. }) if !self.discount_over(id.0) => {
                    Ok(Fact::DiscountEnded { position: id.0 })
                }
                Some(Fact::DiscountMade { .. }) => refuse("discount_ended"),
                _ => refuse("discount_not_found"),
            },
            Command::Buying(buying::Command::PlaceOrder(order)) => self.place(order, now),
            Command::Buying(buying::Command::PayOrder(buying::PayOrder { order, by })) => {
                self.pay(order.0, *by, now, rules)
            }
            Command::Buying(buying::Command::DeliverOrder(buying::DeliverOrder { order })) => {
                self.deliver(order.0, now)
            }
            Command::Buying(buying::Command::CancelOrder(buying::CancelOrder { order })) => self.cancel(order.0),
            Command::Buying(buying::Command::RefundOrder(buying::RefundOrder { order, amount })) => {
                self.refund(order.id.0, units(*amount), now)
            }
            Command::Buying(buying::Command::Authorize(buying::Authorize { account, product, amount, expires_at })) => {
                let (buyer, product) = (account.number(), product.as_str());
                let until = expires_at.map(|at| at.micros());
                self.authorize(buyer, product, units(*amount), until, now)
            }
            Command::Buying(buying::Command::Capture(buying::Capture { authorization, amount })) => {
                let id = (authorization.account.number(), authorization.opened_seq);
                self.capture(id, amount.map(units), now)
            }
            Command::Buying(buying::Command::Release(buying::Release { authorization })) => {
                let id = (authorization.account.number(), authorization.opened_seq);
                self.give_up(id, now)
            }
            Command::Buying(buying::Command::Expire(buying::Expire { authorization })) => {
                let id = (authorization.account.number(), authorization.opened_seq);
                self.expire(id, now)
            }
            Command::Metering(metering::Command::ActivateResource(new)) => self.activate(new, now),
            Command::Metering(metering::Command::ResizeResource(metering::ResizeResource {
                name,
                unit_price,
                quantity,
            })) => {
                let (unit_price, quantity) = (unit_price.map(units), quantity.map(|quantity| quantity.units()));
                self.resize(name.as_str(), unit_price, quantity, now)
            }
            Command::Metering(metering::Command::TerminateResource(metering::TerminateResource {
                name,
                final_amount,
            })) => self.terminate(name.as_str(), final_amount.map(units), now),
            Command::Metering(metering::Command::SettleUsage(record)) => self.settle(record, now),
            Command::Vouchers(vouchers::Command::IssueVoucher(terms)) => self.issue(terms, now),
            Command::Vouchers(vouchers::Command::InvalidateVoucher(vouchers::InvalidateVoucher { id })) => {
                self.invalidate(id.0)
            }
            Command::Vouchers(vouchers::Command::ExpireVoucher(vouchers::ExpireVoucher { id })) => {
                self.end_voucher(id.0, now)
            }
            Command::Bills(bills::Command::PayPlatform(bills::PayPlatform { partner, amount })) => {
                self.pay_platform(partner.number(), units(*amount))
            }
            Command::Bills(bills::Command::ConfirmReceipt(bills::ConfirmReceipt { customer, month, lines })) => {
                self.confirm(actor, customer.number(), *month, lines, now)
            }
            Command::Standing(book::standing::Command::ChangeCustomer(_)) => self.change_customer(command),
            Command::Standing(book::standing::Command::ForceSuspension(book::standing::ForceSuspension {
                customer,
                forced,
            })) => self.force(actor, customer.number(), *forced),
            Command::Notices(notices::Command::Subscribe(notices::Subscribe { uin, subscription })) => {
                self.must_exist(*uin)?;
                Ok(Fact::Subscribed { uin: uin.number(), channel_service: subscription.channel_service })
            }
            Command::Standing(book::standing::Command::ReviewCustomer(book::standing::ReviewCustomer { customer })) => {
                self.review(customer.number(), now)
            }
            Command::Metering(metering::Command::ResumeResource(metering::ResumeResource { id })) => {
                self.step(id.0, Step::Resume, now)
            }
            Command::Metering(metering::Command::SuspendResource(metering::SuspendResource { id })) => {
                self.step(id.0, Step::Suspend, now)
            }
            Command::Metering(metering::Command::DeleteResource(metering::DeleteResource { id })) => {
                self.step(id.0, Step::Delete, now)
            }
            Command::Bills(bills::Command::IssueBills(bills::IssueBills { month })) => self.issue_bills(*month, now),
            Command::Notices(notices::Command::AddWebhook(notices::AddWebhook { account, .. })) => {
                account.map_or(Ok(()), |account| self.must_exist(account)).map(|()| Fact::WebhookAdded)
            }
            Command::Notices(notices::Command::RotateWebhookSecret(notices::RotateWebhookSecret { id })) => {
                self.webhook(id.0).map(|()| Fact::Nothing)
            }
            Command::Notices(notices::Command::RemoveWebhook(notices::RemoveWebhook { id })) => {
                self.webhook(id.0).map(|()| Fact::WebhookRemoved { position: id.0 })
            }
            Command::Parties(parties::Command::IssueCredential(parties::IssueCredential { uin, .. }))
            | Command::Parties(parties::Command::RevokeCredential(parties::RevokeCredential { uin, .. })) => {
                self.must_exist(*uin).map(|()| Fact::Nothing)
            }
            Command::Deployment(deployment::Command::IssuePlatformKey(_))
            | Command::Deployment(deployment::Command::ResetPlatformKey(_)) => {
                let full = !matches!(
                    command,
                    Command::Deployment(deployment::Command::IssuePlatformKey(deployment::IssuePlatformKey {
                        access: KeyAccess::Read
                    }))
                );
                let made = self.facts().filter(|(_, fact)| matches!(fact, Fact::KeyMade { .. })).count();
                let key = u32::try_from(made + 1).unwrap_or(u32::MAX);
                Ok(Fact::KeyMade { key, full })
            }
            Command::Deployment(deployment::Command::RevokePlatformKey(deployment::RevokePlatformKey { key })) => {
                let keys = self.keys();
                let last_full = keys.iter().filter(|(_, full)| *full).count() == 1;
                match keys.iter().find(|(there, _)| there == key) {
                    None => refuse("key_not_found"),
                    Some((_, true)) if last_full => refuse("last_full_key"),
                    Some(_) => Ok(Fact::KeyRevoked { key: *key }),
                }
            }
            Command::Deployment(deployment::Command::AdvanceClock(deployment::AdvanceClock { to }))
                if to.micros() < now =>
            {
                refuse("clock_goes_back")
            }
            Command::Deployment(deployment::Command::AdvanceClock(_))
            | Command::Deployment(deployment::Command::AcceptClock(_))
            | Command::Deployment(deployment::Command::AcceptLoss(_)) => Ok(Fact::Nothing),
        }
    }

    pub(super) fn must_exist(&self, uin: Uin) -> Result<(), Refused> {
        if self.accounts().contains(&uin.number()) { Ok(()) } else { refuse("account_not_found") }
    }

    pub(super) fn customer(&self, uin: u64) -> Result<Credit, Refused> {
        self.credit_of(uin).ok_or(Refused::plain("customer_not_found"))
    }

    pub(super) fn partner_or(&self, uin: u64, code: &'static str) -> Result<Partner, Refused> {
        self.partner_of(uin).ok_or(Refused::plain(code))
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

    fn webhook(&self, position: u64) -> Result<(), Refused> {
        let removed = self.facts().any(|(_, fact)| *fact == Fact::WebhookRemoved { position });
        match self.fact(position) {
            Some(Fact::WebhookAdded) if !removed => Ok(()),
            Some(Fact::WebhookAdded) => refuse("webhook_removed"),
            _ => refuse("webhook_not_found"),
        }
    }

    fn make_partner(&self, made: Fact) -> Judged {
        let Fact::PartnerMade { uin, kind, distributor, quota, spend, vouchers, features } = made else {
            return Ok(made);
        };
        if !self.accounts().contains(&uin) {
            return refuse("account_not_found");
        }
        let above = match distributor {
            Some(above) => {
                let partner = self.partner_or(above, "distributor_not_found")?;
                if partner.kind != PartnerKind::Distributor {
                    return refuse("distributor_not_found");
                }
                Some((above, partner))
            }
            None => None,
        };
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
        Ok(Fact::PartnerMade { uin, kind, distributor, quota, spend, vouchers, features })
    }

    fn set_limits(
        &self,
        uin: Uin,
        quota: Option<i128>,
        spend: Option<i128>,
        vouchers: Option<i128>,
        features: Option<Vec<AllowlistItem>>,
    ) -> Judged {
        let uin = uin.number();
        let partner = self.partner_or(uin, "partner_not_found")?;
        if spend.is_some() && partner.spend.is_none() {
            return refuse("wrong_partner_kind");
        }
        if [quota, spend, vouchers].into_iter().flatten().any(|limit| limit < 0) {
            return refuse("quota_negative");
        }
        if let Some(wanted) = quota.filter(|wanted| *wanted < partner.allocated) {
            return Err(Refused {
                figures: [("requested", wanted), ("allocated", partner.allocated)].into(),
                ..Refused::plain("below_allocated")
            });
        }
        let second_level = partner.kind == PartnerKind::SecondLevelReseller;
        if let Some(wanted) = vouchers.filter(|wanted| second_level && *wanted < partner.vouchers_issued) {
            return Err(Refused {
                figures: [("requested", wanted), ("issued", partner.vouchers_issued)].into(),
                ..Refused::plain("below_issued")
            });
        }
        if let Some((wanted, above)) = quota.zip(partner.distributor) {
            let distributor = self.partner_or(above, "distributor_not_found")?;
            can_hand_out(above, &distributor, wanted - partner.quota)?;
        }
        Ok(Fact::LimitsSet { uin, quota, spend, vouchers, features })
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
        if credit.forced_since.is_some() {
            return refuse("account_suspended");
        }
        if credit.settings.prepaid_non_stop || credit.settings.postpaid_non_stop {
            return refuse("non_stop_on");
        }
        if credit.available < 0 {
            return Err(Refused {
                account: Some(customer),
                figures: [("available", credit.available)].into(),
                ..Refused::plain("overdue")
            });
        }
        let runs = self.resources().values().any(|it| it.account == customer && running(it));
        if runs || credit.open > 0 || credit.held + credit.frozen != 0 {
            refuse("has_open_holds")
        } else if credit.parked > 0 {
            refuse("has_parked_orders")
        } else {
            Ok(Fact::Unbound { customer })
        }
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

fn sorted(features: &[AllowlistItem]) -> Vec<AllowlistItem> {
    AllowlistItem::ALL.into_iter().filter(|item| features.contains(item)).collect()
}

fn set_product(code: &str, terms: Terms) -> Judged {
    let FreezeTerms { amount, .. } = terms.freeze;
    if amount.is_negative() { refuse("amount_negative") } else { Ok(Fact::ProductSet { code: code.to_owned(), terms }) }
}
