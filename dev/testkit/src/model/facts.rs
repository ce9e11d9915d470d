//! The facts, and every figure as a sum over them.

use super::Model;
use credere_core::channel::{OrderState, PartnerKind};
use std::collections::{BTreeMap, BTreeSet};

/// What one command that went through has made true.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it; amounts are in units of 10^-8, moments in microseconds")]
pub enum Fact {
    AccountOpened {
        uin: u64,
        verified: bool,
    },
    Verification {
        uin: u64,
        verified: bool,
    },
    PartnerMade {
        uin: u64,
        kind: PartnerKind,
        distributor: Option<u64>,
        quota: i128,
        spend: Option<i128>,
    },
    LimitsSet {
        uin: u64,
        quota: Option<i128>,
        spend: Option<i128>,
    },
    PoolFed {
        second_level: u64,
        amount: i128,
    },
    Bound {
        customer: u64,
        partner: u64,
    },
    Unbound {
        customer: u64,
    },
    Allocated {
        customer: u64,
        amount: i128,
    },
    ProductAdded {
        code: String,
    },
    DiscountMade {
        party: u64,
        for_partner: bool,
        product: Option<String>,
        rate: i128,
        from: Option<i64>,
        until: Option<i64>,
    },
    DiscountEnded {
        position: u64,
    },
    /// An order in its first state.
    Ordered {
        hold: Hold,
        capture: bool,
        state: OrderState,
    },
    OrderMoved {
        position: u64,
        state: OrderState,
    },
    Authorized {
        hold: Hold,
        expires_at: i64,
    },
    /// What was charged, at the customer's and at the partner's price.
    AuthorizationEnded {
        position: u64,
        charged: Option<(i128, i128)>,
    },
    KeyMade {
        key: u32,
        full: bool,
    },
    KeyRevoked {
        key: u32,
    },
    /// A position that changes no figure: a note, a credential, a refusal that was written down.
    Nothing,
}

/// What an order or authorization is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Who buys.
    pub buyer: u64,
    /// Whether the buyer is a partner that buys for itself.
    pub own_use: bool,
    /// Whose spend line it is on.
    pub payer: u64,
    /// At list price; negative for a downgrade.
    pub list: i128,
    /// The customer's rate, in 10^-8.
    pub customer_rate: i128,
    /// The payer's rate.
    pub partner_rate: i128,
}

/// A customer's credit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub struct Credit {
    pub partner: u64,
    pub total: i128,
    pub used: i128,
    pub frozen: i128,
    pub available: i128,
    /// Orders and authorizations that are open, frozen or not.
    pub open: usize,
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
}

/// What one order or authorization does to the figures.
struct Effect<'a> {
    position: u64,
    hold: &'a Hold,
    frozen: (i128, i128),
    used: (i128, i128),
    open: bool,
}

impl Model {
    /// All figures of everybody, by account.
    pub fn figures(&self) -> BTreeMap<u64, Figures> {
        let effects = self.effects();
        let mut all: BTreeMap<u64, Figures> = self
            .accounts()
            .into_iter()
            .map(|uin| {
                (uin, Figures { verified: self.verified(uin), credit: self.credit(uin, &effects), partner: None })
            })
            .collect();
        for uin in self.accounts() {
            let partner = self.partner(uin, &effects, &all);
            if let Some(figures) = all.get_mut(&uin) {
                figures.partner = partner;
            }
        }
        all
    }

    /// One account's figures.
    pub fn figures_of(&self, uin: u64) -> Option<Figures> {
        self.figures().remove(&uin)
    }

    /// Facts with their positions, which count from 1.
    pub(super) fn facts(&self) -> impl DoubleEndedIterator<Item = (u64, &Fact)> {
        self.facts.iter().enumerate().map(|(before, fact)| (before as u64 + 1, fact))
    }

