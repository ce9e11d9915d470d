//! What a decision needs besides the book and the command, and what it comes to.

use super::because::Because;
use super::event::Event;
use crate::access::Actor;
use crate::channel::Site;
use crate::ledger::Moment;
use crate::organization::CheckRules;

/// What a decision needs besides the book and the command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Business time.
    pub now: Moment,
    /// Who asks.
    pub actor: Actor,
    /// The deployment's choices.
    pub rules: &'a Rules,
}

/// The deployment's choices where the specification leaves one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Whether a pool may be pulled from with a negative amount (A7).
    pub pool_allow_negative: bool,
    /// Whether a partner that pays on behalf may push a customer below zero (A5).
    pub pay_on_behalf_skips_customer_check: bool,
    /// On which site an account is that is opened without one (`deployment.site`).
    pub site: Site,
    /// How accounts are judged that are to pay for others, or to be paid for.
    pub check: CheckRules,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            pool_allow_negative: true,
            pay_on_behalf_skips_customer_check: false,
            site: Site::Intl,
            check: CheckRules::default(),
        }
    }
}

/// A command that goes through: the fact that it becomes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What happens. It has the journal position after the book's.
    pub event: Event,
    /// Which figures were compared.
    pub because: Because,
}

impl From<Event> for Decision {
    fn from(event: Event) -> Decision {
        Decision { event, because: Because::new() }
    }
}
