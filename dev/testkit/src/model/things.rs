//! Orders, authorizations, resources and vouchers as the facts leave them.

use super::Model;
use super::facts::{Bill, Fact, Hold, Kind, Scope, Uses};
use super::figures::Resource;
use credere_core::channel::{ActionType, OrderState, ResourceState, VoucherMode, VoucherStatus};
use std::collections::BTreeMap;

/// A voucher as it stands.
#[derive(Debug, Clone)]
pub(super) struct Voucher<'a> {
    pub id: u64,
    pub kind: Kind,
    pub owner: u64,
    pub amount: i128,
    pub remaining: i128,
    pub reserved: i128,
    pub status: VoucherStatus,
    pub mode: VoucherMode,
    pub scope: &'a Scope,
    pub from: i64,
    pub until: i64,
}

impl Voucher<'_> {
    /// What it takes of its issuer's quota: of one that was taken back only what it paid, or may still have to.
    pub(super) fn counted(&self) -> i128 {
        if self.status == VoucherStatus::Invalidated { self.amount - self.remaining } else { self.amount }
    }
}

/// An order as it stands.
#[derive(Debug, Clone)]
pub(super) struct Order<'a> {
    pub hold: &'a Hold,
    pub action: ActionType,
    pub capture: bool,
    pub state: OrderState,
    pub resource: Option<&'a str>,
    pub uses: &'a Uses,
    /// What came back on both sides.
    pub refunded: (i128, i128),
}

