//! The book's memory and how it is read. Accounts lie in one list in the order of their opening, found by number
//! through a table of positions: a million customers cost little more than their figures. What is visible in an order
//! is kept in that order.

use super::deadlines::Deadlines;
use super::rejection::Rejection;
use crate::access::{self, Action, Actor, KeyAccess, Relation, Role};
use crate::channel::{
    Account, Authorization, AuthorizationId, Binding, Customer, Discount, DiscountId, DiscountScope, FormerBinding,
    OpenBill, Order, OrderId, Paid, PaidFor, Partner, PartnerKind, Price, Product, ProductCode, Resource, ResourceId,
    ResourceName, Uin, Voucher, VoucherId, VoucherKind, VoucherStatus, Warned, WebhookId, best,
};
use crate::ledger::{Calendar, Day, Moment, Month};
use crate::money::{Amount, Overflow, Rate};
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::ops::Bound;

/// Hash maps inside the book hash alike in every run.
pub(super) type Map<K, V> = HashMap<K, V, FixedState>;

/// All state that decisions need, consistent with one journal position.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub(super) calendar: Calendar,
    pub(super) seq: u64,
    pub(super) now: Moment,
    pub(super) next_uin: Option<Uin>,
    pub(super) accounts: Accounts,
    pub(super) partners: Map<Uin, Partner>,
    pub(super) products: Vec<Product>,
    pub(super) product_numbers: BTreeMap<ProductCode, u32>,
    pub(super) discounts: BTreeMap<DiscountId, Discount>,
    pub(super) discounts_of: Map<Uin, Vec<DiscountId>>,
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) authorizations: BTreeMap<u64, Authorization>,
    pub(super) expiries: BTreeSet<(Moment, u64)>,
    /// What delivered orders have given back, on both sides, for ever. Those that gave nothing back are not here.
    pub(super) refunds: BTreeMap<OrderId, Refunds>,
    /// What prepaid resources were paid with and have not given back. Only those that have given everything back are
    /// not here: nobody says when a prepaid resource ends, so each one that an order named stays, also under a binding
    /// that has ended, whose orders may still be given back.
    pub(super) paid: BTreeMap<PaidFor, Paid>,
    pub(super) resources: BTreeMap<ResourceId, Resource>,
    pub(super) resource_names: BTreeMap<ResourceName, ResourceId>,
    pub(super) resources_of: Map<Uin, BTreeSet<ResourceId>>,
    pub(super) vouchers: BTreeMap<VoucherId, Voucher>,
    pub(super) vouchers_of: Map<Uin, BTreeSet<VoucherId>>,
    /// Type I by owner, and type II by owner and customer: what may pay for one customer is found without the others.
    pub(super) general_vouchers_of: Map<Uin, BTreeSet<VoucherId>>,
    pub(super) trial_vouchers_of: Map<(Uin, Uin), BTreeSet<VoucherId>>,
    pub(super) voucher_expiries: BTreeSet<(Moment, VoucherId)>,
    pub(super) bills: Map<Uin, Vec<OpenBill>>,
    /// Bindings that have ended, oldest first: their partners may still see and confirm what was charged then, and what
    /// was used then is charged under them (R141).
    pub(super) former: BTreeMap<Uin, Vec<FormerBinding>>,
    /// Customers below some warning level, by the day on which that was last looked at.
    pub(super) low: BTreeSet<(Day, Uin)>,
    pub(super) warned: Map<Uin, Warned>,
    /// When something falls due for resources by itself.
    pub(super) deadlines: Deadlines,
    pub(super) issued: Option<Month>,
    pub(super) webhooks: BTreeMap<WebhookId, Option<Uin>>,
    /// Discounts and webhooks that are over are told from those that never were, for ever: each one that has ended
    /// leaves its number here, 8 bytes.
    pub(super) ended_discounts: BTreeSet<DiscountId>,
    pub(super) removed_webhooks: BTreeSet<WebhookId>,
    pub(super) platform_keys: BTreeMap<u32, KeyAccess>,
    pub(super) next_platform_key: u32,
}

/// What a delivered order has given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refunds {
    /// To the customer.
    pub customer: Amount,
    /// To the paying partner.
    pub partner: Amount,
    /// Whether a refund has left nothing: the order is refunded, and gives nothing back any more.
    pub ended: bool,
}

