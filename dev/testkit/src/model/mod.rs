//! What the rules demand, said a second time. Written from the specification and from nothing else: no running
//! balances, only a list of facts, one for each command that went through; every figure is summed up from that list
//! whenever somebody asks. Slow on purpose, so that a mistake here and one in the core are unlikely to be the same.
//!
//! Amounts are `i128` in units of 10^-8. A command that goes through takes the next position in the list, which is its
//! journal position and so the number of the order, authorization or discount that it makes.

mod calendar;
mod facts;
mod figures;
mod judge;
mod rules;
mod spending;
mod standing;
mod things;
mod vouchers;

pub use facts::{Bill, Cycle, Fact, Hold, Kind, Scope, Settings, Terms, Uses};
pub use figures::{Credit, Figures, Partner, Resource, Spend, Suspension};

use credere_core::access::Actor;
use credere_core::book::{Command, Rules};
use std::collections::BTreeMap;

/// The world as a list of facts.
#[derive(Debug, Clone, Default)]
pub struct Model {
    facts: Vec<(i64, Fact)>,
    /// Customers below a level, and the day on which that was first seen or last looked at: the one thing that is noted
    /// down and not summed, since it is about the past of a sum.
    low: BTreeMap<u64, i64>,
}

/// What the model says when something must not be done: the code, and the figures that it must come with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The stable code.
    pub code: &'static str,
    /// Whose credit does not suffice.
    pub side: Option<&'static str>,
    /// Whose figure it is.
    pub account: Option<u64>,
    /// Figures by name, in units of 10^-8.
    pub figures: BTreeMap<&'static str, i128>,
}

impl Refused {
    /// A refusal that comes without figures.
    pub fn plain(code: &'static str) -> Refused {
        Refused { code, side: None, account: None, figures: BTreeMap::new() }
    }

    /// A refusal about a figure of `account`.
    pub fn about(code: &'static str, account: u64, figures: [(&'static str, i128); 2]) -> Refused {
        Refused { account: Some(account), figures: BTreeMap::from(figures), ..Refused::plain(code) }
    }
}

impl Model {
    /// An empty world.
    pub fn new() -> Model {
        Model::default()
    }

    /// What must come of a command at `now`, in microseconds.
    ///
    /// # Errors
    /// The refusal.
    pub fn judge(&self, command: &Command, actor: Actor, now: i64, rules: &Rules) -> Result<Fact, Refused> {
        self.permit(command, actor)?;
        let fact = self.decide(command, actor, now, rules)?;
        let mut then = self.clone();
        then.facts.push((now, fact.clone()));
        if then.fits() { Ok(fact) } else { Err(Refused::plain("amount_overflow")) }
    }

    /// Takes a fact at the next position, at this moment in microseconds.
    pub fn note(&mut self, fact: Fact, now: i64) {
        let nothing = fact == Fact::Nothing;
        let reviewed = match &fact {
            Fact::Reviewed { customer, day, .. } => Some((*customer, *day)),
            _ => None,
        };
        self.facts.push((now, fact));
        if nothing {
            return;
        }
        let low = self.low_customers();
        self.low.retain(|customer, _| low.contains(customer));
        for customer in low {
            self.low.entry(customer).or_insert(calendar::day_of(now));
        }
        if let Some((customer, today)) = reviewed
            && let Some(day) = self.low.get_mut(&customer)
        {
            *day = today.max(*day);
        }
    }

    /// How many positions are taken.
    pub fn position(&self) -> u64 {
        self.facts.len() as u64
    }

    /// Whether every figure of everybody is one that an amount can hold.
    fn fits(&self) -> bool {
        let fits = |figure: i128| i64::try_from(figure).is_ok();
        self.figures().values().all(|party| {
            let credit = party.credit.as_ref().is_none_or(|c| {
                [c.total, c.used, c.held, c.frozen, c.held + c.frozen, c.total - c.used, c.available]
                    .into_iter()
                    .all(fits)
            });
            let spend = |s: &Spend| [s.line, s.used, s.frozen, s.line - s.used, s.available].into_iter().all(fits);
            let partner = party.partner.as_ref().is_none_or(|p| {
                [p.quota, p.allocated, p.vouchers_issued, p.customers_total].into_iter().all(fits)
                    && p.spend.as_ref().is_none_or(spend)
            });
            let bills = party.bills.values().all(|(_, amount)| fits(*amount));
            credit && partner && bills
        })
    }
}
