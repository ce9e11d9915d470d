//! Events of version 2, in the order in which they stood. Those whose shape has not changed are today's.

use super::things::{Authorization, Charge, Order, Price, Resource, lines, paying, share_of};
use super::vouchers::{self, Voucher, VoucherEnded, VoucherIssued};
use crate::book::buying::{self, OrderChange};
use crate::book::state::Book;
use crate::book::{self, bills, catalogue, deployment, metering, notices, parties, standing};
use crate::channel::{
    AccountClass, AccountFacts, AuthorizationId, Binding, FreezeTerms, Frozen, Notice, Product, ProductCode,
    RefundScope, Settlement, Standing, Tier, Uin, Verification,
};
use crate::ledger::{Day, Line, Moment};
use crate::money::Amount;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) enum Event {
    AccountOpened(AccountTerms),
    AccountChanged(AccountTerms),
    PartnerRegistered(parties::PartnerRegistered),
    PartnerChanged(parties::PartnerChanged),
    PoolAllocated(parties::PoolAllocated),
    CustomerBound(CustomerBound),
    CustomerUnbound(CustomerUnbound),
    CreditAllocated(parties::CreditAllocated),
    CustomerNoted(parties::CustomerNoted),
    ProductAdded(ProductTerms),
    ProductChanged(ProductTerms),
    DiscountSet(catalogue::DiscountSet),
    DiscountEnded(catalogue::DiscountEnded),
    OrderChanged(OrderChanged),
    OrderRefunded(OrderRefunded),
    AuthorizationOpened(AuthorizationOpened),
    AuthorizationCaptured(AuthorizationCaptured),
    AuthorizationReleased(AuthorizationClosed),
    AuthorizationExpired(AuthorizationClosed),
    ResourceActivated(ResourceChanged),
    ResourceResized(ResourceChanged),
    ResourceTerminated(ResourceTerminated),
    ResourceSuspended(Box<Resource>),
    ResourceResumed(Box<Resource>),
    ResourceDeleted(ResourceDeleted),
    UsageSettled(UsageSettled),
    VoucherIssued(VoucherIssued),
    VoucherInvalidated(VoucherEnded),
    VoucherExpired(VoucherEnded),
    PlatformPaid(bills::PlatformPaid),
    ReceiptConfirmed(bills::ReceiptConfirmed),
    CustomerChanged(standing::CustomerChanged),
    SuspensionForced(standing::SuspensionForced),
    SuspensionLifted(standing::SuspensionLifted),
    Subscribed(notices::Subscribed),
    WebhookAdded(notices::WebhookAdded),
    WebhookSecretRotated(notices::WebhookSecretRotated),
    WebhookRemoved(notices::WebhookRemoved),
    CustomerReviewed(CustomerReviewed),
    BillsIssued(bills::BillsIssued),
    CredentialIssued(parties::CredentialIssued),
    CredentialRevoked(parties::CredentialRevoked),
    PlatformKeyIssued(deployment::PlatformKeyIssued),
    PlatformKeyRevoked(deployment::PlatformKeyRevoked),
    ClockAdvanced(deployment::ClockAdvanced),
}