/// Accounts in the order of their opening, and where each number lies.
#[derive(Debug, Clone, Default)]
pub(super) struct Accounts {
    list: Vec<Account>,
    positions: HashTable<u32>,
}

fn hash_of(uin: Uin) -> u64 {
    FixedState::with_seed(0).hash_one(uin)
}

impl Accounts {
    pub(super) fn get(&self, uin: Uin) -> Option<&Account> {
        let found = self.positions.find(hash_of(uin), |&at| self.list[at as usize].uin == uin)?;
        self.list.get(*found as usize)
    }

    pub(super) fn get_mut(&mut self, uin: Uin) -> Option<&mut Account> {
        let found = self.positions.find(hash_of(uin), |&at| self.list[at as usize].uin == uin)?;
        self.list.get_mut(*found as usize)
    }

    /// Adds an account whose number is not there yet. `None` when it is, or when the list is full (2^32).
    pub(super) fn add(&mut self, account: Account) -> Option<()> {
        if self.get(account.uin).is_some() {
            return None;
        }
        let at = u32::try_from(self.list.len()).ok()?;
        let list = &self.list;
        self.positions.insert_unique(hash_of(account.uin), at, |&at| hash_of(list[at as usize].uin));
        self.list.push(account);
        Some(())
    }

    pub(super) fn reserve(&mut self, more: usize) {
        let list = &self.list;
        self.positions.reserve(more, |&at| hash_of(list[at as usize].uin));
        self.list.reserve_exact(more);
    }

    pub(super) fn list(&self) -> &[Account] {
        &self.list
    }
}

impl Book {
    /// An empty book.
    pub fn new() -> Book {
        Book::default()
    }

    /// An empty book whose days and months are those of this calendar.
    pub fn in_calendar(calendar: Calendar) -> Book {
        Book { calendar, ..Book::default() }
    }

    /// Which day and month a moment belongs to.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// Journal position of the last record that this book knows; 0 for an empty one.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Business time of the last record.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// One account.
    pub fn account(&self, uin: Uin) -> Option<&Account> {
        self.accounts.get(uin)
    }

    /// All accounts in the order of their opening. The position in this list is stable.
    pub fn accounts(&self) -> &[Account] {
        self.accounts.list()
    }

    /// Looks at the accounts that the commands are about, so that the memory they lie in is on its way when they are
    /// decided: looking them up one after the other would wait for each in turn. Changes nothing.
    pub fn foresee(&self, accounts: impl Iterator<Item = Uin>) -> u64 {
        let seen = accounts.filter_map(|uin| self.customer(uin));
        seen.fold(0, |all, customer| all ^ customer.bound_seq ^ u64::from(customer.open_authorizations))
    }

    /// A bound customer.
    pub fn customer(&self, uin: Uin) -> Option<&Customer> {
        self.accounts.get(uin)?.customer.as_ref()
    }

    /// Whether the account is a customer with a line of credit. The customers of an agent are not: they pay the platform
    /// themselves (R4).
    pub fn has_credit(&self, uin: Uin) -> bool {
        let managing = self.customer(uin).and_then(|customer| self.partner(customer.partner));
        managing.is_some_and(|managing| managing.kind.manages_credit())
    }

    /// One partner.
    pub fn partner(&self, uin: Uin) -> Option<&Partner> {
        self.partners.get(&uin)
    }

    /// All partners, in the order in which they became partners.
    pub fn partners(&self) -> Vec<&Partner> {
        let mut partners: Vec<&Partner> = self.partners.values().collect();
        partners.sort_unstable_by_key(|partner| partner.registered_seq);
        partners
    }

    /// All products; the position is a product's number.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The product with this code, and its number.
    pub fn product(&self, code: &ProductCode) -> Option<(u32, &Product)> {
        let number = *self.product_numbers.get(code)?;
        Some((number, self.product_numbered(number)?))
    }

    /// The product with this number.
    pub fn product_numbered(&self, number: u32) -> Option<&Product> {
        self.products.get(number as usize)
    }

