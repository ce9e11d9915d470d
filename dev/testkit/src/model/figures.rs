//! Every figure, as a sum over the facts.

use super::Model;
use super::facts::{Fact, Hold, Kind, Settings};
use super::things::running;
use credere_core::channel::{ActionType, AllowlistItem, OrderState, PartnerKind, ResourceState, VoucherStatus};
use credere_core::ledger::Month;
use std::collections::{BTreeMap, BTreeSet};

/// A customer's credit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub struct Credit {
    pub partner: u64,
    pub total: i128,
    pub used: i128,
    /// Held by orders and authorizations.
    pub held: i128,
    /// Frozen for resources.
    pub frozen: i128,
    pub available: i128,
    pub settings: Settings,
    pub forced_since: Option<i64>,
    pub overdue_since: Option<i64>,
    /// What its recipients were last told.
    pub notified: Suspension,
    /// Orders that are processing, and authorizations that are open.
    pub open: usize,
    /// Orders that are to be paid.
    pub parked: usize,
}

/// What stops an account's resources, if anything does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Suspension {
    None,
    Arrears,
    Force,
}

impl Suspension {
    /// Force stops everything, arrears what the non-stop privilege does not keep running (R106, R108).
    pub fn of(forced: bool, overdue: bool, settings: &Settings) -> Suspension {
        match (forced, overdue && !settings.postpaid_non_stop) {
            (true, _) => Suspension::Force,
            (false, true) => Suspension::Arrears,
            (false, false) => Suspension::None,
        }
    }
}

impl Credit {
    /// What stops its resources now.
    pub fn suspension(&self) -> Suspension {
        Suspension::of(self.forced_since.is_some(), self.available < 0, &self.settings)
    }
}

/// A partner's spend ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub struct Spend {
    pub line: i128,
    pub used: i128,
    pub frozen: i128,
    pub available: i128,
}

/// A partner's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub struct Partner {
    pub kind: PartnerKind,
    pub distributor: Option<u64>,
    pub quota: i128,
    pub allocated: i128,
    pub spend: Option<Spend>,
    pub vouchers_quota: i128,
    pub vouchers_issued: i128,
    pub features: Vec<AllowlistItem>,
    pub customers_total: i128,
    pub customers_available: i128,
    /// Direct customers, oldest binding first.
    pub customers: Vec<u64>,
}

/// Everything about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Figures {
    pub verified: bool,
    pub credit: Option<Credit>,
    pub partner: Option<Partner>,
    /// Bill lines that are not confirmed, by binding, month and type: how many, and what they come to.
    pub bills: BTreeMap<(u64, Month, ActionType), (u32, i128)>,
    /// Vouchers that may still pay, or of which an open order has a part set aside: what is left, what is set aside.
    pub vouchers: BTreeMap<u64, (i128, i128, VoucherStatus)>,
    /// Resources that run or are stopped, by position.
    pub resources: BTreeMap<u64, Resource>,
}

/// A resource that runs or is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the platform API")]
pub struct Resource {
    pub name: String,
    pub account: u64,
    pub product: String,
    pub unit_price: i128,
    pub quantity: u64,
    pub frozen: (i128, i128),
    pub state: ResourceState,
    pub since: i64,
    pub activated_at: i64,
    /// Until when the last cycle went that usage has closed.
    pub cycle_ended_at: Option<i64>,
}

/// What several figures are summed from, gathered once.
struct Parts<'a> {
    held: Vec<Held<'a>>,
    confirmed: BTreeSet<u64>,
    resources: BTreeMap<u64, Resource>,
    /// Who is bound to whom, and the position of the binding.
    bindings: BTreeMap<u64, (u64, u64)>,
}

/// What an open order or authorization holds.
struct Held<'a> {
    hold: &'a Hold,
    frozen: (i128, i128),
    /// By an order that is to be paid, which holds nothing.
    parked: bool,
}

