//! Who may do what to whom, by role and relation: the matrix of [`access`] applied to the book.

use crate::access::{self, Action, Actor, KeyAccess, Relation, Role};
use crate::book::{Book, Rejection};
use crate::channel::{PartnerKind, Uin};

impl Book {
    /// What an actor is.
    pub fn role(&self, actor: Actor) -> Role {
        match actor {
            Actor::Platform { access: KeyAccess::Full, .. } => Role::Platform,
            Actor::Platform { access: KeyAccess::Read, .. } => Role::PlatformRead,
            Actor::System => Role::System,
            Actor::Account { uin, .. } => match self.parties.partners.get(uin) {
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
            Actor::Account { uin, .. } => target.map(|target| self.relation(uin, target)),
            Actor::Platform { .. } | Actor::System => None,
        };
        let judged = access::judge(action, self.role(actor), relation).or_else(|denial| match actor {
            Actor::Account { uin, .. } if !self.former_bindings(uin).is_empty() => {
                access::judge(action, Role::FormerCustomer, relation).map_err(|_| denial)
            }
            Actor::Account { .. } | Actor::Platform { .. } | Actor::System => Err(denial),
        });
        judged.map_err(Rejection::NotPermitted)
    }

    /// How `actor` stands to `other`. What does not exist is a stranger's.
    pub fn relation(&self, actor: Uin, other: Uin) -> Relation {
        if actor == other {
            return Relation::Own;
        }
        let above = |uin: Uin| match self.parties.partners.get(uin) {
            Some(partner) => partner.distributor,
            None => self.customer(uin).map(|customer| customer.partner),
        };
        let is_second_level = |uin: Uin| {
            self.parties.partners.get(uin).is_some_and(|partner| partner.kind == PartnerKind::SecondLevelReseller)
        };
        match above(other) {
            Some(parent) if parent == actor && is_second_level(other) => Relation::SecondLevel,
            Some(parent) if parent == actor => Relation::DirectCustomer,
            // Before the indirect one, which it may be besides: its old bills were to be paid to the actor (R141).
            _ if self.was_customer_of(other, actor) => Relation::FormerCustomer,
            Some(parent) if above(parent) == Some(actor) => Relation::IndirectCustomer,
            parent_of_other => match above(actor) {
                Some(parent) if parent == other || above(parent) == Some(other) => Relation::Parent,
                Some(parent) if parent_of_other == Some(parent) => Relation::Sibling,
                _ => Relation::Stranger,
            },
        }
    }
}