impl Model {
    /// Every order, by position, as it stands.
    pub(super) fn orders(&self) -> BTreeMap<u64, Order<'_>> {
        let mut orders: BTreeMap<u64, Order<'_>> = BTreeMap::new();
        for (at, fact) in self.facts() {
            match fact {
                Fact::Ordered { hold, action, capture, state, resource, uses, .. } => {
                    let (action, capture, state, resource) = (*action, *capture, *state, resource.as_deref());
                    orders.insert(at, Order { hold, action, capture, state, resource, uses, refunded: (0, 0) });
                }
                Fact::OrderMoved { position, state, uses, .. } => {
                    if let Some(order) = orders.get_mut(position) {
                        order.state = *state;
                        order.uses = uses.as_ref().unwrap_or(order.uses);
                    }
                }
                Fact::Refunded { position, back, state, .. } => {
                    if let Some(order) = orders.get_mut(position) {
                        order.state = *state;
                        order.refunded = (order.refunded.0 + back.0, order.refunded.1 + back.1);
                    }
                }
                _ => {}
            }
        }
        orders
    }

    /// What one account has paid under one binding for a prepaid resource, less what it was given back, on both sides.
    pub(super) fn paid_for(&self, buyer: u64, bound_at: Option<u64>, resource: &str) -> (i128, i128) {
        let orders = self.orders();
        let theirs = self.facts().filter_map(|(at, fact)| {
            let of = match fact {
                Fact::Ordered { .. } => at,
                Fact::OrderMoved { position, .. } | Fact::Refunded { position, .. } => *position,
                _ => return None,
            };
            let order = orders.get(&of)?;
            let same = order.hold.buyer == buyer && order.hold.bound_at == bound_at && order.resource == Some(resource);
            fact.bill().filter(|_| same).map(Bill::owed)
        });
        theirs.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
    }

    /// Open authorizations by position, and when each expires.
    pub(super) fn authorizations(&self) -> BTreeMap<u64, (&Hold, i64)> {
        let mut open = BTreeMap::new();
        for (at, fact) in self.facts() {
            match fact {
                Fact::Authorized { hold, expires_at } => {
                    open.insert(at, (hold, *expires_at));
                }
                Fact::AuthorizationEnded { position, .. } => {
                    open.remove(position);
                }
                _ => {}
            }
        }
        open
    }

    /// Every resource by position, also those that ended.
    pub(super) fn resources(&self) -> BTreeMap<u64, Resource> {
        let mut all: BTreeMap<u64, Resource> = BTreeMap::new();
        for (position, at, fact) in self.timed() {
            match fact {
                Fact::Activated { name, account, product, unit_price, quantity, frozen } => {
                    let resource = Resource {
                        name: name.clone(),
                        account: *account,
                        product: product.clone(),
                        unit_price: *unit_price,
                        quantity: *quantity,
                        frozen: *frozen,
                        state: ResourceState::Active,
                        since: at,
                        activated_at: at,
                        cycle_ended_at: None,
                    };
                    all.insert(position, resource);
                }
                Fact::Resized { position, unit_price, quantity, frozen } => {
                    if let Some(it) = all.get_mut(position) {
                        (it.unit_price, it.quantity, it.frozen) = (*unit_price, *quantity, *frozen);
                    }
                }
                Fact::Used { cycle: Some(cycle), .. } => {
                    if let Some(it) = all.get_mut(&cycle.position) {
                        (it.frozen, it.cycle_ended_at) = (cycle.frozen, Some(cycle.ended));
                    }
                }
                Fact::Stepped { position, state } => {
                    if let Some(it) = all.get_mut(position) {
                        (it.state, it.since) = (*state, at);
                    }
                }
                Fact::ResourceEnded { position, .. } => {
                    if let Some(it) = all.get_mut(position) {
                        it.state = ResourceState::Terminated;
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// Every voucher, also those that ended.
    pub(super) fn vouchers(&self) -> Vec<Voucher<'_>> {
        let mut spent: BTreeMap<u64, i128> = BTreeMap::new();
        let mut reserved: BTreeMap<u64, i128> = BTreeMap::new();
        let mut ended: BTreeMap<u64, VoucherStatus> = BTreeMap::new();
        let mut unbound: Vec<(u64, u64)> = Vec::new();
        for (at, fact) in self.facts() {
            for (voucher, amount) in fact.bill().into_iter().flat_map(|bill| bill.uses.all()) {
                *spent.entry(voucher).or_default() += amount;
            }
            match fact {
                Fact::VoucherEnded { voucher, status } => {
                    ended.insert(*voucher, *status);
                }
                Fact::Unbound { customer } => unbound.push((at, *customer)),
                _ => {}
            }
        }
        for order in self.orders().values().filter(|order| order.state == OrderState::Processing) {
            for (voucher, amount) in order.uses.all() {
                *reserved.entry(voucher).or_default() += amount;
            }
        }
        let mut all = Vec::new();
        for (at, fact) in self.facts() {
            let Fact::VoucherMade { kind, owner, amount, mode, scope, from, until } = fact else { continue };
            let linked = match kind {
                Kind::Trial { customer } => Some((at * 2 + 1, Kind::Customer { issuer: *owner }, *customer)),
                Kind::All | Kind::Customer { .. } => None,
            };
            for (id, kind, owner) in [Some((at * 2, *kind, *owner)), linked].into_iter().flatten() {
                let reserved = reserved.get(&id).copied().unwrap_or_default();
                let remaining = amount - spent.get(&id).copied().unwrap_or_default() - reserved;
                let left = unbound.iter().any(|(then, customer)| *customer == owner && *then > at);
                let status = match ended.get(&id) {
                    Some(status) => *status,
                    None if remaining == 0 && reserved == 0 => VoucherStatus::Used,
                    None if left => VoucherStatus::Invalidated,
                    None => VoucherStatus::Issued,
                };
                let (amount, mode, from, until) = (*amount, *mode, *from, *until);
                all.push(Voucher { id, kind, owner, amount, remaining, reserved, status, mode, scope, from, until });
            }
        }
        all
    }
}

/// Whether a resource has not ended.
pub(super) fn running(resource: &Resource) -> bool {
    matches!(resource.state, ResourceState::Active | ResourceState::Suspended)
}
