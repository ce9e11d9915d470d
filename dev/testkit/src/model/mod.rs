//! What the rules demand, said a second time. Written from the specification and from nothing else: no running
//! balances, only a list of facts, one for each command that went through; every figure is summed up from that list
//! whenever somebody asks. Slow on purpose, so that a mistake here and one in the core are unlikely to be the same.
//!
//! Amounts are `i128` in units of 10^-8. A command that goes through takes the next position in the list, which is its
//! journal position and so the number of the order, authorization or discount that it makes.

mod facts;
mod judge;
mod rules;

pub use facts::{Credit, Fact, Figures, Hold, Partner, Spend};

use credere_core::access::Actor;
use credere_core::book::{Command, Rules};
use std::collections::BTreeMap;

/// The world as a list of facts.
#[derive(Debug, Clone, Default)]
pub struct Model {
    facts: Vec<Fact>,
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
        let fact = self.decide(command, now, rules)?;
        let mut then = self.clone();
        then.note(fact.clone());
        if then.fits() { Ok(fact) } else { Err(Refused::plain("amount_overflow")) }
    }

    /// Takes a fact at the next position.
    pub fn note(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    /// How many positions are taken.
    pub fn position(&self) -> u64 {
        self.facts.len() as u64
    }

    /// Whether every figure of everybody is one that an amount can hold.
    fn fits(&self) -> bool {
        let fits = |figure: i128| i64::try_from(figure).is_ok();
        self.figures().values().all(|party| {
            let credit =
                party.credit.as_ref().is_none_or(|c| [c.total, c.used, c.frozen, c.available].map(fits) == [true; 4]);
            let spend = |s: &Spend| [s.line, s.used, s.frozen, s.available].map(fits) == [true; 4];
            let partner = party
                .partner
                .as_ref()
                .is_none_or(|p| [p.quota, p.allocated].map(fits) == [true; 2] && p.spend.as_ref().is_none_or(spend));
            credit && partner
        })
    }
}