impl Model {
    /// All figures of everybody, by account.
    pub fn figures(&self) -> BTreeMap<u64, Figures> {
        let parts = self.parts();
        let mut all = BTreeMap::new();
        for uin in self.accounts() {
            let figures = Figures {
                verified: self.verified(uin),
                credit: self.credit(uin, &parts),
                partner: self.partner(uin, &parts),
                bills: BTreeMap::new(),
                vouchers: BTreeMap::new(),
                resources: BTreeMap::new(),
            };
            all.insert(uin, figures);
        }
        for (position, resource) in parts.resources.iter().filter(|(_, resource)| running(resource)) {
            if let Some(figures) = all.get_mut(&resource.account) {
                figures.resources.insert(*position, resource.clone());
            }
        }
        for voucher in self.vouchers() {
            if (voucher.status == VoucherStatus::Issued || voucher.reserved > 0)
                && let Some(figures) = all.get_mut(&voucher.owner)
            {
                figures.vouchers.insert(voucher.id, (voucher.remaining, voucher.reserved, voucher.status));
            }
        }
        for (position, fact) in self.facts() {
            if let Some(bill) = fact.bill()
                && let Some(bound_at) = bill.bound_at
                && !parts.confirmed.contains(&position)
                && let Some(figures) = all.get_mut(&bill.buyer)
            {
                let part = figures.bills.entry((bound_at, bill.month, bill.action)).or_default();
                *part = (part.0 + 1, part.1 + bill.owed().0);
            }
        }
        all
    }

    /// One account's figures.
    pub fn figures_of(&self, uin: u64) -> Option<Figures> {
        self.figures().remove(&uin)
    }

    /// One customer's credit.
    pub(super) fn credit_of(&self, uin: u64) -> Option<Credit> {
        self.credit(uin, &self.parts())
    }

    /// The credit of every customer.
    pub fn credits(&self) -> BTreeMap<u64, Credit> {
        let parts = self.parts();
        parts.bindings.keys().filter_map(|uin| Some((*uin, self.credit(*uin, &parts)?))).collect()
    }

    /// One partner's figures.
    pub(super) fn partner_of(&self, uin: u64) -> Option<Partner> {
        self.partner(uin, &self.parts())
    }