impl Event {
    /// As it is recorded today, by the book that stands right before it.
    pub(super) fn upgraded(self, book: &Book, at: Moment) -> book::Event {
        match self {
            Event::AccountOpened(fact) => fact.opened().into(),
            Event::AccountChanged(fact) => fact.changed(book).into(),
            Event::PartnerRegistered(fact) => fact.into(),
            Event::PartnerChanged(fact) => fact.into(),
            Event::PoolAllocated(fact) => fact.into(),
            Event::CustomerBound(fact) => fact.upgraded(book).into(),
            Event::CustomerUnbound(fact) => fact.upgraded().into(),
            Event::CreditAllocated(fact) => fact.into(),
            Event::CustomerNoted(fact) => fact.into(),
            Event::ProductAdded(fact) => fact.added().into(),
            Event::ProductChanged(fact) => fact.changed().into(),
            Event::DiscountSet(fact) => fact.into(),
            Event::DiscountEnded(fact) => fact.into(),
            Event::OrderChanged(fact) => fact.upgraded(book).into(),
            Event::OrderRefunded(fact) => fact.upgraded(book).into(),
            Event::AuthorizationOpened(fact) => fact.upgraded().into(),
            Event::AuthorizationCaptured(fact) => fact.upgraded().into(),
            Event::AuthorizationReleased(fact) => fact.released().into(),
            Event::AuthorizationExpired(fact) => fact.expired().into(),
            Event::ResourceActivated(fact) => fact.activated(book).into(),
            Event::ResourceResized(fact) => fact.resized(book).into(),
            Event::ResourceTerminated(fact) => fact.upgraded(book).into(),
            Event::ResourceSuspended(resource) => {
                metering::ResourceSuspended { resource: Box::new(resource.upgraded(book, None)) }.into()
            }
            Event::ResourceResumed(resource) => {
                metering::ResourceResumed { resource: Box::new(resource.upgraded(book, None)) }.into()
            }
            Event::ResourceDeleted(fact) => fact.upgraded(book).into(),
            Event::UsageSettled(fact) => fact.upgraded(book, at).into(),
            Event::VoucherIssued(fact) => fact.upgraded().into(),
            Event::VoucherInvalidated(fact) => fact.invalidated().into(),
            Event::VoucherExpired(fact) => fact.expired().into(),
            Event::PlatformPaid(fact) => fact.into(),
            Event::ReceiptConfirmed(fact) => fact.into(),
            Event::CustomerChanged(fact) => fact.into(),
            Event::SuspensionForced(fact) => fact.into(),
            Event::SuspensionLifted(fact) => fact.into(),
            Event::Subscribed(fact) => fact.into(),
            Event::WebhookAdded(fact) => fact.into(),
            Event::WebhookSecretRotated(fact) => fact.into(),
            Event::WebhookRemoved(fact) => fact.into(),
            Event::CustomerReviewed(fact) => fact.upgraded(book).into(),
            Event::BillsIssued(fact) => fact.into(),
            Event::CredentialIssued(fact) => fact.into(),
            Event::CredentialRevoked(fact) => fact.into(),
            Event::PlatformKeyIssued(fact) => fact.into(),
            Event::PlatformKeyRevoked(fact) => fact.into(),
            Event::ClockAdvanced(fact) => fact.into(),
        }
    }
}

/// Who an account was verified as, and who followed it, was not recorded: it stood in the directory only.
#[derive(Debug, Deserialize)]
pub(super) struct AccountTerms {
    uin: Uin,
    class: AccountClass,
    verification: Verification,
    tier: Tier,
}

impl AccountTerms {
    fn opened(self) -> parties::AccountOpened {
        let AccountTerms { uin, class, verification, tier } = self;
        let AccountFacts { site, entity, followed, .. } = AccountFacts::NOTHING;
        parties::AccountOpened { uin, class, verification, tier, site, entity, followed }
    }