    pub(super) fn fact(&self, position: u64) -> Option<&Fact> {
        self.facts.get(usize::try_from(position).ok()?.checked_sub(1)?)
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

    pub(super) fn kind(&self, account: u64) -> Option<(PartnerKind, Option<u64>)> {
        self.facts().find_map(|(_, fact)| match fact {
            Fact::PartnerMade { uin, kind, distributor, .. } if *uin == account => Some((*kind, *distributor)),
            _ => None,
        })
    }

    /// How far an order has come.
    pub(super) fn order_state(&self, order: u64) -> Option<OrderState> {
        self.facts().rev().find_map(|(at, fact)| match fact {
            Fact::Ordered { state, .. } if at == order => Some(*state),
            Fact::OrderMoved { position, state } if *position == order => Some(*state),
            _ => None,
        })
    }

    /// How an authorization ended: not at all, or with or without a charge.
    pub(super) fn authorization_end(&self, authorization: u64) -> Option<Option<(i128, i128)>> {
        self.facts().find_map(|(_, fact)| match fact {
            Fact::AuthorizationEnded { position, charged } if *position == authorization => Some(*charged),
            _ => None,
        })
    }

    fn effects(&self) -> Vec<Effect<'_>> {
        let none = (0, 0);
        self.facts()
            .filter_map(|(position, fact)| match fact {
                Fact::Ordered { hold, .. } => {
                    let state = self.order_state(position)?;
                    let frozen = if state == OrderState::Processing { hold.prices() } else { none };
                    let used = if state == OrderState::Delivered { hold.prices() } else { none };
                    let open = matches!(state, OrderState::Processing | OrderState::ToBePaid);
                    Some(Effect { position, hold, frozen, used, open })
                }
                Fact::Authorized { hold, .. } => Some(match self.authorization_end(position) {
                    None => Effect { position, hold, frozen: hold.prices(), used: none, open: true },
                    Some(charged) => {
                        Effect { position, hold, frozen: none, used: charged.unwrap_or(none), open: false }
                    }
                }),
                _ => None,
            })
            .collect()
    }

    fn credit(&self, account: u64, effects: &[Effect<'_>]) -> Option<Credit> {
        let (bound_at, partner) = self.binding(account)?;
        let allocations = self.facts().filter_map(|(at, fact)| match fact {
            Fact::Allocated { customer, amount } if *customer == account && at > bound_at => Some(*amount),
            _ => None,
        });
        let theirs = || effects.iter().filter(|e| e.hold.buyer == account && !e.hold.own_use && e.position > bound_at);
        let total: i128 = allocations.sum();
        let used: i128 = theirs().map(|effect| effect.used.0).sum();
        let frozen: i128 = theirs().map(|effect| effect.frozen.0).sum();
        let open = theirs().filter(|effect| effect.open).count();
        Some(Credit { partner, total, used, frozen, available: total - used - frozen, open })
    }

    fn partner(&self, account: u64, effects: &[Effect<'_>], all: &BTreeMap<u64, Figures>) -> Option<Partner> {
        let (kind, distributor) = self.kind(account)?;
        let mut customers: Vec<(u64, u64)> = all
            .keys()
            .filter_map(|customer| match self.binding(*customer)? {
                (at, partner) if partner == account => Some((at, *customer)),
                _ => None,
            })
            .collect();
        customers.sort_unstable();
        let customers: Vec<u64> = customers.into_iter().map(|(_, customer)| customer).collect();
        let credits = || customers.iter().filter_map(|customer| all.get(customer)?.credit.as_ref());
        let customers_total = credits().map(|credit| credit.total).sum();
        let customers_available = credits().map(|credit| credit.available).sum();
        let pools: i128 = all
            .keys()
            .filter(|other| self.kind(**other).is_some_and(|(_, above)| above == Some(account)))
            .map(|other| self.quota(*other))
            .sum();
        let line = self.facts().rev().find_map(|(_, fact)| match fact {
            Fact::PartnerMade { uin, spend, .. } if *uin == account => Some(*spend),
            Fact::LimitsSet { uin, spend: Some(spend), .. } if *uin == account => Some(Some(*spend)),
            _ => None,
        });
        let spend = line.flatten().map(|line| {
            let on_it = || effects.iter().filter(|effect| effect.hold.payer == account);
            let used: i128 = on_it().map(|effect| effect.used.1).sum();
            let frozen: i128 = on_it().map(|effect| effect.frozen.1).sum();
            Spend { line, used, frozen, available: line - used - frozen }
        });
        Some(Partner {
            kind,
            distributor,
            quota: self.quota(account),
            allocated: customers_total + pools,
            spend,
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