    /// The discounts after this one that have not been ended, oldest first; it need not be there.
    pub fn discounts_after(&self, id: DiscountId) -> impl Iterator<Item = &Discount> {
        self.discounts.range((Bound::Excluded(id), Bound::Unbounded)).map(|(_, discount)| discount)
    }

    /// One discount that has not been ended.
    ///
    /// # Errors
    /// [`Rejection::DiscountEnded`], [`Rejection::DiscountNotFound`]
    pub fn discount(&self, id: DiscountId) -> Result<&Discount, Rejection> {
        let ended = self.ended_discounts.contains(&id);
        self.discounts.get(&id).ok_or(if ended { Rejection::DiscountEnded } else { Rejection::DiscountNotFound })
    }

    /// An order that is still open (to be paid or processing).
    pub fn open_order(&self, id: OrderId) -> Option<&Order> {
        self.orders.get(&id)
    }

    /// An authorization that is still open.
    pub fn open_authorization(&self, id: AuthorizationId) -> Option<&Authorization> {
        self.authorizations.get(&id.opened_seq).filter(|open| open.account == id.account)
    }

    /// How many authorizations are open.
    pub fn open_authorizations(&self) -> usize {
        self.authorizations.len()
    }

    /// What a delivered order has given back so far; `None` for one that was never given back.
    pub fn refunds(&self, order: OrderId) -> Option<Refunds> {
        self.refunds.get(&order).copied()
    }

    /// What was paid for a prepaid resource and is not given back.
    pub fn paid(&self, what: &PaidFor) -> Paid {
        self.paid.get(what).copied().unwrap_or_default()
    }

    /// Everything that was paid for prepaid resources and is not given back, by account.
    pub fn paid_resources(&self) -> impl Iterator<Item = (&PaidFor, &Paid)> {
        self.paid.iter()
    }

    /// A resource that runs or is stopped, by the caller's name for it.
    pub fn resource(&self, name: &ResourceName) -> Option<&Resource> {
        self.resources.get(self.resource_names.get(name)?)
    }

    /// A resource that runs or is stopped, by its number.
    pub fn resource_numbered(&self, id: ResourceId) -> Option<&Resource> {
        self.resources.get(&id)
    }

    /// An account's resources that run or are stopped, oldest first.
    pub fn resources_of(&self, account: Uin) -> impl Iterator<Item = &Resource> {
        self.resources_of.get(&account).into_iter().flatten().filter_map(|id| self.resources.get(id))
    }

    /// All resources that run or are stopped, oldest first.
    pub fn resources(&self) -> impl DoubleEndedIterator<Item = &Resource> {
        self.resources.values()
    }

    /// A voucher that has something left, or of which an open order has a part set aside.
    pub fn voucher(&self, id: VoucherId) -> Option<&Voucher> {
        self.vouchers.get(&id)
    }

    /// An owner's vouchers that are in the book, oldest first.
    pub fn vouchers_of(&self, owner: Uin) -> impl Iterator<Item = &Voucher> {
        self.vouchers_of.get(&owner).into_iter().flatten().filter_map(|id| self.vouchers.get(id))
    }

    /// The vouchers of a partner that may pay for this customer's charges: type I, and its type II.
    pub(super) fn partner_vouchers_for(&self, partner: Uin, customer: Uin) -> impl Iterator<Item = &Voucher> {
        let general = self.general_vouchers_of.get(&partner).into_iter().flatten();
        let trial = self.trial_vouchers_of.get(&(partner, customer)).into_iter().flatten();
        general.chain(trial).filter_map(|id| self.vouchers.get(id))
    }

    /// What is left on a customer's usable vouchers (R20), in units of 10^-8; wide, since it is a sum of many.
    pub fn voucher_balance(&self, owner: Uin, now: Moment) -> i128 {
        let usable = self.vouchers_of(owner).filter(|voucher| voucher.usable(now));
        usable.map(|voucher| i128::from(voucher.remaining.units())).sum()
    }

    /// What a customer still owes its partners, by binding and month, oldest first.
    pub fn open_bills(&self, customer: Uin) -> &[OpenBill] {
        self.bills.get(&customer).map_or(&[], Vec::as_slice)
    }

    /// An account's bindings that have ended, oldest first.
    pub fn former_bindings(&self, account: Uin) -> &[FormerBinding] {
        self.former.get(&account).map_or(&[], Vec::as_slice)
    }