    fn changed(self, book: &Book) -> parties::AccountChanged {
        let AccountTerms { uin, class, verification, tier } = self;
        let AccountFacts { entity, followed, .. } = book.account_facts(uin).clone();
        parties::AccountChanged { uin, class, verification, tier, entity, followed }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ProductTerms {
    number: u32,
    code: ProductCode,
    name: String,
    settlement: Settlement,
    grace_hours: u32,
    retention_days: u32,
    freeze: FreezeTerms,
}

impl ProductTerms {
    /// Nobody was asked whether anybody had set the grace: one that is as long as by R105 was not.
    fn own_grace_hours(&self) -> Option<u32> {
        let ProductTerms { code, name, settlement, retention_days, freeze, .. } = self;
        let (code, name, settlement) = (code.clone(), name.clone(), *settlement);
        let (retention_days, freeze) = (*retention_days, *freeze);
        let plain =
            Product { code, name, settlement, own_grace_hours: None, retention_days, freeze, inheritable: true };
        Some(self.grace_hours).filter(|hours| *hours != plain.grace_hours())
    }

    fn added(self) -> catalogue::ProductAdded {
        let grace_hours = self.own_grace_hours();
        let ProductTerms { number, code, name, settlement, retention_days, freeze, .. } = self;
        let inheritable = true;
        catalogue::ProductAdded { number, code, name, settlement, grace_hours, retention_days, freeze, inheritable }
    }

    fn changed(self) -> catalogue::ProductChanged {
        let added = self.added();
        let catalogue::ProductAdded {
            number,
            code,
            name,
            settlement,
            grace_hours,
            retention_days,
            freeze,
            inheritable,
        } = added;
        catalogue::ProductChanged { number, code, name, settlement, grace_hours, retention_days, freeze, inheritable }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct CustomerBound {
    customer: Uin,
    partner: Uin,
}

impl CustomerBound {
    fn upgraded(self, book: &Book) -> parties::CustomerBound {
        let CustomerBound { customer, partner } = self;
        let referred = book.partner(partner).is_some_and(|partner| !partner.kind.manages_credit());
        parties::CustomerBound { customer, partner, referred }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct CustomerUnbound {
    customer: Uin,
    partner: Uin,
    returned: Amount,
    partner_allocated_after: Amount,
    vouchers_after: Vec<Voucher>,
}

impl CustomerUnbound {
    fn upgraded(self) -> parties::CustomerUnbound {
        let CustomerUnbound { customer, partner, returned, partner_allocated_after, vouchers_after } = self;
        let vouchers_after = vouchers::all(vouchers_after);
        parties::CustomerUnbound { customer, partner, returned, partner_allocated_after, vouchers_after }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct OrderChanged {
    change: OrderChange,
    order: Box<Order>,
    charge: Option<Box<Charge>>,
    vouchers_after: Vec<Voucher>,
    customer_after: Option<Line>,
    partner_after: Line,
}

impl OrderChanged {
    fn upgraded(self, book: &Book) -> buying::OrderChanged {
        let OrderChanged { change, order, charge, vouchers_after, customer_after, partner_after } = self;
        let charge = charge.map(|charge| Box::new((*charge).into()));
        let order = Box::new(order.upgraded(book, charge.as_deref()));
        buying::OrderChanged {
            change,
            order,
            charge,
            vouchers_after: vouchers::all(vouchers_after),
            lines_after: lines(customer_after, partner_after),
            payer_told: None,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct OrderRefunded {
    order: Box<Order>,
    charge: Box<Charge>,
    customer_after: Option<Line>,
    partner_after: Line,
}

impl OrderRefunded {
    fn upgraded(self, book: &Book) -> buying::OrderRefunded {
        let OrderRefunded { order, charge, customer_after, partner_after } = self;
        let charge = Box::new((*charge).into());
        let order = Box::new(order.upgraded(book, Some(&charge)));
        let (scope, shares) = (RefundScope::Order, vec![share_of(&charge)]);
        buying::OrderRefunded { order, scope, shares, charge, lines_after: lines(customer_after, partner_after) }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct AuthorizationOpened {
    account: Uin,
    paying_partner: Uin,
    binding: Option<Binding>,
    product: u32,
    price: Price,
    expires_at: Moment,
    customer_frozen_after: Option<Amount>,
    partner_frozen_after: Amount,
}

impl AuthorizationOpened {
    fn upgraded(self) -> buying::AuthorizationOpened {
        let AuthorizationOpened { account, paying_partner, binding, product, price, expires_at, .. } = self;
        buying::AuthorizationOpened {
            account,
            paying: paying(account, paying_partner),
            binding,
            product,
            price: price.into(),
            expires_at,
            payer_frozen_after: self.customer_frozen_after,
            partner_frozen_after: Some(self.partner_frozen_after),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct AuthorizationCaptured {
    id: AuthorizationId,
    open: Box<Authorization>,
    charge: Box<Charge>,
    vouchers_after: Vec<Voucher>,
    customer_after: Option<Line>,
    partner_after: Line,
}

impl AuthorizationCaptured {
    fn upgraded(self) -> buying::AuthorizationCaptured {
        let AuthorizationCaptured { id, open, charge, vouchers_after, customer_after, partner_after } = self;
        let (open, charge) = (Box::new((*open).into()), Box::new((*charge).into()));
        let (vouchers_after, lines_after) = (vouchers::all(vouchers_after), lines(customer_after, partner_after));
        buying::AuthorizationCaptured { id, open, charge, vouchers_after, lines_after }
    }
}

/// One that was released, or that expired.
#[derive(Debug, Deserialize)]
pub(super) struct AuthorizationClosed {
    id: AuthorizationId,
    open: Box<Authorization>,
    customer_after: Option<Line>,
    partner_after: Line,
}

impl AuthorizationClosed {
    fn released(self) -> buying::AuthorizationReleased {
        let AuthorizationClosed { id, open, customer_after, partner_after } = self;
        let lines_after = lines(customer_after, partner_after);
        buying::AuthorizationReleased { id, open: Box::new((*open).into()), lines_after }
    }

    fn expired(self) -> buying::AuthorizationExpired {
        let buying::AuthorizationReleased { id, open, lines_after } = self.released();
        buying::AuthorizationExpired { id, open, lines_after }
    }
}

/// One that was activated, or resized.
#[derive(Debug, Deserialize)]
pub(super) struct ResourceChanged {
    resource: Box<Resource>,
    customer_after: Option<Line>,
    paying_partner: Uin,
    partner_after: Line,
}

impl ResourceChanged {
    fn activated(self, book: &Book) -> metering::ResourceActivated {
        let ResourceChanged { resource, customer_after, paying_partner, partner_after } = self;
        let resource = Box::new(resource.upgraded(book, Some(paying_partner)));
        metering::ResourceActivated { resource, lines_after: lines(customer_after, partner_after) }
    }

    fn resized(self, book: &Book) -> metering::ResourceResized {
        let metering::ResourceActivated { resource, lines_after } = self.activated(book);
        metering::ResourceResized { resource, lines_after }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ResourceTerminated {
    resource: Box<Resource>,
    released: Frozen,
    charge: Option<Box<Charge>>,
    vouchers_after: Vec<Voucher>,
    customer_after: Option<Line>,
    paying_partner: Uin,
    partner_after: Line,
}

impl ResourceTerminated {
    fn upgraded(self, book: &Book) -> metering::ResourceTerminated {
        let ResourceTerminated { resource, released, charge, vouchers_after, .. } = self;
        metering::ResourceTerminated {
            resource: Box::new(resource.upgraded(book, Some(self.paying_partner))),
            released,
            charge: charge.map(|charge| Box::new((*charge).into())),
            vouchers_after: vouchers::all(vouchers_after),
            lines_after: lines(self.customer_after, self.partner_after),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ResourceDeleted {
    resource: Box<Resource>,
    released: Frozen,
    customer_after: Option<Line>,
    paying_partner: Uin,
    partner_after: Line,
}

impl ResourceDeleted {
    fn upgraded(self, book: &Book) -> metering::ResourceDeleted {
        let ResourceDeleted { resource, released, customer_after, paying_partner, partner_after } = self;
        let resource = Box::new(resource.upgraded(book, Some(paying_partner)));
        metering::ResourceDeleted { resource, released, lines_after: lines(customer_after, partner_after) }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct UsageSettled {
    charge: Box<Charge>,
    resource_name: Option<String>,
    details: String,
    resource: Option<Box<Resource>>,
    vouchers_after: Vec<Voucher>,
    customer_after: Option<Line>,
    partner_after: Line,
}

impl UsageSettled {
    /// Every record of a resource that was set aside for closed a cycle, also one that came late: the last one goes on to
    /// the latest end that any of them had, which today's records of earlier cycles are compared with.
    fn upgraded(self, book: &Book, at: Moment) -> metering::UsageSettled {
        let UsageSettled { charge, resource_name, details, resource, vouchers_after, .. } = self;
        let ended = charge.period_end.min(at);
        let resource = resource.map(|resource| {
            let mut resource = resource.upgraded(book, None);
            resource.cycle_ended_at = resource.cycle_ended_at.max(Some(ended));
            Box::new(resource)
        });
        metering::UsageSettled {
            covered: None,
            charge: Box::new((*charge).into()),
            resource_name,
            details,
            resource,
            vouchers_after: vouchers::all(vouchers_after),
            lines_after: lines(self.customer_after, self.partner_after),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct CustomerReviewed {
    customer: Uin,
    _partner: Uin,
    day: Day,
    overdue_since: Option<Moment>,
    available: Amount,
    total: Amount,
    notices: Vec<Notice>,
}

impl CustomerReviewed {
    /// What its recipients know from now on is how it stood: they were told when it had come into arrears or out of them.
    fn upgraded(self, book: &Book) -> standing::CustomerReviewed {
        let CustomerReviewed { customer, day, overdue_since, available, total, notices, .. } = self;
        let suspension = book.spender(customer).map_or(Standing::Normal, |standing| standing.suspension());
        standing::CustomerReviewed { customer, day, overdue_since, available, total, notices, suspension, payer: None }
    }
}
