//! Which rows an actor sees of a list that it may read at all, by area. Queries ask here once and filter by the answer;
//! none of them decides it again.

use super::actions::Action;
use super::actor::Actor;
use crate::channel::Uin;

/// Which vouchers an actor sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherScope {
    /// All of them.
    All,
    /// As a partner those that it issued, and when asked for by its number also one that it has.
    IssuedBy(Uin),
    /// As a customer those that it has, but for the hidden ones (R121).
    ShownTo(Uin),
}

/// Which vouchers `actor` sees when it asks by `action`: to read its own, or those of whoever it manages.
pub const fn vouchers(actor: Actor, action: Action) -> VoucherScope {
    match (actor, action) {
        (Actor::Platform { .. } | Actor::System, _) => VoucherScope::All,
        (Actor::Account { uin: own, .. }, Action::ReadOwnVouchers) => VoucherScope::ShownTo(own),
        (Actor::Account { uin: own, .. }, _) => VoucherScope::IssuedBy(own),
    }
}

/// Which lines of a bill an actor sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineScope {
    /// All of them.
    All,
    /// Those that were charged under bindings to these partners.
    Under(Vec<Uin>),
}

impl LineScope {
    /// The partners under whom lines are seen; `None`: all lines are.
    pub fn partners(self) -> Option<Vec<Uin>> {
        match self {
            LineScope::All => None,
            LineScope::Under(partners) => Some(partners),
        }
    }
}

/// As what `actor` reads the bills of `account`: as their owner, or as somebody else.
pub fn reading_bills(actor: Actor, account: Uin) -> Action {
    if actor.account() == Ok(account) { Action::ReadAccountBills } else { Action::ReadBills }
}

/// Which lines on the bills of `account` are seen by `actor`, with `second_levels` below it: a distributor sees what was
/// charged under them as well (R84).
pub fn bill_lines(actor: Actor, account: Uin, second_levels: &[Uin]) -> LineScope {
    match actor {
        Actor::Account { uin: own, .. } if own != account => LineScope::Under([&[own], second_levels].concat()),
        Actor::Account { .. } | Actor::Platform { .. } | Actor::System => LineScope::All,
    }
}

/// From which record on `actor` sees what was handed to an account that is bound since `bound_seq`: a partner sees
/// nothing of earlier bindings, which may have been to another one (R141).
pub fn allocations_from(actor: Actor, bound_seq: Option<u64>) -> u64 {
    match actor {
        Actor::Account { .. } => bound_seq.unwrap_or(0),
        Actor::Platform { .. } | Actor::System => 0,
    }
}