    /// Which partner a receipt for this customer says was paid: the caller itself; for the platform the managing partner
    /// (R93), or the last one of a customer that is no longer bound.
    pub fn paid_partner(&self, actor: Actor, customer: Uin) -> Option<Uin> {
        match actor {
            Actor::Account(partner) => Some(partner),
            Actor::Platform { .. } | Actor::System => {
                let bound = self.customer(customer).map(|bound| bound.partner);
                bound.or_else(|| self.former_bindings(customer).last().map(|former| former.binding.partner))
            }
        }
    }

    /// The last month whose bills were noted as issued.
    pub fn issued(&self) -> Option<Month> {
        self.issued
    }

    /// Whose a webhook is; `None` for the platform's own.
    ///
    /// # Errors
    /// [`Rejection::WebhookRemoved`], [`Rejection::WebhookNotFound`]
    pub fn webhook(&self, id: WebhookId) -> Result<Option<Uin>, Rejection> {
        let removed = self.removed_webhooks.contains(&id);
        let missing = if removed { Rejection::WebhookRemoved } else { Rejection::WebhookNotFound };
        self.webhooks.get(&id).copied().ok_or(missing)
    }

    /// All webhooks, oldest first.
    pub fn webhooks(&self) -> impl Iterator<Item = (WebhookId, Option<Uin>)> {
        self.webhooks.iter().map(|(id, account)| (*id, *account))
    }

    /// Platform keys by number.
    pub fn platform_keys(&self) -> &BTreeMap<u32, KeyAccess> {
        &self.platform_keys
    }

    /// The number that the next account gets unless the caller names one.
    pub fn next_uin(&self) -> Option<Uin> {
        let mut candidate = self.next_uin.map_or(Uin::FIRST_GIVEN, Uin::number);
        loop {
            let uin = Uin::new(candidate).ok()?;
            if self.accounts.get(uin).is_none() {
                return Some(uin);
            }
            candidate += 1;
        }
    }

    /// The paying partner of a managing partner's customers, Q(c) of R7: the distributor above a second-level reseller,
    /// else the partner itself. Also whose spend line a partner's own purchases use.
    pub fn paying_partner(&self, managing: &Partner) -> Option<&Partner> {
        match managing.distributor {
            Some(distributor) => self.partners.get(&distributor),
            None => self.partners.get(&managing.uin),
        }
    }

    /// What an actor is.
    pub fn role(&self, actor: Actor) -> Role {
        match actor {
            Actor::Platform { access: KeyAccess::Full, .. } => Role::Platform,
            Actor::Platform { access: KeyAccess::Read, .. } => Role::PlatformRead,
            Actor::System => Role::System,
            Actor::Account(uin) => match self.partners.get(&uin) {
                Some(partner) => Role::Partner(partner.kind),
                None if self.customer(uin).is_some() => Role::Customer,
                None if !self.former_bindings(uin).is_empty() => Role::FormerCustomer,
                None => Role::Unaffiliated,
            },
        }
    }

    /// Whether `actor` may do `action` to `target`, by role and relation. Writing and reading are judged here alike. Whoever
    /// was a customer once may do what a former customer may, whatever it has become since.
    ///
    /// # Errors
    /// [`Rejection::NotPermitted`]
    pub fn permit(&self, actor: Actor, action: Action, target: Option<Uin>) -> Result<(), Rejection> {
        let relation = match actor {
            Actor::Account(uin) => target.map(|target| self.relation(uin, target)),
            Actor::Platform { .. } | Actor::System => None,
        };
        let judged = access::judge(action, self.role(actor), relation).or_else(|denial| match actor {
            Actor::Account(uin) if !self.former_bindings(uin).is_empty() => {
                access::judge(action, Role::FormerCustomer, relation).map_err(|_| denial)
            }
            Actor::Account(_) | Actor::Platform { .. } | Actor::System => Err(denial),
        });
        judged.map_err(Rejection::NotPermitted)
    }