    fn parts(&self) -> Parts<'_> {
        let mut bindings = BTreeMap::new();
        for (at, fact) in self.facts() {
            match fact {
                Fact::Bound { customer, partner } => {
                    bindings.insert(*customer, (at, *partner));
                }
                Fact::Unbound { customer } => {
                    bindings.remove(customer);
                }
                _ => {}
            }
        }
        Parts { held: self.held(), confirmed: self.confirmed(), resources: self.resources(), bindings }
    }

    /// Facts with their positions, which count from 1.
    pub(super) fn facts(&self) -> impl DoubleEndedIterator<Item = (u64, &Fact)> {
        self.facts.iter().enumerate().map(|(before, (_, fact))| (before as u64 + 1, fact))
    }

    pub(super) fn fact(&self, position: u64) -> Option<&Fact> {
        self.facts.get(usize::try_from(position).ok()?.checked_sub(1)?).map(|(_, fact)| fact)
    }

    /// Facts with the moments at which they became true.
    pub(super) fn timed(&self) -> impl DoubleEndedIterator<Item = (u64, i64, &Fact)> {
        self.facts.iter().enumerate().map(|(before, (at, fact))| (before as u64 + 1, *at, fact))
    }

    /// Every account there is.
    pub fn accounts(&self) -> BTreeSet<u64> {
        let opened = self.facts().filter_map(|(_, fact)| match fact {
            Fact::AccountOpened { uin, .. } => Some(*uin),
            _ => None,
        });
        opened.collect()
    }

    pub(super) fn verified(&self, account: u64) -> bool {
        let latest = self.facts().rev().find_map(|(_, fact)| match fact {
            Fact::AccountOpened { uin, verified } | Fact::Verification { uin, verified } if *uin == account => {
                Some(*verified)
            }
            _ => None,
        });
        latest == Some(true)
    }

    /// The partner to which an account is bound, and the position of the binding.
    pub(super) fn binding(&self, account: u64) -> Option<(u64, u64)> {
        self.facts()
            .rev()
            .find_map(|(at, fact)| match fact {
                Fact::Bound { customer, partner } if *customer == account => Some(Some((at, *partner))),
                Fact::Unbound { customer } if *customer == account => Some(None),
                _ => None,
            })
            .flatten()
    }

    /// The binding that was in force at a moment: from its own moment on, up to its end's and not at it.
    pub(super) fn binding_at(&self, account: u64, moment: i64) -> Option<(u64, u64)> {
        let mut begun: Option<(i64, (u64, u64))> = None;
        for (position, at, fact) in self.timed() {
            match fact {
                Fact::Bound { customer, partner } if *customer == account => begun = Some((at, (position, *partner))),
                Fact::Unbound { customer } if *customer == account => {
                    match begun.take() {
                        Some((since, binding)) if since <= moment && moment < at => return Some(binding),
                        _ => {}
                    };
                }
                _ => {}
            }
        }
        begun.filter(|(since, _)| *since <= moment).map(|(_, binding)| binding)
    }

    /// The partner of a binding.
    pub(super) fn bound_to(&self, bound_at: u64) -> Option<u64> {
        match self.fact(bound_at) {
            Some(Fact::Bound { partner, .. }) => Some(*partner),
            _ => None,
        }
    }

    pub(super) fn kind(&self, account: u64) -> Option<(PartnerKind, Option<u64>)> {
        self.facts().find_map(|(_, fact)| match fact {
            Fact::PartnerMade { uin, kind, distributor, .. } if *uin == account => Some((*kind, *distributor)),
            _ => None,
        })
    }

    /// The positions of the lines that were confirmed.
    pub(super) fn confirmed(&self) -> BTreeSet<u64> {
        let confirmed = self.facts().filter_map(|(_, fact)| match fact {
            Fact::Confirmed { lines, .. } => Some(lines),
            _ => None,
        });
        confirmed.flatten().copied().collect()
    }

    /// How a customer is suspended and warned under this binding, and since when it is suspended by force or overdue.
    pub(super) fn standing(&self, account: u64, bound_at: u64) -> (Settings, Option<i64>, Option<i64>) {
        let (settings, forced, overdue, _) = self.standing_and_notified(account, bound_at);
        (settings, forced, overdue)
    }

    /// The same, and what its recipients were last told of its suspension.
    fn standing_and_notified(&self, account: u64, bound_at: u64) -> (Settings, Option<i64>, Option<i64>, Suspension) {
        let (mut settings, mut forced, mut overdue) = (Settings::default(), None, None);
        let mut notified = Suspension::None;
        for (_, at, fact) in self.timed().filter(|(position, ..)| *position > bound_at) {
            match fact {
                Fact::CustomerSet { customer, settings: set } if *customer == account => settings = *set,
                Fact::Forced { customer, on } if *customer == account => {
                    forced = if *on { forced.or(Some(at)) } else { None };
                }
                Fact::Reviewed { customer, overdue: since, .. } if *customer == account => {
                    overdue = *since;
                    notified = Suspension::of(forced.is_some(), overdue.is_some(), &settings);
                }
                _ => {}
            }
        }
        (settings, forced, overdue, notified)
    }

    fn held(&self) -> Vec<Held<'_>> {
        let orders = self.orders().into_values().filter(|order| order.state.open()).map(|order| {
            let (prices, paid) = (order.hold.prices(), order.uses.sums());
            let processing = order.state == OrderState::Processing;
            let frozen = if processing { (prices.0 - paid.0, prices.1 - paid.1) } else { (0, 0) };
            Held { hold: order.hold, frozen, parked: !processing }
        });
        let authorizations = self.authorizations().into_values().map(|(hold, _)| {
            let frozen = hold.prices();
            Held { hold, frozen, parked: false }
        });
        orders.chain(authorizations).collect()
    }

    fn credit(&self, account: u64, parts: &Parts<'_>) -> Option<Credit> {
        let (bound_at, partner) = *parts.bindings.get(&account)?;
        let allocations = self.facts().filter_map(|(at, fact)| match fact {
            Fact::Allocated { customer, amount } if *customer == account && at > bound_at => Some(*amount),
            _ => None,
        });
        let total: i128 = allocations.sum();
        let theirs = self.facts().filter_map(|(at, fact)| {
            let bill = fact.bill()?;
            (bill.bound_at == Some(bound_at) && !parts.confirmed.contains(&at)).then(|| bill.owed().0)
        });
        let used: i128 = theirs.sum();
        let open = || parts.held.iter().filter(|held| held.hold.bound_at == Some(bound_at));
        let frozen: i128 =
            parts.resources.values().filter(|it| running(it) && it.account == account).map(|it| it.frozen.0).sum();
        let held: i128 = open().map(|held| held.frozen.0).sum();
        let (settings, forced_since, overdue_since, notified) = self.standing_and_notified(account, bound_at);
        Some(Credit {
            partner,
            total,
            used,
            held,
            frozen,
            available: total - used - held - frozen,
            settings,
            forced_since,
            overdue_since,
            notified,
            open: open().filter(|held| !held.parked).count(),
            parked: open().filter(|held| held.parked).count(),
        })
    }

    fn partner(&self, account: u64, parts: &Parts<'_>) -> Option<Partner> {
        let (kind, distributor) = self.kind(account)?;
        let bound = parts.bindings.iter().filter(|(_, (_, partner))| *partner == account);
        let mut customers: Vec<(u64, u64)> = bound.map(|(customer, (at, _))| (*at, *customer)).collect();
        customers.sort_unstable();
        let customers: Vec<u64> = customers.into_iter().map(|(_, customer)| customer).collect();
        let credits: Vec<Credit> = customers.iter().filter_map(|customer| self.credit(*customer, parts)).collect();
        let customers_total: i128 = credits.iter().map(|credit| credit.total).sum();
        let customers_available = credits.iter().map(|credit| credit.available).sum();
        let below = self.facts().filter_map(|(_, fact)| match fact {
            Fact::PartnerMade { uin, distributor, .. } if *distributor == Some(account) => Some(*uin),
            _ => None,
        });
        let pools: i128 = below.map(|second_level| self.quota(second_level)).sum();
        let line = self.facts().rev().find_map(|(_, fact)| match fact {
            Fact::PartnerMade { uin, spend, .. } if *uin == account => Some(*spend),
            Fact::LimitsSet { uin, spend: Some(spend), .. } if *uin == account => Some(Some(*spend)),
            _ => None,
        });
        let spend = line.flatten().map(|line| {
            let used: i128 = self
                .facts()
                .map(|(_, fact)| match fact {
                    Fact::PlatformPaid { partner, amount } if *partner == account => -amount,
                    _ => fact.bill().filter(|bill| bill.payer == account).map_or(0, |bill| bill.owed().1),
                })
                .sum();
            let held: i128 =
                parts.held.iter().filter(|held| held.hold.payer == account).map(|held| held.frozen.1).sum();
            let theirs =
                |it: &&Resource| running(it) && self.payer(it.account).is_ok_and(|(payer, _)| payer == account);
            let resources: i128 = parts.resources.values().filter(theirs).map(|it| it.frozen.1).sum();
            let frozen = held + resources;
            Spend { line, used, frozen, available: line - used - frozen }
        });
        let vouchers_quota = self.facts().rev().find_map(|(_, fact)| match fact {
            Fact::PartnerMade { uin, vouchers, .. } if *uin == account => Some(*vouchers),
            Fact::LimitsSet { uin, vouchers: Some(vouchers), .. } if *uin == account => Some(*vouchers),
            _ => None,
        });
        let features = self.facts().rev().find_map(|(_, fact)| match fact {
            Fact::PartnerMade { uin, features, .. } if *uin == account => Some(features.clone()),
            Fact::LimitsSet { uin, features: Some(features), .. } if *uin == account => Some(features.clone()),
            _ => None,
        });
        let issued = self.vouchers().into_iter().filter(|it| it.kind == Kind::Customer { issuer: account });
        Some(Partner {
            kind,
            distributor,
            quota: self.quota(account),
            allocated: customers_total + pools,
            spend,
            vouchers_quota: vouchers_quota?,
            vouchers_issued: issued.map(|it| it.counted()).sum(),
            features: features?,
            customers_total,
            customers_available,
            customers,
        })
    }

    /// A partner's quota: the last one set, and what was granted to the pool since.
    fn quota(&self, account: u64) -> i128 {
        self.facts().fold(0, |quota, (_, fact)| match fact {
            Fact::PartnerMade { uin, quota: set, .. } | Fact::LimitsSet { uin, quota: Some(set), .. }
                if *uin == account =>
            {
                *set
            }
            Fact::PoolFed { second_level, amount } if *second_level == account => quota + amount,
            _ => quota,
        })
    }
}