    /// How `actor` stands to `other`. What does not exist is a stranger's.
    pub fn relation(&self, actor: Uin, other: Uin) -> Relation {
        if actor == other {
            return Relation::Own;
        }
        let above = |uin: Uin| match self.partners.get(&uin) {
            Some(partner) => partner.distributor,
            None => self.customer(uin).map(|customer| customer.partner),
        };
        let is_second_level =
            |uin: Uin| self.partners.get(&uin).is_some_and(|partner| partner.kind == PartnerKind::SecondLevelReseller);
        match above(other) {
            Some(parent) if parent == actor && is_second_level(other) => Relation::SecondLevel,
            Some(parent) if parent == actor => Relation::DirectCustomer,
            // Before the indirect one, which it may be besides: its old bills were to be paid to the actor (R141).
            _ if self.former_bindings(other).iter().any(|former| former.binding.partner == actor) => {
                Relation::FormerCustomer
            }
            Some(parent) if above(parent) == Some(actor) => Relation::IndirectCustomer,
            parent_of_other => match above(actor) {
                Some(parent) if parent == other || above(parent) == Some(other) => Relation::Parent,
                Some(parent) if parent_of_other == Some(parent) => Relation::Sibling,
                _ => Relation::Stranger,
            },
        }
    }

    /// What `list` of a product costs on both sides at `now`, for a customer under one of its bindings (or for a partner
    /// itself when `customer` is absent: it pays its own price). A customer has the discounts of the partner that it is
    /// bound to and of the one that pays; under a binding that has ended those of another partner do not count.
    ///
    /// # Errors
    /// [`Overflow`] when a side's amount does not fit.
    pub fn price(
        &self,
        customer: Option<(Uin, Binding)>,
        paying: Uin,
        product: u32,
        list: Amount,
        now: Moment,
    ) -> Result<Price, Overflow> {
        let partner_rate = self.rate(DiscountScope::Partner(paying), [paying, paying], product, now);
        let customer_rate = match customer {
            Some((uin, Binding { partner, .. })) => {
                self.rate(DiscountScope::Customer(uin), [partner, paying], product, now)
            }
            None => partner_rate,
        };
        Price::at(list, customer_rate, partner_rate)
    }

    pub(super) fn index_discount(&mut self, discount: Discount) {
        let (DiscountScope::Partner(party) | DiscountScope::Customer(party)) = discount.scope;
        self.discounts_of.entry(party).or_default().push(discount.id);
        self.discounts.insert(discount.id, discount);
    }

    pub(super) fn index_resource(&mut self, resource: Resource) {
        self.resource_names.insert(resource.name.clone(), resource.id);
        self.resources_of.entry(resource.account).or_default().insert(resource.id);
        self.resources.insert(resource.id, resource);
    }

    pub(super) fn index_voucher(&mut self, voucher: Voucher) {
        // One that was taken back stays only for what an open order has set aside of it.
        if voucher.status == VoucherStatus::Issued {
            self.voucher_expiries.insert((voucher.expires_at, voucher.id));
        }
        self.vouchers_of.entry(voucher.owner).or_default().insert(voucher.id);
        match voucher.kind {
            VoucherKind::PartnerAll => {
                self.general_vouchers_of.entry(voucher.owner).or_default().insert(voucher.id);
            }
            VoucherKind::PartnerCustomer(customer) => {
                self.trial_vouchers_of.entry((voucher.owner, customer)).or_default().insert(voucher.id);
            }
            VoucherKind::Customer { .. } => {}
        }
        self.vouchers.insert(voucher.id, voucher);
    }

    pub(super) fn index_authorization(&mut self, seq: u64, open: Authorization) {
        self.expiries.insert((open.expires_at, seq));
        self.authorizations.insert(seq, open);
    }

    fn rate(&self, scope: DiscountScope, given_by: [Uin; 2], product: u32, now: Moment) -> Rate {
        let party = match scope {
            DiscountScope::Partner(uin) | DiscountScope::Customer(uin) => uin,
        };
        let Some(ids) = self.discounts_of.get(&party) else {
            return Rate::ONE;
        };
        let theirs = ids.iter().filter_map(|id| self.discounts.get(id));
        let theirs = theirs.filter(|discount| discount.scope == scope && given_by.contains(&discount.partner));
        best(theirs, product, now).map_or(Rate::ONE, |discount| discount.rate)
    }
}
